#!/bin/sh
# cmvn(1): statistics against a simple program, groups, one pass, errors.
. "$(dirname "$0")/lib.sh"

# a Python with the modules needed, which may not be the first on PATH
python_find msgpack
$python "$top/tests/golden/student_frames.py" 12 >"$dir/in"
in=$dir/in

# oracle.py KEY FLAGS <FRAMES: normalises by the field KEY (id: each utterance,
# frame: all together) and prints one value on each line, as values does.
cat >"$dir/oracle.py" <<'EOF_ORACLE'
import math
import msgpack
import struct
import sys

key, running, means = sys.argv[1], 'r' in sys.argv[2], 'm' in sys.argv[2]


def unpack(m):
    if b'nd' not in m:
        return m
    flat = struct.unpack('<%df' % (len(m[b'data']) // 4), m[b'data'])
    width = m[b'shape'][1]
    return [flat[i:i + width] for i in range(0, len(flat), width)]


def moments(rows, column):
    # log F0, column 10, is weighted by voicing
    weight = [row[11] ** 2 if column == 10 else 1 for row in rows]
    mean = math.fsum(w * row[column] for w, row in zip(weight, rows))
    mean /= math.fsum(weight)
    off = math.fsum(w * (row[column] - mean) ** 2
                    for w, row in zip(weight, rows))
    return mean, max(math.sqrt(off / math.fsum(weight)), 1e-3)


frames = [f for f in msgpack.Unpacker(sys.stdin.buffer, object_hook=unpack)
          if f['frame'] == 'utterance']
for i, f in enumerate(frames):
    rows = [row for g in (frames[:i + 1] if running else frames)
            if g[key] == f[key] for row in g['features']]
    m = [moments(rows, c) for c in range(13)]
    for row in f['features']:
        for x, (mean, deviation) in zip(row, m):
            print('%.6f' % ((x - mean) / (1 if means else deviation)))
EOF_ORACLE

values() {
	framedump -j | $python -c '
import json, sys
for line in sys.stdin:
    x = json.loads(line)["features"]
    x = x["data"] if isinstance(x, dict) else x
    for row in x:
        for value in row if isinstance(row, list) else [row]:
            print("%.6f" % value)
'
}

# agrees KEY FLAGS OPTION...: cmvn with these options agrees with the oracle.
agrees() {
	key=$1 flags=$2
	shift 2
	$python "$dir/oracle.py" $key -$flags <"$in" >want
	cmvn "$@" "$in" | values >got
	test "$(wc -l <got)" -gt 1000
	paste want got | awk '{ d = $1 - $2; if (d < 0) d = -d
		if (d > 2e-4) { print NR, $0; bad = 1 } } END { exit bad }
		NF != 2 { bad = 1 }'
}

check 'bad options are usage errors' '
	fails 2 cmvn --by nobody
	fails 2 cmvn a b
	fails 2 cmvn --scale
'
check 'each utterance is normalised by its own statistics' '
	agrees id x
'
check 'statistics are by speaker, in any order of utterances' '
	agrees speaker x --by speaker
'
check 'statistics are of the whole corpus, or of the whole stream' '
	agrees corpus x --by corpus
	agrees frame x --by stream
'
check '--means-only subtracts means only' '
	agrees speaker m --by speaker --means-only
	agrees id m --means-only
'
check 'running statistics are those so far' '
	agrees frame r --running
	agrees frame r --running --by stream
	agrees id r --running --by utterance
	agrees speaker r --running --by speaker
	cmvn --running --by speaker "$in" >a
	cat "$in" | cmvn --running --by speaker >b
	framecmp a b
'
check 'the field cmvn names the group of the statistics' '
	cmvn --by speaker "$in" | framedump >out
	test "$(grep -c "^  cmvn  *\"speaker\"$" out)" = 12
	test "$(grep -c "^  label" out)" = 12
'
check 'normalising by utterance reads a pipe, and order does not matter' '
	cmvn "$in" >a
	cat "$in" | cmvn >b
	framecmp a b
	shuffle -s 3 "$in" | cmvn >shuffled
	framedump -j a | sort >1
	framedump -j shuffled | sort >2
	cmp 1 2
'
check 'a speaker'\''s statistics do not depend on others or on order' '
	cmvn --by speaker "$in" | framedump -j | sort >all
	framecut -w speaker=s1 "$in" >s1
	shuffle -s 3 s1 >again
	cmvn --by speaker again | framedump -j | sort >own
	grep "\"speaker\":\"s1\"" all >part
	test -s part
	$python - <<-END
	import json
	def flat(x):
	    x = x["data"] if isinstance(x, dict) else x
	    return [v for row in x for v in (row if isinstance(row, list)
	                                     else [row])]
	for a, b in zip(open("part"), open("own")):
	    a, b = json.loads(a), json.loads(b)
	    assert a["id"] == b["id"]
	    for x, y in zip(flat(a["features"]), flat(b["features"])):
	        assert abs(x - y) < 1e-5, (x, y)
	END
