#!/bin/sh
# predict(1): table, JSON and frames agree; independence; bad models, streams.
. "$(dirname "$0")/lib.sh"

# python that has what we import; not always the first on PATH
python_find msgpack

# frames COUNT [SEED [FIRST]]: random features with labels
frames() {
	$python "$top/tests/golden/student_frames.py" "$@"
}

# edit EXPRESSION <FRAMES: a stream with a statement run on each utterance f
edit() {
	$python -c '
import msgpack, struct, sys
def tensor(rows):
    flat = [x for row in rows for x in row]
    return {b"nd": True, b"type": "<f4", b"kind": b"",
            b"shape": [len(rows), len(rows[0])],
            b"data": struct.pack("<%df" % len(flat), *flat)}
for f in msgpack.Unpacker(sys.stdin.buffer):
    if f["frame"] == "utterance":
        exec(sys.argv[1])
    sys.stdout.buffer.write(msgpack.packb(f))
' "$1"
}

frames 9 >"$dir/in"
in=$dir/in
model=$top/tests/golden/student.safetensors

check 'bad options are usage errors' '
	fails 2 predict a b
	fails 2 predict --batch 3
	fails 2 predict -m
'
check 'the table has a heading and a line an utterance' '
	predict -m "$model" "$in" >out
	test "$(wc -l <out)" = 10
	heading="id start end language speaker corpus label emotion confidence"
	heading="$heading anger happiness neutral sadness"
	test "$(head -n 1 out | tr "\t" " ")" = "$heading"
	awk -F "\t" "NF != 13 { exit 1 }" out
	sed -n 3p out | cut -f 1-7 | tr "\t" " " >line
	grep -q "^u1 0.000 0\.[0-9]* fi s1 made happiness$" line
'
check '--keep adds fields as columns, which score can group by' '
	edit "f[\"fold\"], f[\"sex\"] = 3, \"f\"" <"$in" >folds
	predict -m "$model" -k fold,sex folds >out
	predict -m "$model" folds >plain
	test "$(sed -n 1p out | cut -f 8,9 | tr "\t" " ")" = "fold sex"
	test "$(sed -n 2p out | cut -f 8,9 | tr "\t" " ")" = "3 f"
	cut -f 1-7,10- out | cmp - plain
	score --by fold --tsv out | cut -f 1-3 | grep "^fold	3	9$"
	predict -m "$model" -j -k sex,fold folds >out
	test "$(grep -c ",\"sex\":\"f\",\"fold\":3,\"emotion\"" out)" -eq 9
	predict -m "$model" -k lable folds 2>err >out
	says "predict: no utterance has \"lable\" as text or number" err
	predict -m "$model" -k features folds 2>err >out
	says "predict: no utterance has \"features\" as text or number" err
	for keys in label emotion "l*" anger
	do
		fails 2 predict -m "$model" -k "$keys" folds
	done
'
check 'probabilities sum to 1, and the largest names the emotion' '
	predict -m "$model" "$in" | awk -F "\t" "
		NR == 1 { for (k = 10; k <= 13; k++) name[k] = \$k; next }
		{ best = 10; sum = 0
		  for (k = 10; k <= 13; k++) {
			sum += \$k
			if (\$k > \$best) best = k
		  }
		  if (sum < .9995 || sum > 1.0005) exit 1
		  if (\$8 != name[best] || \$9 != \$best) exit 1
		  seen++ }
		END { exit seen != 9 }"
'
check 'table, JSON and frames say the same' '
	predict -m "$model" "$in" >table
	predict -m "$model" --json "$in" >json
	predict -m "$model" --frames "$in" | framedump -j >frames
	$python - <<-END
	import json, math
	head, *rows = [l.rstrip("\n").split("\t") for l in open("table")]
	lines = [json.loads(l) for l in open("json")]
	frames = [json.loads(l) for l in open("frames")]
	assert len(rows) == len(lines) == len(frames) == 9
	for row, line, frame in zip(rows, lines, frames):
	    row = dict(zip(head, row))
	    for key in ("id", "language", "speaker", "corpus", "label",
	                "emotion"):
	        assert row[key] == line[key], key
	        assert key == "emotion" or row[key] == frame[key], key
	    for key in ("start", "end", "confidence"):
	        assert float(row[key]) == line[key], key
	    logits = frame["logits"]
	    logits = logits["data"] if isinstance(logits, dict) else logits
	    p = [math.exp(z) for z in logits]
	    for name, q in zip(frame["classes"], p):
	        assert abs(q / sum(p) - line["probabilities"][name]) < 6e-5
	        assert float(row[name]) == line["probabilities"][name]
	END
