#!/bin/sh
# kd-loss(1): numbers, matching of classes, what is missing, runs.
. "$(dirname "$0")/lib.sh"

# python that has what we import; not always the first on PATH
python_find msgpack

# frames: lines of JSON to a stream; "run" begins another run.  Lists under
# names that end in "logits" or "embedding" become tensors.
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
            if key.endswith(("logits", "embedding")):
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
	grep -qF "want cosine, language, uniform, confidence" err
	fails 2 kd-loss -o best 2>err
	grep -qF "want hinton, dkd or logit-std" err
	fails 2 kd-loss -e hint 2>err
	grep -qF "want rkd, sp or ot" err
	fails 2 kd-loss --scope run
	fails 2 kd-loss --reduction sum
	fails 2 kd-loss --alpha -1
	for idle in "--tau .25 -w uniform" "--bound .6" "--alpha 2" \
		"--alpha 1" "--embeddings-share 1" \
		"--beta 3 -o hinton" "--embeddings-share 2"
	do
		fails 2 kd-loss $idle 2>err
		grep -q -e "${idle%% *} .*of -" err
	done
	fails 2 kd-loss --bound 1.5
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
	says "framejoin before kd-loss; add --partial" err
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
check 'with -t other teachers are ignored' '
	one "$student,$en,$fi" | kd-loss -w uniform -t "f*" >out
	test "$(show "f[\"weight.en\"]" out)" = 0
	test "$(show "f[\"weight.fi\"]" out)" = 1
	one "$student,$fi" | kd-loss -w uniform >alone
	test "$(show "f[\"loss\"]" out)" = "$(show "f[\"loss\"]" alone)"
	one "$student,$en" >in
	fails 1 kd-loss -t fi <in 2>err >/dev/null
	says "none of --teachers in the stream" err
	one "$student,$en" | kd-loss -t en,sv 2>err >/dev/null
	says "sv" err
'
check 'language weights choose the teacher of the language' '
	one "$student,$en,$fi" | kd-loss -w language >out
	about "$(show "f[\"weight.en\"]" out)" 1
	about "$(show "f[\"weight.fi\"]" out)" 0
	one "$student,$en" | kd-loss -w language >alone
	about "$(show "f[\"loss\"]" out)" "$(show "f[\"loss\"]" alone)"
'
check 'a language without a teacher learns from its label alone' '
	one "$student,$fi" | kd-loss -w language >out 2>err
	says "first utterance is \"en\", those of its teachers fi \"fi\"" err
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
	test "$(show "f[\"weight.en\"]" out)" = 0
	test "$(show "f[\"weight.fi\"]" out)" = 0
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
check 'speakers are listed once, not once for each batch' '
	wavread -M "$top/examples/clips.tsv" | featurize |
		predict --frames >in
	kd-loss -L 0 -b 1 in >out
	framedump -H in | grep -c "^ *voices" | grep -qx 1
	framedump -H out | grep -c "^ *voices" | grep -qx 1
	framedump -H out | grep -c "^header" | grep -qx 4
'
# pair: two utterances; the teachers are right about the first of them each
pair() {
	{
		echo "{\"id\":\"a\",\"label\":\"anger\",$student,$en,$fi}"
		echo "{\"id\":\"b\",\"label\":\"sadness\",$student,$en,$fi}"
	} | frames
}

# weights OPTION...: of teacher en for both, to three places
weights() {
	pair | kd-loss "$@" >out &&
	show '"%.3f" % f["weight.en"]' out | tr "\n" " "
}

check 'every weighting gives every teacher of every frame a weight' '
	pair >in
	for w in cosine language uniform confidence entropy best margin aekd \
		fixed:en=1,fi=3
	do
		for scope in utterance batch
		do
			one "$student,$en,$fi" |
				kd-loss -w $w --scope $scope >out
			sum=$(show "f[\"weight.en\"] + f[\"weight.fi\"]" out)
			about "$sum" 1
		done
	done
'
check 'weights by the label go to the teacher who is right' '
	# cross-entropies .126928 and 2.126928, margins 2 and -2
	test "$(weights -w confidence)" = "0.881 0.119 "
	test "$(weights -w best)" = "1.000 0.000 "
	test "$(weights -w margin)" = "0.982 0.018 "
	test "$(weights -w entropy)" = "0.500 0.500 "
	test "$(weights -w fixed:en=1,fi=3)" = "0.250 0.250 "
'
check 'in the scope of a batch all utterances have the same weights' '
	for w in confidence best margin
	do
		test "$(weights -w $w --scope batch)" = "0.500 0.500 "
	done
	test "$(weights --scope batch -b 1 -w best)" = "1.000 0.000 "
	{ pair; pair; } | kd-loss --scope batch -w best >out
	test "$(show "f[\"utterances\"]" out | tr "\n" " ")" = "2 2 "
