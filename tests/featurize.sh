#!/bin/sh
# featurize(1): shapes and types, independence, bad utterances and streams.
. "$(dirname "$0")/lib.sh"

# a Python with the modules needed, which may not be the first on PATH
python_find msgpack

# tone HERTZ SAMPLES: raw 16-bit samples of a tone with harmonics and noise
tone() {
	$python -c '
import math, random, struct, sys
f, n = map(int, sys.argv[1:])
r = random.Random(f)
x = [6000 * sum(math.sin(6.2831853 * f * k * i / 16000) / k
                for k in range(1, 9)) + r.gauss(0, 300) for i in range(n)]
sys.stdout.buffer.write(struct.pack("<%dh" % n, *map(int, x)))
' "$1" "$2"
}
for f in 110 180 260
do
	tone $f $((f * 100)) >"$dir/$f.raw"
done
(cd "$dir" && wavread --raw 110.raw 180.raw 260.raw) >"$dir/in"
in=$dir/in

# frames LINE...: a stream of audio made by Python; a line is
# ID RATE EXPRESSION for the samples
frames() {
	$python -c '
import msgpack, struct, sys
def put(frame):
    sys.stdout.buffer.write(msgpack.packb(frame, use_bin_type=True))
put({"frame": "header", "version": 1, "history": ["test"]})
for line in sys.argv[1:]:
    id, rate, samples = line.split(" ", 2)
    x = eval(samples)
    put({"frame": "utterance", "id": id, "rate": int(rate), "audio": {
        b"nd": True, b"type": "<f4", b"kind": b"", b"shape": [len(x)],
        b"data": struct.pack("<%df" % len(x), *x)}})
put({"frame": "end", "utterances": len(sys.argv) - 1, "dropped": 0})
' "$@"
}

# shape OPTION...: of the features of one second
shape() {
	frames 'a 16000 [i % 100 / 100 for i in range(16000)]' |
		featurize "$@" | framedump |
		sed -n 's/^  features  *\(\[[0-9,]*\]\).*/\1/p;
			s/^  features.type  *//p' | tr '\n' ' '
}

check 'bad options are usage errors' '
	fails 2 featurize operand operand
	fails 2 featurize -b 3 2>err
	grep -q "bands 3: want at least 4" err
	fails 2 featurize -t mfcc -c 24
	fails 2 featurize -t wav
	fails 2 featurize -d 3
	fails 2 featurize -w 0
	fails 2 featurize --hop 0
	fails 2 featurize -s 0
	fails 2 featurize -t mfcc -c 30 -b 23 2>err
	grep -q "at most --bands 23" err
	fails 2 featurize -t fbank -c 13 2>err
	grep -qF -e "--cepstra needs --type mfcc" err
'
check 'columns, rows and type follow the options' '
	test "$(shape)" = "[98,83] \"fbank80+pitch 16000/400/160\" "
	test "$(shape -t fbank -b 40)" = "[98,40] \"fbank40 16000/400/160\" "
	test "$(shape -t fbank -d 2)" = \
		"[98,240] \"fbank80+deltas2 16000/400/160\" "
	test "$(shape -t mfcc)" = "[98,13] \"mfcc13of23 16000/400/160\" "
	test "$(shape -t mfcc -b 40)" = "[98,13] \"mfcc13of40 16000/400/160\" "
	test "$(shape -t mfcc -c 20 -p -d 1)" = \
		"[98,46] \"mfcc20of23+pitch+deltas1 16000/400/160\" "
	test "$(shape -w 20 --hop 20 -s 32768)" = \
		"[50,83] \"fbank80+pitch 16000/320/320 x32768\" "
'
# samples OPTION...: rate/window/hop of a second at that rate
samples() {
	frames "a $2 [i % 100 / 100 for i in range($2)]" | featurize "$@" |
		framedump | sed -n 's/^  features.type .* \(.*\)"/\1/p'
}

check 'window and hop are whole samples, rounded as in torchaudio' '
	test "$(samples -r 22050)" = 22050/551/220
	test "$(samples -r 44100)" = 44100/1102/441
	test "$(samples -r 11025)" = 11025/275/110
	test "$(samples -r 16000 -w 32.5 --hop 7.3)" = 16000/520/116
	test "$(samples -r 10000 -w 12.3 --hop 2.3)" = 10000/123/23
	test "$(samples -r 48000 -w 20.7 --hop 9.9)" = 48000/993/475
	test "$(samples -r 22050 | wc -l)" = 1
'
check 'a model of cepstra refuses cepstra of other bands' '
	student-init -f "mfcc13of23 16000/400/160" --width 8 --heads 1 \
		--blocks "" -o m
	featurize -t mfcc <"$in" | predict -m m >/dev/null
	featurize -t mfcc -b 80 <"$in" | fails 1 predict -m m >out 2>err
	grep -q "mfcc13of80.*mfcc13of23" err
	student-init -f "mfcc13 16000/400/160" --width 8 --heads 1 \
		--blocks "" -o m
	featurize -t mfcc <"$in" | fails 1 predict -m m >out 2>err
	grep -q "mfcc13of23.*mfcc13 " err