'
check 'frames keep what they had' '
	predict -m "$model" --frames "$in" |
		framecut -d logits,classes,embedding >out
	framecmp "$in" out
'
check 'the order and the company of an utterance change no bit' '
	predict -m "$model" --frames "$in" | framedump -j | sort >want
	shuffle -s 4 "$in" | predict -m "$model" --frames | framedump -j |
		sort | cmp want -
	for u in 0 1 2 3 4 5 6 7 8
	do
		frames 1 1 $u | predict -m "$model" --frames | framedump -j
	done | sort | cmp want -
'
check 'a file, a pipe and a slow pipe give the same' '
	predict -m "$model" "$in" >want
	predict -m "$model" <"$in" | cmp want -
	cat "$in" | predict -m "$model" - | cmp want -
	frames 2 | dd bs=1 2>/dev/null | predict -m "$model" | cmp - want \
		2>&1 | grep -q "EOF on -"
'
check 'controls do not reach the terminal' '
	wavread --speaker "$(printf "a\033[m\302\233b\tc")" \
		"$top/examples/sad-de.flac" | featurize | predict >out
	grep -qF "	a [m b c	" out
	fails 1 grep "$(printf "\033\|\302\233")" out
'
check 'several runs make one table' '
	frames 4 >a
	frames 5 1 4 >b
	cat a b | predict -m "$model" >two
	predict -m "$model" "$in" | cmp two -
'
check 'an empty stream makes a heading alone' '
	frames 0 | predict -m "$model" >out
	test "$(wc -l <out)" = 1
	frames 0 | predict -m "$model" --json >out
	test ! -s out
'
check 'texts are escaped in JSON, and cannot break the table' '
	printf "f[\"id\"] = \"q\\\"b\\\\\\\\t\\\\tn\\\\nx\\\\x01\\303\\244\"" \
		>statement
	frames 1 | edit "$(cat statement)" >odd
	predict -m "$model" --json odd >line
	test "$(wc -l <line)" = 1
	$python - <<-END
	import json
	text = json.loads(open("line", encoding="utf8").read())["id"]
	assert text == "q\"b\\\\t\tn\nx\x01\u00e4", repr(text)
	END
	predict -m "$model" odd >table
	test "$(wc -l <table)" = 2
	awk -F "\t" "NF != 13 { exit 1 }" table
'
check 'bytes that are not UTF-8 do not make bad JSON' '
	frames 1 | edit "f[\"id\"] = \"abc\"" | sed "s/abc/a\xffc/" >odd
	predict -m "$model" --json odd >line
	$python -c "
import json
json.loads(open(\"line\", encoding=\"utf8\").read())"
'
check 'a missing or malformed time is left blank' '
	frames 1 | edit "del f[\"start\"]; f[\"end\"] = float(\"nan\")" >odd
	predict -m "$model" --json odd >line
	$python -c "
import json
x = json.loads(open(\"line\").read(), parse_constant=lambda x: 1 / 0)
assert \"start\" not in x and \"end\" not in x"
	framecut -d start,end "$in" | predict -m "$model" >table
	tail -n +2 table | cut -f 2,3 | sort -u >times
	printf "\t\n" | cmp - times
	predict -m "$model" "$in" | score >want
	score <table | cmp - want
'
check 'long utterances are cut into parts and keep their sense' '
	long="f[\"features\"] = tensor([[(7 * i + 3 * c) % 11 - 8
		for c in range(13)] for i in range(ROWS)])"
	for rows in 2999 3000 3001 20000
	do
		frames 1 | edit "$(echo "$long" | sed s/ROWS/$rows/)" >one
		predict -m "$model" one | tail -n 1 | cut -f 10- >$rows
		test -s $rows
	done
	paste 3000 3001 20000 | awk "{ for (i = 1; i <= 4; i++)
		for (j = 4; j <= 8; j += 4) {
			d = \$i - \$(i + j)
			if (d > .02 || d < -.02) exit 1
		} }"
'
check 'bad utterances are dropped and named, the rest is printed' '
	nan="[float(\"nan\")] * 13"
	edit "
if f[\"id\"] == \"u2\": f[\"features\"] = tensor([[0.0] * 13, $nan])
if f[\"id\"] == \"u4\": f[\"features\"] = \"text\"
if f[\"id\"] == \"u5\": f[\"features\"][b\"shape\"] = [0, 13]
if f[\"id\"] == \"u6\": f[\"features\"][b\"shape\"] = [13]
if f[\"id\"] == \"u7\": f[\"features\"] = tensor([[0.0] * 13])
" <"$in" >odd
	fails 1 predict -m "$model" odd >out 2>err
	for u in u2 u4 u5 u6
	do
		grep -q "^predict: $u: dropped: features: " err
	done
	test "$(wc -l <err)" = 4
	test "$(wc -l <out)" = 6
	predict -m "$model" "$in" | grep "^u8" >u8
	grep "^u8" out | cmp u8 -
	fails 1 predict -m "$model" --json odd >out 2>/dev/null
	test "$(wc -l <out)" = 5
	fails 1 predict -m "$model" --frames odd 2>/dev/null | framedump -H |
		grep -q "^  dropped  *4$"
'
check 'silence gives probabilities, impossible numbers a reason' '
	frames 1 | edit "f[\"features\"] = tensor([[-16.0] * 13] * 50)" >flat
	frames 1 | edit "f[\"features\"] = tensor([[3e38] * 13] * 9)" >huge
	predict -m "$model" flat | tail -n 1 | grep -q "	0\.[0-9]"
	fails 1 predict -m "$model" huge >out 2>err
	says "u0: dropped: values too large" err
	fails 1 predict -m "$model" --frames huge 2>/dev/null | framedump >out
	test ! -s out
'
check 'functionals that cannot be used are a reason, not passed over' '
	wavread --speaker s "$top"/examples/*.flac | featurize >feats
	cmvn --by speaker feats >good
	predict good >want
	for values in "float(\"nan\")" "[0.0] * 201" "[0.0] * 203"
	do
		edit "x = $values
if f[\"id\"].endswith(\"sad-de.flac\"):
    y = struct.unpack(\"<214f\", f[\"functionals\"][b\"data\"])
    x = [x] + list(y[1:]) if isinstance(x, float) else x
    f[\"functionals\"][b\"shape\"] = [len(x)]
    f[\"functionals\"][b\"data\"] = struct.pack(\"<%df\" % len(x), *x)
" <good >bad
		fails 1 predict bad >out 2>err
		says "sad-de.flac: dropped: functionals: " err
		grep -v sad-de want | diff - out
	done
'
check 'features of another kind than the model'\''s are refused' '
	edit "f[\"features.type\"] = \"fbank13 16000/400/160\"" <"$in" >other
	fails 1 predict -m "$model" other 2>err >/dev/null
	says "features are \"fbank13 16000/400/160\"" err
	edit "del f[\"features.type\"]
f[\"features\"][b\"shape\"] = [1, 12]
f[\"features\"][b\"data\"] = bytes(48)" <"$in" >other
	fails 1 predict -m "$model" other 2>err >/dev/null
	says "features have 12 columns, the model $model wants 13" err
	fails 1 predict other 2>err >/dev/null
	says "features have 12 columns, the built-in model wants 83" err
	framecut -d features "$in" >without
	fails 1 predict -m "$model" without 2>err >/dev/null
	says "put featurize before predict" err
'
check 'models that lie, are cut or are no models are refused' '
	for file in nowhere /dev/null "$in" "$top"
	do
		fails 1 predict -m "$file" "$in" >out 2>err
		says "predict: $file" err
		test ! -s out
	done
	head -c 9000 "$model" >cut
	fails 1 predict -m cut "$in" 2>err
	says "cut short" err
	for lie in width=32 width=x width=-16 heads=0 heads=3 blocks=cac \
		blocks=c blocks=cz blocks=ccccccccccccccccc classes= \
		features=fbank11 format=other heads= blocks=
	do
		$python - "$model" "$lie" <<-END
		import json, struct, sys
		data = open(sys.argv[1], "rb").read()
		key, value = sys.argv[2].split("=")
		n = struct.unpack("<Q", data[:8])[0]
		header = json.loads(data[8:8 + n])
		header["__metadata__"][key] = value
		text = json.dumps(header).encode()
		open("lie", "wb").write(struct.pack("<Q", len(text)) + text +
		                        data[8 + n:])
		END
		fails 1 predict -m lie "$in" >/dev/null 2>err
		says "predict: lie: " err
	done
	cp "$model" nan
	printf "\377\377\377\377" | dd of=nan bs=1 conv=notrunc \
		seek=$(($(wc -c <nan) - 4)) 2>/dev/null
	fails 1 predict -m nan "$in" 2>err >/dev/null
	says "NaN" err
'
check 'hostile streams are one clear line' '
	for bad in "$top"/tests/data/bad-*.frames
	do
		for form in "" --json --frames
		do
			fails 1 predict -m "$model" $form "$bad" \
				>/dev/null 2>err
			says "predict: " err
		done
	done
	fails 1 predict -m "$model" "$top/examples/sad-de.flac" >out 2>err
	says "a recording, not a stream" err
	test ! -s out
	fails 1 predict -m "$model" </dev/null 2>err >/dev/null
	says "not even a header" err
	fails 1 predict -m "$model" nowhere 2>err >/dev/null
	says "nowhere: No such file" err
	head -c $(($(wc -c <"$in") / 2)) "$in" >half
	fails 1 predict -m "$model" half 2>err >out
	says "cut inside a frame" err
	test "$(wc -l <out)" -gt 1
'
check 'a width that a model only claims takes no memory' '
	case ${BIN-} in *san*) exit 0 ;; esac
	$python - "$model" <<-END
	import json, struct, sys
	data = open(sys.argv[1], "rb").read()
	n = struct.unpack("<Q", data[:8])[0]
	header = json.loads(data[8:8 + n])
	header["__metadata__"].update(width="4096", blocks="a" * 16)
	text = json.dumps(header).encode()
	open("lie", "wb").write(struct.pack("<Q", len(text)) + text +
	                        data[8 + n:])
	END
	ulimit -v 4000000
	predict -m "$model" "$in" >out
	fails 1 predict -m lie "$in" 2>err
	says "predict: lie: tensor " err
	says ", want [" err
'
check 'too little address space for OpenBLAS is said, not waited for' '
	case ${BIN-} in *san* | *arm64*) exit 0 ;; esac
	ulimit -v 150000
	fails 1 timeout -s KILL 20 predict -m "$model" "$in" >out 2>err
	says " MB more of address space are wanted" err
	test "$(wc -l <err)" -eq 1
	test ! -s out
'
check 'a full disk and a closed pipe are failures' '
	for form in "" --json --frames
	do
		fails 1 predict -m "$model" $form "$in" >/dev/full 2>err
		says "write <stdout>: No space" err
		(sleep .3; fails 1 predict -m "$model" $form "$in" 2>err &&
			touch ended$form) | true
		test -e ended$form
		test ! -s err
	done
'
check 'the built-in student listens to recordings' '
	wavread "$top"/examples/*.flac | featurize | predict >out
	test "$(wc -l <out)" = 5
	awk -F "\t" "NR > 1 && (\$9 == \"\" || \$10 <= 0 || \$10 > 1) \
		{ exit 1 }" out
'
check '--frames excludes what is of the table' '
	fails 2 predict --json --frames <"$in" >out 2>err
	grep -q "excludes --json and --keep" err
	test ! -s out
'
check 'what the model was trained with is marked, by corpus' '
	student-step -q -m "$model" -o trained "$in" # of s0 s1 s2 in "made"
	{ frames 4; frames 4 | edit "f[\"corpus\"] = \"other\""
	frames 4 | edit "del f[\"corpus\"]"
	frames 4 | edit "f[\"speaker\"] += \"x\""
	frames 4 | edit "del f[\"speaker\"]"; } >all
	predict -m trained all >out
	head -n 1 out | cut -f 7-9 | grep -qx "label	seen	emotion"
	test "$(sed 1d out | cut -f 8 | uniq -c | tr -s " \n" " ")" = \
		" 4 speaker 4 4 speaker 4 4 utterance "
	predict -m trained --json all >json
	test "$(grep -c "\"seen\":\"speaker\"" json)" = 8
	predict -m trained -f all >frames
	test "$(framedump -j frames | grep -c "\"seen\":\"speaker\"")" = 8
	predict -m "$model" -f frames | framedump -j >unmarked
	fails 1 grep -q seen unmarked
'
check 'a tab in the name of a corpus hides nobody' '
	edit "f[\"corpus\"] = \"a\" + chr(9) + \"b\"" <"$in" >tabbed
	student-step -q -m "$model" -o trained tabbed
	predict -m trained tabbed | cut -f 8 | sed 1d | sort -u >out
	test "$(cat out)" = speaker
'
check 'utterances without a speaker are known by their id' '
	edit "del f[\"speaker\"]" <"$in" >nobody
	student-step -q -m "$model" -o trained nobody
	{ frames 4; frames 4 | edit "f[\"id\"] += \"x\""; } >some
	predict -m trained some >out
	test "$(sed 1d out | cut -f 8 | uniq -c | tr -s " \n" " ")" = \
		" 4 utterance 4 "
'
check 'features normalised otherwise than in training: one warning' '
	cmvn --by speaker "$in" >normed
	cmvn --by utterance "$in" >each
	student-step -q -m "$model" -o trained normed
	predict -m trained "$in" 2>err >out
	says "trained: was trained on features after cmvn --by speaker," err
	predict -m trained each 2>err >out
	says "these went through cmvn --by utterance" err
	predict -m trained normed 2>err >out
	test ! -s err
	student-step -q -m trained -o trained "$in"
	test "$(modeldump -k cmvn trained)" = mixed
	predict -m trained "$in" 2>err >out
	student-step -q -m "$model" -o plain "$in"
	predict -m plain "$in" 2>>err >out
	test ! -s err
	predict -m plain normed 2>err >out
	says "plain: was trained on features without cmvn, and these went" err
	teacher-logits -t a=plain normed 2>err >out
	says "plain: was trained on features without cmvn" err
	student-export -m plain -m trained -o both 2>err
	says "both: its members were trained on features that were" err
	test "$(modeldump -k cmvn both)" = mixed
	student-export -m plain -m plain -o both 2>err
	test ! -s err
'
check 'members that cannot use normalised features are named' '
	wavread --speaker s "$top/examples/sad-de.flac" |
		featurize >x.frames
	predict x.frames 2>err >out
	cmvn --by speaker x.frames 2>/dev/null | predict 2>>err >out
	test ! -s err
	for options in "" "--by speaker -m"
	do
		cmvn $options x.frames 2>/dev/null | predict 2>err >out
		says "3 of its 4 members are skipped: they read functionals" err
	done
	cmvn -m --by speaker "$in" >means
	cmvn --by speaker "$in" >normed
	student-step -q -m "$model" -o trained normed
	predict -m trained means 2>err >out
	says "went through cmvn --by speaker -m" err
'
check 'a compact student warns of options for networks' '
	for options in "--max-seconds 1" "-p bf16"
	do
		predict -q $options -m "$model" "$in" >want 2>err
		predict $options -m "$model" "$in" >got 2>err
		says "is ignored: a compact student" err
		cmp want got
		teacher-logits $options -t "a=$model" "$in" 2>err >out
		says "is ignored: a compact student" err
	done
	student-step -q --max-seconds 1 -m "$model" -o x "$in" 2>err
	says "--max-seconds is ignored: a compact student" err
	predict -p auto -m "$model" "$in" 2>err >out
	test ! -s err
'
check 'the built-in student lists the speakers it was trained on' '
	for speaker in ravdess_01 ravdess_1
	do
		wavread --speaker $speaker "$top/examples/sad-de.flac"
	done | featurize | predict | sed 1d | cut -f 5,8 | tr "\t\n" "  " >got
	grep -qx "ravdess_01 speaker ravdess_1  " got
'
check 'each line leaves before the next utterance comes' '
	mkfifo fifo
	predict -m "$model" fifo >out & pid=$!
	exec 7>fifo
	head -c $(($(wc -c <"$in") / 2)) "$in" >&7
	tries=0
	while test $tries -lt 600 && test "$(wc -l <out)" -lt 3
	do
		sleep .1
		tries=$((tries + 1))
	done
	test "$(wc -l <out)" -ge 3
	exec 7>&-
	fails 1 wait $pid
'
check 'a network hears audio, by classes of its own' '
	wavread "$top/examples/sad-de.flac" >audio
	predict -m "$top/tests/golden/w2v2/labels" audio >out
	head -n 1 out | cut -f 11,12 | grep -qx "Fröhlich	sad"
	awk -F "\t" "NR == 2 { for (k = 10; k <= NF; k++) sum += \$k }
		END { exit !(NF == 20 && sum > .999 && sum < 1.001) }" out
'
check 'a network of dimensions names no emotion' '
	wavread "$top/examples/sad-de.flac" >audio
	predict -m "$top/tests/golden/w2v2/regression" audio >out
	cut -f 8- out | head -n 1 | tr "\t" " " >heading
	grep -qx "emotion confidence arousal dominance valence" heading
	awk -F "\t" "NR == 2 && (\$8 != \"\" || \$9 != \"\") { exit 1 }" out
	predict --json -m "$top/tests/golden/w2v2/regression" audio >json
	grep -q "\"dimensions\":{\"arousal\":" json
	! grep -q emotion json
'
check 'a network reports how much of long audio it ignores' '
	sox -n -r 16000 -b 16 long.wav synth 3 pinknoise vol .2
	wavread long.wav >long
	network=$top/tests/golden/w2v2/base
	predict --max-seconds 1 -m "$network" long >out 2>err
	says "long.wav: is 3.0 s long" err
	wavread --max-seconds 1 long.wav | predict -m "$network" | cut -f 8- >a
	cut -f 8- out | cmp - a
'
finish
