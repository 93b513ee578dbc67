#!/bin/sh
# kd-loss(1): numbers, matching of classes, what is missing, runs.
. "$(dirname "$0")/lib.sh"

# python that has what we import; not always the first on PATH
for python in python3 /usr/bin/python3
do
	$python -c 'import msgpack' 2>/dev/null && break
done

# frames: lines of JSON to a stream; "run" begins another run.  Lists under
# names that end in "logits" become tensors.
frames() {
	$python -c '
import json, msgpack, struct, sys
def put(frame):
    sys.stdout.buffer.write(msgpack.packb(frame, use_bin_type=True))
def tensor(x):
    return {b"nd": True, b"type": "<f4", b"kind": b"", b"shape": [len(x)],
            b"data": struct.pack("<%df" % len(x), *x)}
for run in sys.stdin.read().split("run\n"):
    lines = run.splitlines()
    put({"frame": "header", "version": 1, "history": ["test"]})
    for line in lines:
        frame = {"frame": "utterance", **json.loads(line)}
        for key in frame:
            if key.endswith("logits"):
                frame[key] = tensor(frame[key])
        put(frame)
    put({"frame": "end", "utterances": len(lines), "dropped": 0})
'
}

# show EXPRESSION FILE: a line for each frame f that has what it asks for.
show() {
	$python -c '
import msgpack, struct, sys
def unpack(m):
    if b"nd" not in m: return m
    return list(struct.unpack("<%df" % m[b"shape"][0], m[b"data"]))
for f in msgpack.Unpacker(open(sys.argv[2], "rb"), object_hook=unpack):
    try: print(eval(sys.argv[1]))
    except KeyError: pass
' "$1" "$2"
}

# about A B: both near each other, to 1e-5.
about() {
	awk -v a="$1" -v b="$2" 'BEGIN {
		d = a - b
		exit !(a != "" && d < 1e-5 && d > -1e-5)
	}' || { echo "got $1, want $2"; return 1; }
}

student='"logits":[1,0],"classes":["anger","sadness"]'
en='"teacher.en.logits":[2,0],"teacher.en.classes":["anger","sadness"],
	"teacher.en.language":"en"'
fi='"teacher.fi.logits":[0,2],"teacher.fi.classes":["anger","sadness"],
	"teacher.fi.language":"fi"'
en=$(echo "$en" | tr -d '\n\t') fi=$(echo "$fi" | tr -d '\n\t')

# one FIELDS: a stream of one labelled utterance.
one() {
	echo "{\"id\":\"a\",\"label\":\"anger\",\"language\":\"en\",$1}" |
		frames
}

check 'a bad option is a usage error' '
	fails 2 kd-loss -L 1.5
	fails 2 kd-loss -T 0
	fails 2 kd-loss --tau 0
	fails 2 kd-loss --label-smoothing 1
	fails 2 kd-loss -b -1
	fails 2 kd-loss operand operand
	fails 2 kd-loss -w loudest 2>err
	grep -qF "want cosine, language or uniform" err
'
check 'without teachers, -L 0 is cross-entropy' '
	one "$student" | kd-loss -L 0 >out
	about "$(show "f[\"loss\"]" out)" 0.313262
	about "$(show "f[\"loss.ce\"]" out)" 0.313262
	about "$(show "f[\"dlogits\"][0]" out)" -0.268941
	test -z "$(show "f[\"loss.kd\"]" out)"
'
check 'without teachers and with -L over 0, the message says what to do' '
	one "$student" >in
	fails 1 kd-loss <in >out 2>err
	says "framejoin before kd-loss, or say -L 0" err
'
check 'one teacher: the loss is the mixture of both parts' '
	one "$student,$en" | kd-loss -T 2 -L 0.5 >out
	# 4 KL((.731059, .268941) || (.622459, .377541))
	about "$(show "f[\"loss.kd\"]" out)" 0.105378
	about "$(show "f[\"loss\"]" out)" 0.209320
	about "$(show "f[\"weight.en\"]" out)" 1
'
check 'all else passes through' '
	one "$student,$en,\"mine\":[1,{\"x\":null}]" | kd-loss >out
	show "f[\"mine\"]" out >got
	test "$(cat got)" = "[1, {'\''x'\'': None}]"
	show "f[\"history\"][-1]" out | grep -q "^[^ ]*kd-loss$"