'
check 'student-init reads every type' '
	for options in "" "-t fbank" "-t mfcc -b 23" "-t mfcc -b 40 -p -d 2" \
		"-d 1 -s 32768" "-w 200 --hop 1 -s .001" "-b 256 -s 1e6" \
		"-b 4 -s 1.5"
	do
		featurize $options <"$in" >f
		type=$(framedump f | head -n 99 |
			sed -n "s/^  features.type *\"\(.*\)\"/\1/p" |
			head -n 1)
		student-init -f "$type" --width 8 --heads 1 --blocks "" -o m
		predict -m m f | tail -n +2 | wc -l | grep -qx 3
	done
'
check 'other fields pass through' '
	featurize <"$in" | framecut -d features,features.type >out
	framecmp "$in" out
	featurize -v <"$in" 2>/dev/null | framedump -H | grep history >line
	grep -q "\"featurize -v\"" line
'
check 'features do not depend on other utterances, bit for bit' '
	featurize <"$in" | framedump -j | sort >want
	shuffle -s 2 "$in" | featurize | framedump -j | sort | cmp want -
	for f in 110 180 260
	do
		framecut -w id=$f.raw "$in" | featurize | framedump -j
	done | sort | cmp want -
'
check 'a pipe of single bytes gives the same features' '
	featurize <"$in" >want
	framecut -w id=110.raw "$in" | dd bs=1 2>/dev/null | featurize |
		framedump -j >slow
	framedump -j want | grep "\"110.raw\"" | cmp - slow
'
check 'a row of a part equals that of the whole' '
	featurize -t fbank <"$in" | framedump -j | head -n 1 >whole
	head -c 9000 "$dir/110.raw" >110.raw
	wavread --raw 110.raw | featurize -t fbank | framedump -j >part
	$python - <<-END
	import json
	def rows(name):
	    x = json.loads(open(name).readline())["features"]
	    return x["data"] if isinstance(x, dict) else x
	whole, part = rows("whole"), rows("part")
	assert len(part) > 10 and part == whole[:len(part)]
	END
'
check 'bad utterances are dropped with a reason, good ones pass' '
	frames "good 16000 [0.1 * (i % 7) for i in range(4000)]" \
		"short 16000 [0.1] * 160" \
		"slow 8000 [0.1] * 8000" \
		"nan 16000 [0.1] * 999 + [float(\"nan\")] + [0.1] * 999" \
		"inf 16000 [0.1] * 999 + [float(\"inf\")] + [0.1] * 999" \
		"none 16000 []" \
		"loud 16000 [3e38, -3e38] * 800" \
		"silent 16000 [0] * 1600" \
		"last 16000 [0.1 * (i % 7) for i in range(4000)]" >mixed
	fails 1 featurize <mixed >out 2>err
	for id in short slow nan inf none
	do
		grep -q "^featurize: $id: dropped: " err
	done
	test "$(wc -l <err)" = 5
	framedump -H out | grep -q "^  dropped  *5$"
	framedump -j out >lines
	test "$(wc -l <lines)" = 4
	fails 1 grep -qi -e nan -e inf lines
	frames "good 16000 [0.1 * (i % 7) for i in range(4000)]" |
		featurize | framedump -j >alone
	head -n 1 lines | cmp - alone
'
check 'the smallest and the largest settings give finite numbers' '
	for options in "-r 6000 -w 5 --hop 1 -b 256 -p" \
		"-r 96000 -w 200 --hop 100 -b 4 -p" \
		"-r 6000 -w 200 --hop 1 -b 4" "-r 96000 -w 5 --hop 100 -b 256" \
		"-r 6000 -w 5 -t mfcc -b 256 -c 256 -d 2 -p"
	do
		rate=$(echo $options | cut -d " " -f 2)
		frames "a $rate [i % 50 / 50 for i in range($rate // 2)]" |
			featurize $options >f
		framedump -j f >line
		test -s line
		fails 1 grep -qi -e nan -e inf line
	done
'
check 'an operand is a file' '
	featurize <"$in" >want
	featurize "$in" | framecmp -t 0 want -
'
check 'a bad stream gives a message of one line' '
	for bad in "$top"/tests/data/bad-*.frames
	do
		fails 1 featurize <"$bad" >/dev/null 2>err
		says "featurize: " err
	done
	fails 1 featurize </dev/null 2>err
	says "not even a header" err
	echo hello | fails 1 featurize 2>err
	says "not a stream of frames" err
	head -c 30000 "$in" | fails 1 featurize 2>err >/dev/null
	says "cut inside a frame" err
	framecut -d audio "$in" | fails 1 featurize 2>err >/dev/null
	says "put wavread before featurize" err
	fails 1 featurize nowhere 2>err
	says "featurize: nowhere: No such file" err
	framecut -w id=nobody "$in" | featurize | framedump >out
	test ! -s out
'
check 'a full disk and a closed pipe are failures' '
	fails 1 featurize <"$in" >/dev/full 2>err
	says "write <stdout>: No space" err
	(sleep .3; fails 1 featurize <"$in" 2>err && touch ended) | true
	test -e ended
	test ! -s err
'
check 'computing features again removes cmvn' '
	wavread --raw --speaker a ../110.raw ../260.raw | featurize >feats
	cmvn --by speaker feats >normed
	featurize <normed >again
	framecmp -t 0 feats again
	predict feats >want
	predict again | cmp want -
'
finish