'
check 'runs cut from a held stream keep the order and all utterances' '
	{ five a; echo run; five b; } | frames >in
	kd-loss -L 0 --scope batch -b 2 <in >out
	test "$(show "f[\"utterances\"]" out | tr "\n" " ")" = "2 2 1 2 2 1 "
	kd-loss -L 0 -b 2 <in >want
	show "f[\"id\"], f[\"loss\"]" want >a
	show "f[\"id\"], f[\"loss\"]" out | cmp - a
'
check 'without a label, weights that go by it are equal' '
	echo "{\"id\":\"a\",$student,$en,$fi}" | frames >in
	for w in confidence best margin
	do
		kd-loss -w $w <in >out
		about "$(show "f[\"weight.en\"]" out)" 0.5
	done
	kd-loss -o dkd <in >dkd
	kd-loss <in >hinton
	test "$(show "f[\"loss\"]" dkd)" = "$(show "f[\"loss\"]" hinton)"
'
check 'an empty label is none' '
	echo "{\"id\":\"a\",$student,$en,$fi}" | frames >none
	echo "{\"id\":\"a\",\"label\":\"\",$student,$en,$fi}" | frames >in
	kd-loss <in >out
	kd-loss <none >want
	test "$(show "f[\"loss\"]" out)" = "$(show "f[\"loss\"]" want)"
'
check 'fixed weights are those of the teachers who are there' '
	one "$student,$en" | kd-loss -w fixed:en=1,fi=3 >out
	about "$(show "f[\"weight.en\"]" out)" 1
	one "$student,$en,$fi" >in
	fails 1 kd-loss -w fixed:en=1 <in >out 2>err
	says "-w fixed has no weight for teacher fi" err
	for list in "" en en= en=x en=-1 en=1, =1 en=1,en=2 en=0 en=1,,fi=1
	do
		fails 2 kd-loss -w "fixed:$list" 2>err
	done
'
check 'one teacher, one class and a batch of one give no NaN' '
	one "\"logits\":[3],\"classes\":[\"anger\"],\"teacher.en.logits\":[0],
		\"teacher.en.classes\":[\"anger\"],
		\"teacher.en.language\":\"en\"" 2>err >in || {
		one "\"logits\":[3],\"classes\":[\"anger\"],$(echo "$en" |
			sed "s/\[2,0\]/[0]/; s/,\"sadness\"//")" >in
	}
	for w in cosine language uniform confidence entropy best margin aekd \
		fixed:en=1
	do
		for o in hinton dkd logit-std
		do
			kd-loss -w $w -o $o --scope batch -T 1000 <in >out
			about "$(show "f[\"loss\"]" out)" 0
			about "$(show "f[\"dlogits\"][0]" out)" 0
			about "$(show "f[\"weight.en\"]" out)" 1
		done
	done
'
check 'dkd with weights 1 and 0 leaves the term of the target class' '
	# of two classes there is but one other: beta has nothing to weigh
	one "$student,$en" | kd-loss -o dkd -T 2 --alpha 1 --beta 5 >out
	about "$(show "f[\"loss.kd\"]" out)" 0.105378
	one "$student,$en" | kd-loss -o dkd -T 2 --alpha 3 >out
	about "$(show "f[\"loss.kd\"]" out)" 0.316134
'
check 'logit-std does not mind how large the logits are' '
	one "$student,$en" | kd-loss -o logit-std >out
	about "$(show "f[\"loss.kd\"]" out)" 0
	one "$student,$fi" | kd-loss -o logit-std >a
	test "$(show "f[\"loss.kd\"] > .5" a)" = True
'
check '--reduction mean divides by the classes' '
	one "$student,$en" | kd-loss -T 2 -L 1 --reduction mean >out
	about "$(show "f[\"loss\"]" out)" 0.052689
	about "$(show "f[\"loss.kd\"]" out)" 0.052689
'
check '--compat mtkd4ser is its options together, and no others' '
	pair | kd-loss --compat mtkd4ser >out
	pair | kd-loss -L .25 -T 5 -w cosine --tau .25 --scope batch \
		--reduction mean >want
	show "f[\"loss\"], f[\"dlogits\"]" want >a
	show "f[\"loss\"], f[\"dlogits\"]" out | cmp - a
	# its single teacher has a lambda of .75
	one "$student,$en" | kd-loss --compat mtkd4ser >out
	one "$student,$en" | kd-loss -L .75 --reduction mean >want
	about "$(show "f[\"loss\"]" out)" "$(show "f[\"loss\"]" want)"
	fails 2 kd-loss --compat mtkd4ser -L .25
	fails 2 kd-loss --compat mtkd4ser -o dkd
	fails 2 kd-loss --compat speech
'
check '--partial says where none has a teacher' '
	echo "{\"id\":\"a\",\"label\":\"anger\",$student}" | frames >in
	kd-loss --partial <in >out 2>err
	says "no utterance has a teacher: the loss is that of the labels" err
	kd-loss -L 0 --partial <in >out 2>err
	test ! -s err