'
check 'cosine weights lean to the teacher who agrees' '
	one "$student,$en,$fi" | kd-loss --tau 0.5 >out
	# exp(1 / .5) / (exp(1 / .5) + 1)
	about "$(show "f[\"weight.en\"]" out)" 0.880797
	about "$(show "f[\"weight.fi\"]" out)" 0.119203
'
check 'language weights choose the teacher of the language' '
	one "$student,$en,$fi" | kd-loss -w language >out
	about "$(show "f[\"weight.en\"]" out)" 1
	about "$(show "f[\"weight.fi\"]" out)" 0
	one "$student,$en" | kd-loss -w language >alone
	about "$(show "f[\"loss\"]" out)" "$(show "f[\"loss\"]" alone)"
'
check 'a language without a teacher learns from its label alone' '
	one "$student,$fi" | kd-loss -w language >out
	about "$(show "f[\"loss\"]" out)" 0.313262
	about "$(show "f[\"loss.kd\"]" out)" 0
	about "$(show "f[\"weight.fi\"]" out)" 0
'
check 'uniform weights are all the same' '
	one "$student,$en,$fi" | kd-loss -w uniform >out
	about "$(show "f[\"weight.en\"]" out)" 0.5
	about "$(show "f[\"weight.fi\"]" out)" 0.5
'
check 'an utterance without a language is dropped by -w language only' '
	echo "{\"id\":\"a\",\"label\":\"anger\",$student,$en}" | frames >in
	kd-loss <in >out
	fails 1 kd-loss -w language <in >out 2>err
	says "a: dropped: no language" err