'
check 'speakers of the same name in two corpora are different' '
	framecut -w speaker=s1 "$in" | framecut -d corpus >plain
	$python - <<-END >mixed
	import msgpack, sys
	put = sys.stdout.buffer.write
	for corpus in "a", "b":
	    with open("plain", "rb") as stream:
	        for f in msgpack.Unpacker(stream):
	            if f["frame"] == "utterance":
	                f["corpus"] = corpus
	                if corpus == "b":
	                    x = bytearray(f["features"][b"data"])
	                    x[3::4] = bytes(v ^ 0x80 for v in x[3::4])
	                    f["features"][b"data"] = bytes(x)
	            put(msgpack.packb(f))
	END
	cmvn --by speaker plain >want
	cmvn --by speaker mixed | framecut -w corpus=a | framecut -d corpus |
		framecmp -t 0 want -
	cmvn --by speaker --running mixed | framecut -w corpus=b >got
	framecut -w corpus=b mixed | cmvn --by speaker --running |
		framecmp -t 0 got -
'
check 'a file on standard input can be read twice, a pipe cannot' '
	cmvn --by speaker "$in" >a
	cmvn --by speaker <"$in" >b
	framecmp a b
	for by in speaker corpus stream
	do
		cat "$in" | fails 1 cmvn --by $by 2>err
		says "must be a file, not a pipe" err
	done
	mkfifo fifo
	cat "$in" >fifo & fails 1 cmvn --by stream fifo 2>err
	says "fifo: is read twice" err
'
check 'normalised utterances are dropped' '
	cmvn "$in" >once
	fails 1 cmvn once 2>err >/dev/null
	test "$(grep -c "u[0-9]*: dropped: already normalised" err)" = 12
	cat once "$in" >both
	fails 1 cmvn --by stream both 2>err >mixed
	cmvn --by stream "$in" | framedump -j >a
	framedump -j mixed | cmp a -
'
check 'normalised utterances do not set the width of features' '
	wavread "$top/examples/sad-de.flac" | featurize -t mfcc | cmvn |
		cat - "$in" >both
	for o in "-b stream" --running
	do
		fails 1 cmvn $o both 2>err >mixed
		says "sad-de.flac: dropped: already normalised" err
		cmvn $o "$in" | framedump -j >a
		framedump -j mixed | cmp a -
	done
'
check 'an utterance without a speaker is dropped, others are not' '
	framecut -w speaker=s1 "$in" | framecut -d speaker >none
	cat none "$in" >both
	fails 1 cmvn --by speaker both >out 2>err
	test "$(grep -c "no speaker" err)" = 4
	cmvn --by speaker "$in" | framedump -j >a
	framedump -j out | cmp a -
'
check 'a speaker with one utterance causes a warning' '
	wavread -M "$top/examples/clips.tsv" | featurize >clips
	cmvn --by speaker clips 2>err >/dev/null
	says "by speaker: 4 of 4 groups have one utterance" err
	cmvn --by corpus clips 2>err >/dev/null
	test ! -s err
'
check 'digital silence gives zeros, not infinities' '
	head -c 64000 /dev/zero | wavread --raw - | featurize | cmvn |
		framedump | grep "^  features  " >out
	grep -q "min 0  mean 0  max 0" out
'
check 'statistics of several utterances normalise functionals too' '
	wavread --speaker s "$top"/examples/*.flac | featurize >x
	for by in speaker stream
	do
		cmvn --by $by x | framecut -k functionals | framedump >out
		test "$(grep -c "functionals .*mean" out)" = \
			"$(framedump x | grep -c "features .*mean")"
	done
	cmvn x | framedump >out
	cmvn --by speaker -m x | framedump >>out
	! grep functionals out
'
check 'functionals have mean 0 and deviation 1 over a speaker' '
	wavread --speaker s "$top"/examples/*.flac | featurize |
	cat >x
	cmvn --by speaker x | $python -c "
import msgpack, struct, sys
rows = [struct.unpack(\"<214f\", f[\"functionals\"][b\"data\"])
	for f in msgpack.Unpacker(sys.stdin.buffer, strict_map_key=False)
	if f[\"frame\"] == \"utterance\"]
full = 0
for column in zip(*rows):
	mean = sum(column) / len(rows)
	square = sum(x * x for x in column) / len(rows)
	assert abs(mean) < 1e-4, mean
	assert square < 1.001, square
	full += square > .999
assert full > 150, full
"
'
check 'bad input gives a message of one line' '
	for bad in "$top"/tests/data/bad-*.frames
	do
		fails 1 cmvn "$bad" >/dev/null 2>err
		says "cmvn: " err
		fails 1 cmvn --by stream "$bad" >/dev/null 2>err
		says "cmvn: " err
	done
	fails 1 cmvn /dev/null 2>err
	says "not even a header" err
	fails 1 cmvn nowhere 2>err
	says "nowhere: No such file" err
	framecut -d features "$in" | fails 1 cmvn 2>err >/dev/null
	says "put featurize before cmvn" err
'
check 'a full disk and a closed pipe are failures' '
	fails 1 cmvn "$in" >/dev/full 2>err
	says "write <stdout>" err
	(sleep .3; fails 1 cmvn "$in" 2>err && touch ended) | true
	test -e ended
	test ! -s err
'
finish