'
check '--partial lets utterances without a teacher learn from the label' '
	{
		echo "{\"id\":\"a\",\"label\":\"anger\",$student}"
		echo "{\"id\":\"b\",\"label\":\"anger\",$student,$en}"
		echo "{\"id\":\"c\",$student}"
	} | frames >in
	fails 1 kd-loss <in >out 2>err
	says "a: no teacher in the stream so far" err
	{ one "$student,$en"; cat in; } >late
	fails 1 kd-loss <late >out 2>err
	grep -qF "a: dropped: no teacher (with --partial" err
	test "$(show "f[\"id\"]" out | tr "\n" " ")" = "a b "
	for scope in utterance batch
	do
		fails 1 kd-loss --partial --scope $scope <in >out 2>err
		says "c: dropped: neither a label nor a teacher" err
		about "$(show "f[\"loss\"]" out | head -1)" 0.313262
		test "$(show "f[\"id\"]" out | tr "\n" " ")" = "a b "
	done
'

# space ID EMBEDDING TEACHER: an utterance with embeddings
space() {
	echo "{\"id\":\"$1\",\"label\":\"anger\",$student,$en,
		\"embedding\":$2,\"teacher.en.embedding\":$3}" | tr -d "\n\t"
	echo
}

check 'spaces in which all lies alike cost nothing' '
	{
		space a "[0,0,1]" "[1,0]"; space b "[0,2,0]" "[0,2]"
		space c "[0,1,-1]" "[-1,1]"
	} | frames >in
	for e in rkd sp ot
	do
		kd-loss -L 0 -e $e <in >out
		about "$(show "f[\"loss.embedding\"]" out | head -1)" 0
		about "$(show "f[\"loss\"]" out | head -1)" 0.313262
		test "$(show "len(f[\"dembedding\"])" out | sort -u)" = 3
	done
'
check 'a loss on embeddings without those of a teacher is an error' '
	echo "{\"id\":\"a\",\"label\":\"anger\",$student,$en,
		\"embedding\":[1,2]}" | tr -d "\n\t" | frames >in
	fails 1 kd-loss -e rkd <in 2>err >out
	says "s embedding in the stream (teacher-logits --emb" err
	{
		echo "{\"id\":\"a\",\"label\":\"anger\",$student,$en,
			\"embedding\":[1,2]}" | tr -d "\n\t"
		echo
		space b "[0,2]" "[3,2]"; space c "[1,-1]" "[-1,-1]"
	} | frames | kd-loss -e rkd >out
	test "$(show "f[\"loss.embedding\"]" out | wc -l)" -eq 3
	kd-loss <in >out
'
check 'a gradient too large for a number drops its utterance' '
	{
		space a "[1e-36,0,0]" "[1,0]"; space b "[0,1e-36,0]" "[3,2]"
		space c "[0,0,2e-36]" "[-1,-1]"
	} | frames >in
	fails 1 kd-loss -e rkd --embeddings-share 100 <in >out 2>err
	grep -q "^kd-loss: a: dropped: the gradient of its embedding is too" err
	test -z "$(show "[x for x in f[\"dembedding\"] if abs(x) > 3e38]" out |
		grep -v "^\[\]$")"
'
check 'a loss on embeddings is added to each utterance of its batch' '
	{
		space a "[0,0,1]" "[1,0]"; space b "[0,2,0]" "[3,2]"
		space c "[0,1,-1]" "[-1,-1]"
	} | frames >in
	for e in rkd sp ot
	do
		kd-loss -e $e --embeddings-share .5 <in >out
		kd-loss <in >plain
		loss=$(show "f[\"loss.embedding\"]" out | sort -u)
		own=$(show "f[\"loss\"]" plain | head -1)
		about "$(show "f[\"loss\"] - $own" out | head -1)" \
			"$(awk "BEGIN { printf \"%.9f\", $loss / 2 }")"
		test "$(awk "BEGIN { print ($loss > .01) }")" = 1
		test -z "$(show "f[\"dembedding\"]" plain)"
	done
'
check 'who is dropped for something else does not say how long they are' '
	{
		space a "[1,2,3]" "[1,2,3]" | sed "s/\"label\":\"[a-z]*\",//"
		space b "[1,2]" "[2,1]"
		space c "[0,2]" "[2,0]"
	} | frames >in
	fails 1 kd-loss -L 0 -e sp in >out 2>err
	says "a: dropped: no label" err
	test "$(wc -l <err)" -eq 1
	test "$(show "len(f[\"dembedding\"])" out | tr "\n" " ")" = "2 2 "
'
check 'missing embeddings and embeddings of another length are reported' '
	one "$student,$en" >in
	fails 1 kd-loss -e sp <in >out 2>err
	says "no \"embedding\" of the student" err
	{ space a "[0,1]" "[1]" | frames; cat in; } >late
	fails 1 kd-loss -e sp <late >out 2>err
	says "a: dropped: embedding: missing" err
	{ space a "[0,1]" "[1]"; space b "[0,1,2]" "[1]"
		space c "[0,1]" "[1,2]"; } | frames >in
	fails 1 kd-loss -e sp <in >out 2>err
	grep -qF "b: dropped: its embedding has another length" err
	grep -qF "c: dropped: a teacher'\''s embedding has another" err
	about "$(show "f[\"loss.embedding\"]" out)" 0
'
finish