'
check 'classes in another order give the same loss' '
	other=$(echo "$en" | sed "s/\[2,0\]/[0,2]/
		s/\[\"anger\",\"sadness\"\]/[\"sadness\",\"anger\"]/")
	one "$student,$en" | kd-loss >a
	one "$student,$other" | kd-loss >b
	test "$other" != "$en"
	test "$(show "f[\"dlogits\"]" a)" = "$(show "f[\"dlogits\"]" b)"
	test "$(show "f[\"loss\"]" a)" = "$(show "f[\"loss\"]" b)"
'
check 'further classes of a teacher are left out' '
	more=$(echo "$en" | sed "s/\[2,0\]/[9,2,0]/
		s/\[\"anger\"/[\"fear\",\"anger\"/")
	one "$student,$en" | kd-loss >a
	one "$student,$more" | kd-loss >b
	test "$(show "f[\"loss\"]" a)" = "$(show "f[\"loss\"]" b)"
'
check 'a teacher without a class of the student names both' '
	wrong=$(echo "$en" | sed "s/\"anger\"/\"fear\"/")
	one "$student,$wrong" >in
	fails 1 kd-loss <in >out 2>err
	says "teacher en has no class \"anger\"" err
	says "its classes are fear, sadness, the student" err
	kd-loss -L 0 <in >out
'
check 'a label that is no class names both; the rest goes on' '
	{
		echo "{\"id\":\"a\",\"label\":\"fear\",$student,$en}"
		echo "{\"id\":\"b\",\"label\":\"anger\",$student,$en}"
	} | frames >in
	fails 1 kd-loss <in >out 2>err
	says "a: dropped: label \"fear\" is none of" err
	says "(anger, sadness)" err
	test "$(show "f[\"id\"]" out)" = b
	test "$(show "f[\"utterances\"], f[\"dropped\"]" out)" = "(1, 1)"
'
check 'without a label only the teachers count' '
	echo "{\"id\":\"a\",$student,$en}" | frames >in
	kd-loss -T 2 -L 0.5 <in >out
	about "$(show "f[\"loss\"]" out)" 0.105378
	test -z "$(show "f[\"loss.ce\"]" out)"
	fails 1 kd-loss -L 0 <in >out 2>err
	says "a: dropped: no label" err
'
check 'neither a label nor a teacher is nothing to learn from' '
	echo "{\"id\":\"a\",\"language\":\"en\",$student,$fi}" | frames >in
	fails 1 kd-loss -w language <in >out 2>err
	says "neither a label nor a teacher" err
'
check 'logits and names that do not match in number are dropped' '
	one "\"logits\":[1,0,0],\"classes\":[\"anger\",\"sadness\"]" >in
	fails 1 kd-loss -L 0 <in >out 2>err
	says "a: dropped: classes: 2 names for 3 logits" err
	one "\"logits\":[1,0],\"classes\":[\"anger\",\"anger\"]" >in
	fails 1 kd-loss -L 0 <in >out 2>err
	says "classes: \"anger\" twice" err
	one "$student,\"teacher.en.logits\":[1,0]" >in
	fails 1 kd-loss <in >out 2>err
	says "teacher.en.classes: missing" err
'
check 'logits that are not finite are dropped' '
	one "\"logits\":[NaN,0],\"classes\":[\"anger\",\"sadness\"]" >in
	fails 1 kd-loss -L 0 <in >out 2>err
	says "a: dropped: logits: NaN" err
'
check 'no logits at all is a pipeline wired wrongly' '
	one "\"x\":1" >in
	fails 1 kd-loss -L 0 <in >out 2>err
	says "no \"logits\"" err
	one "\"logits\":[1,0]" >in
	fails 1 kd-loss -L 0 <in >out 2>err
	says "no \"classes\"" err
'
check 'numbers of an earlier kd-loss do not stay' '
	one "$student,$en,$fi" | kd-loss | kd-loss -L 0 >out
	test -z "$(show "f[\"weight.en\"]" out)$(show "f[\"weight.fi\"]" out)"
	test -z "$(show "f[\"loss.kd\"]" out)"
	about "$(show "f[\"loss\"]" out)" 0.313262
'

# five NAME: five utterances, for a run
five() {
	for i in 1 2 3 4 5
	do
		echo "{\"id\":\"$1$i\",\"label\":\"anger\",$student}"
	done
}

check 'runs come out as they came' '
	{ five a; echo run; five b; } | frames | kd-loss -L 0 >out
	test "$(show "f[\"utterances\"]" out | tr "\n" " ")" = "5 5 "
'
check '-b cuts each run into runs of its own' '
	{ five a; echo run; five b; } | frames | kd-loss -L 0 -b 2 >out
	test "$(show "f[\"utterances\"]" out | tr "\n" " ")" = "2 2 1 2 2 1 "
	test "$(show "f[\"id\"]" out | wc -l)" -eq 10
	test "$(show "f[\"history\"][0]" out | sort -u)" = test
	{ five a; five b; } | frames | kd-loss -L 0 >whole
	show "f[\"id\"], f[\"loss\"]" whole >want
	show "f[\"id\"], f[\"loss\"]" out | cmp - want
'
check '-b of the length of a run leaves no empty run' '
	five a | frames | kd-loss -L 0 -b 5 >out
	test "$(show "f[\"utterances\"]" out)" = 5
	printf "" | frames | kd-loss -b 5 >out
	test "$(show "f[\"utterances\"]" out)" = 0
'
check '-b counts what is dropped in its place' '
	{ five a; echo "{\"id\":\"x\",\"label\":\"fear\",$student}"; } |
		frames >in
	fails 1 kd-loss -L 0 -b 3 <in >out 2>err
	test "$(show "f[\"utterances\"], f[\"dropped\"]" out |
		tr "\n" " ")" = "(3, 0) (2, 1) "
'
check 'a run leaves before the next one comes' '
	mkfifo in out
	kd-loss -L 0 <in >out &
	exec 3>in 4<out
	five a | frames >&3
	# the reader sees the end frame while our end stays open
	$python -c "
import msgpack, sys
for f in msgpack.Unpacker(open(4, \"rb\", buffering=0), max_buffer_size=99999,
                          read_size=1):
    if f[\"frame\"] == \"end\":
        break
"
	exec 3>&-
	wait $!
'
check 'a cut stream is an error' '
	five a | frames >in
	head -c -3 in >cut
	fails 1 kd-loss -L 0 <cut >out 2>err
	fails 1 kd-loss -L 0 -b 2 <cut >out 2>err
	grep -q "<stdin>: the stream is cut" err
'
check 'a full disk is an error' '
	test -w /dev/full || exit 0
	one "$student" >in
	fails 1 kd-loss -L 0 <in >/dev/full 2>err
	says "No space left" err
'
check 'a file may be named' '
	wavread --label anger "$top"/examples/*.flac | featurize |
		predict --frames >in
	kd-loss -L 0 <in >want
	kd-loss -L 0 in | framecmp -t 0 want -
'
finish
