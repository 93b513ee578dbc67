#!/bin/sh
# student-step(1): repeatable, resumable, learns; losses that go wrong.
. "$(dirname "$0")/lib.sh"

# python that has what we import; not always the first on PATH
python_find msgpack
bad_loss="$python '$top/tests/golden/student_loss.py'"

# frames COUNT [SEED [FIRST]]: random features with labels
frames() {
	$python "$top/tests/golden/student_frames.py" "$@"
}

# metadata KEY MODEL
metadata() {
	$python -c '
import json, struct, sys
data = open(sys.argv[2], "rb").read()
length = struct.unpack("<Q", data[:8])[0]
print(json.loads(data[8:8 + length])["__metadata__"].get(sys.argv[1], ""))
' "$1" "$2"
}

frames 30 >"$dir/train"
student-init --width 16 --heads 2 --blocks ca \
	-f 'fbank10+pitch 16000/400/160' -o "$dir/fresh"
train=$dir/train fresh=$dir/fresh

# refused TEXT ARGUMENT...: one line that says TEXT, exit 1, model as it was.
refused() {
	text=$1
	shift
	cp "$fresh" m
	fails 1 timeout 60 student-step -m m -b 8 "$@" "$train" 2>err
	grep '^student-step: ' err >own
	says "$text" own
	cmp "$fresh" m
	test "$(echo m*)" = m
}

# huge ID...: the training stream, these so large that nobody can compute.
huge() {
	$python -c '
import msgpack, struct, sys
for f in msgpack.Unpacker(sys.stdin.buffer):
    if f.get("id") in sys.argv[1:]:
        data = f["features"][b"data"]
        f["features"][b"data"] = struct.pack("<f", 3e38) * \
            (len(data) // 4)
        f["speaker"] = "nobody"
    sys.stdout.buffer.write(msgpack.packb(f))' "$@" <"$train"
}

check 'bad options are usage errors' '
	fails 2 student-step "$train"
	fails 2 student-step -m m -b 0 "$train"
	fails 2 student-step -m m -r -1 "$train"
	fails 2 student-step -m m --dropout 1 "$train"
	fails 2 student-step -m m a b
	fails 2 student-step -m m --label-smoothing .1 -l kd-loss "$train"
	for option in "--stretch .2" "--warp 0" "--tilt 1" "--masks 1" \
		"--mask-bands 1" "--mask-rows 1" "--crop 0"
	do
		fails 2 student-step -m "$fresh" -o n $option "$train" 2>err
		grep -q -e "${option% *} needs --spec-augment" err
	done
	test ! -e n
'
check 'any number of threads writes the same bytes' '
	for j in 1 2 3 8
	do
		student-step -q -m "$fresh" -o m$j -b 20 -a -j $j "$train"
	done
	cmp m1 m2
	cmp m1 m3
	cmp m1 m8
'
check 'a seed writes its bytes again, another seed other bytes' '
	student-step -q -m "$fresh" -o a -a -s 7 "$train"
	student-step -q -m "$fresh" -o b -a -s 7 "$train"
	student-step -q -m "$fresh" -o c -a -s 8 "$train"
	cmp a b
	fails 1 cmp -s a c
'
check 'each source of chance is drawn from the seed, and 0 turns it off' '
	none="-q --dropout 0 --head-dropout 0"
	student-step $none -m "$fresh" -o a -s 1 "$train"
	student-step $none -m "$fresh" -o b -s 2 "$train"
	cmp a b
	for option in "--dropout .1" "--head-dropout .1" -a
	do
		student-step $none $option -m "$fresh" -o a -s 1 "$train"
		student-step $none $option -m "$fresh" -o b -s 2 "$train"
		fails 1 cmp -s a b
	done
'
check 'augmentation of size zero is none' '
	student-step -q -m "$fresh" -o a --dropout 0 --head-dropout 0 "$train"
	student-step -q -m "$fresh" -o b --dropout 0 --head-dropout 0 -a \
		--stretch 0 --warp 0 --tilt 0 --masks 0 --crop 0 "$train"
	cmp a b
'
check 'the loss falls and a small set is learnt by heart' '
	frames 12 >few
	cp "$fresh" m
	for pass in 1 2 3 4 5 6 7 8 9 10
	do
		student-step -q -m m -r 1e-2 -b 2 --dropout 0 \
			--head-dropout 0 --log log few
	done
	$python -c "
import json
loss = [json.loads(line)[\"loss\"] for line in open(\"log\")]
assert len(loss) == 60, len(loss)
assert sum(loss[-6:]) < sum(loss[:6]) / 4, loss
"
	predict -m m few | awk -F "\t" "NR > 1 && \$7 != \$9" >wrong
	test ! -s wrong
'
check 'training goes on over passes' '
	cp "$fresh" m
	student-step -q -m m "$train"
	test "$(metadata passes m) $(metadata updates m)" = "1 1"
	student-step -q -m m -b 10 "$train"
	test "$(metadata passes m) $(metadata updates m)" = "2 4"
	cp m kept
	student-step -q -m m -p 2 "$train" 2>/dev/null
	cmp kept m
	student-step -q -m m -p 3 "$train"
	test "$(metadata passes m)" = 3
'
check 'with nothing to do a pipe is read to its end' '
	frames 300 >many
	test "$(wc -c <many)" -gt 200000
	student-step -q -m "$fresh" -o m "$train"
	{ cat many && echo whole >told; } | student-step -m m -p 1 2>err
	says "nothing to do, nothing written (passes so far: 1)" err
	test "$(cat told)" = whole
	student-step -m m -p 1 nowhere 2>err
'
check 'the model lists the speakers it was trained on' '
	student-step -q -m "$fresh" -o m "$train"
	test "$(metadata speakers m | tr "\n" " ")" = "s0 s1 s2 "
	test "$(metadata languages m | tr "\n" " ")" = "en fi "
	test "$(metadata corpora m)" = made
	test "$(metadata voices m | tr "\n\t" " /")" = \
		"made/s0 made/s1 made/s2 "
	test "$(metadata history m)" = student_frames
	predict -m m "$train" >/dev/null
'
check 'a pass killed half-way is taken up and ends in the same bytes' '
	step="student-step -q -b 4 -a --checkpoint 2"
	$step -m "$fresh" -o whole "$train"
	cp "$fresh" m
	mkfifo fifo
	$step -m m fifo & pid=$!
	exec 7>fifo
	head -c $(($(wc -c <"$train") * 2 / 3)) "$train" >&7
	tries=0
	while test $tries -lt 600 && cmp -s "$fresh" m
	do
		sleep .1
		tries=$((tries + 1))
	done
	kill -9 $pid
	exec 7>&-
	wait $pid || :
	test "$(metadata passes m)" = 0
	test "$(metadata batches m)" -gt 0
	$step -m m "$train"
	cmp whole m
	$step -m whole -o twice "$train"
	$step -m m "$train"
	cmp twice m
'
check 'so does one whose input was cut, with updates over several batches' '
	step="student-step -q -b 3 --accumulate 2 --checkpoint 1"
	$step -m "$fresh" -o whole "$train"
	cp "$fresh" m
	head -c $(($(wc -c <"$train") * 3 / 4)) "$train" |
		fails 1 $step -m m - 2>err
	says "did the filter before it fail" err
	test "$(metadata batches m)" -gt 0
	cp m begun
	$step -m m "$train"
	cmp whole m
	student-init -a small -o begun 2>err
	says "begun: replaces a model in training, " err
'
check 'an interrupted pass does not go on with other utterances' '
	cp "$fresh" m
	step="student-step -q -b 4 --checkpoint 2"
	head -c $(($(wc -c <"$train") * 3 / 4)) "$train" |
		fails 1 $step -m m - 2>/dev/null
	cp m kept
	frames 30 1 5 | fails 1 $step -m m 2>err
	says "give the same stream" err
	frames 4 | fails 1 $step -m m 2>err
	says "the stream has fewer" err
	cmp kept m
'
check 'an interrupted pass that continues with other options names them' '
	cp "$fresh" m
	step="student-step -q -b 4 --checkpoint 2 -m m"
	head -c $(($(wc -c <"$train") * 3 / 4)) "$train" |
		fails 1 $step - 2>/dev/null
	cp m kept
	metadata recipe m | grep -x "rate 0.001"
	$step -j 1 "$train" 2>err
	test ! -s err
	cp kept m
	$step -r 1e-4 -l "kd-loss -L 0" --clip 2 "$train" 2>err
	test "$(wc -l <err)" -eq 3
	grep "m: this pass began with rate 0.001, and .* rate 0.0001$" err
	grep "with loss kd-loss -L 0 .*continues with loss kd-loss -L 0$" err
	grep "began with clip 1, and continues with clip 2$" err
	test -z "$(metadata recipe m)"
	cp kept m
	student-step -b 4 -m m "$train" 2>err
	grep "m: continues after batch [0-9]* of pass 1$" err
	grep "pass 1, after batch [0-9]*: loss .* right$" err
	$step -r 1e-3 "$train" 2>err # another pass
	test ! -s err
'
check 'a loss that fails gives one line and leaves the model' '
	refused "exit status 1" -l false
	refused "exit status 3" -l "exit 3"
	refused "exit status 127" -l no-such-command
	refused "ended by signal 9" -l "kill -9 \$\$"
	refused "exit status 3" -l "kd-loss -L 0; exit 3"
	refused "wrote nothing" -l true
	refused "not a stream of frames" -l "echo hello"
	refused "no dlogits" -l cat
	refused "wrote more than the answers" -l "kd-loss -L 0; echo more"
	refused "its end frame" -l "kd-loss -L 1"
'
check 'a loss with a wrong answer gives one line' '
	refused "answered other, which is not in the batch" -l "$bad_loss id"
	refused "answered 7 of 8 utterances, but its end frame counts 0" \
		-l "$bad_loss drop"
	refused "answered u2 twice" -l "$bad_loss twice"
	refused "u2: 3 values of dlogits, want 4" -l "$bad_loss length"
	refused "u2: 3 values of dembedding, want 32" \
		-l "$bad_loss embedding-length"
	refused "u2: no finite loss" -l "$bad_loss nan-loss"
	refused "u2: no finite loss" -l "$bad_loss no-loss"
	refused "NaN" -l "$bad_loss nan-gradient"
	refused "not a tensor" -l "$bad_loss text"
	student-step -q -m "$fresh" -o m -b 8 -l "$bad_loss good" "$train"
'
check 'answers are matched to utterances by id, in any order' '
	student-step -q -m "$fresh" -o m -b 8 -l "$bad_loss good" "$train"
	student-step -q -m "$fresh" -o n -b 8 -l "$bad_loss reverse" "$train"
	cmp m n
'
check 'an utterance that the loss drops and counts is skipped by name' '
	fails 1 student-step -m "$fresh" -o m -b 30 --log log --dropout 0 \
		--head-dropout 0 -l "$bad_loss dropped" "$train" 2>err
	grep -q "u2: skipped: dropped by loss command" err
	grep -q ", 1 of 30 skipped$" err
	grep -q "\"utterances\":29," log
	framecut -w id!=u2 <"$train" | student-step -q -m "$fresh" -o n -b 30 \
		--log without --dropout 0 --head-dropout 0 -l "$bad_loss good"
	grep -o "\"norm\":[0-9.]\{5\}" log >norm
	grep -o "\"norm\":[0-9.]\{5\}" without | diff norm -
	predict -m m --frames "$train" >said
	predict -m n --frames "$train" | framecmp -t 1e-2 - said
	metadata utterances m >trained
	fails 1 grep -qx u2 trained
	framecut -w id=u2 <"$train" >only # dropped: nothing is left
	framecut -d label only | teacher-logits -t a="$fresh" >taught
	fails 1 student-step -q -m "$fresh" -o none taught 2>err
	grep -q "no utterances to train on" err
	test ! -e none
'
check 'the default loss is the same when spelt out' '
	framecut -d label <"$train" | framecut -w id=u3 >unlabelled
	framecut -w id!=u3 <"$train" | cat unlabelled - |
		teacher-logits -t a="$fresh" >mixed
	fails 1 student-step -q -m "$fresh" -o want -b 8 mixed 2>err
	grep -q "u3: skipped: dropped by loss command" err
	for loss in "kd-loss -L 0" "exec kd-loss --lambda 0"
	do
		fails 1 student-step -q -m "$fresh" -o m -b 8 -l "$loss" \
			mixed 2>err
		grep -q "u3: skipped: dropped by loss command" err
		cmp want m
	done
	student-step -q -m "$fresh" -o m -b 8 -l kd-loss mixed
	fails 1 cmp -s want m
'
check 'a loss is found beside the program and sees labels and logits' '
	student-step -q -m "$fresh" -o m -b 8 \
		-l "tee seen | kd-loss -L 0" "$train"
	student-step -q -m "$fresh" -o n -b 8 "$train"
	cmp m n
	framedump -j seen >text
	test "$(wc -l <text)" = 30
	grep -q "\"label\":\"anger\"" text
	grep -q "\"logits\"" text
	fails 1 grep -q "\"features\":" text
'
# learn MODEL LOSS: from the fresh one; no chance, so that it can be compared
learn() {
	student-step -q -m "$fresh" -o "$1" -b 8 -r 1e-3 --dropout 0 \
		--head-dropout 0 -l "$2" "$train"
}

# embedded MODEL: the mean of its embeddings
embedded() {
	predict --frames -m "$1" <"$train" | framedump -j | $python -c "
import json, sys
rows = [json.loads(line)[\"embedding\"] for line in sys.stdin]
print(sum(map(sum, rows)) / len(rows))"
}

check 'a gradient by the embedding moves it, and one of 0 does not' '
	learn a "$bad_loss good"
	learn b "$bad_loss still"
	cmp a b
	learn c "$bad_loss embedded"
	a=$(embedded a) c=$(embedded c)
	test "$(awk "BEGIN { print ($c > $a) }")" = 1
'
check 'a student learns to lie as a teacher does, with any thread count' '
	student-init -s 9 --width 24 --heads 2 --blocks ca \
		-f "fbank10+pitch 16000/400/160" -o teacher
	predict --frames -m teacher <"$train" >taught
	framejoin --keys logits,classes,embedding --prefix =teacher.en. \
		"$train" taught >both
	for e in rkd sp ot
	do
		for j in 1 3
		do
			cp "$fresh" m$j
			for pass in 1 2 3 4 5 6
			do
				student-step -q -m m$j -b 10 -r 3e-3 -j $j \
					--log $e.log -l "kd-loss -e $e \
					--embeddings-share 9" \
					both
			done
		done
		cmp m1 m3
		head -1 $e.log | tr , "\n" | grep loss >first
		tail -1 $e.log | tr , "\n" | grep loss >last
		$python -c "
a, b = (float(open(f).read().split(\":\")[1]) for f in (\"first\", \"last\"))
assert b < .98 * a, (\"$e\", a, b)"
	done
'
check 'the log is JSON, a line a batch' '
	student-step -q -m "$fresh" -o m -b 8 --log log "$train"
	student-step -q -m m -b 30 --log log "$train"
	$python -c "
import json
lines = [json.loads(line) for line in open(\"log\")]
assert [l[\"utterances\"] for l in lines] == [8, 8, 8, 6, 30], lines
assert lines[4][\"pass\"] == 2 and lines[4][\"update\"] == 5, lines
assert all(l[\"loss\"] > 0 and l[\"norm\"] > 0 for l in lines), lines
"
'
check 'no two batches of a training drop or augment alike' '
	frames 8 >eight
	cat eight eight >twice
	losses() {
		cp "$fresh" m
		rm -f log
		for pass in 1 2
		do
			student-step -q -m m -b 8 -r 1e-12 --log log "$@" twice
		done
		grep -o "\"loss\":[0-9.]*" log | sort -u | wc -l
	}
	test "$(losses --dropout 0 --head-dropout 0)" -eq 1
	test "$(losses --dropout .3 --head-dropout 0)" -eq 4
	test "$(losses --dropout 0 --head-dropout .3)" -eq 4
	test "$(losses --dropout 0 --head-dropout 0 -a)" -eq 4
'
check 'a part of the state of an optimiser is none to go on with' '
	student-step -q -m "$fresh" -o whole -b 8 "$train"
	for name in m v average
	do
		$python - $name <<-END
		import json, struct, sys
		data = open("whole", "rb").read()
		n = struct.unpack("<Q", data[:8])[0]
		header = json.loads(data[8:8 + n])
		tensors = [(k, v) for k, v in header.items()
		           if k not in ("__metadata__",
		                        "optimizer." + sys.argv[1])]
		body = b""
		for k, v in tensors:
		    a, b = v["data_offsets"]
		    v["data_offsets"] = [len(body), len(body) + b - a]
		    body += data[8 + n + a:8 + n + b]
		text = json.dumps({"__metadata__": header["__metadata__"],
		                   **dict(tensors)}).encode()
		text += b" " * (-len(text) % 8)
		open("m", "wb").write(struct.pack("<Q", len(text)) + text +
		                      body)
		END
		cp m part
		fails 1 student-step -q -m m -b 8 "$train" 2>err
		says "m: has only a part of the optimiser" err
		cmp m part
	done
'
check 'the log has ce and accuracy of the labelled utterances' '
	teacher-logits -t own="$fresh" "$train" >taught
	{
		framecut --where label=anger --drop label taught
		framecut --where label!=anger taught
	} >some
	learn_some() {
		student-step -q -m "$fresh" -o m -b 30 --dropout 0 \
			--head-dropout 0 --log log -l "kd-loss $*" some
	}
	learn_some
	predict -m "$fresh" --frames some | kd-loss -L .25 >want
	$python -c "
import json, msgpack
want = [f for f in msgpack.Unpacker(open(\"want\", \"rb\"))
        if f[\"frame\"] == \"utterance\"]
log = json.loads(open(\"log\").readline())
def mean(key):
    x = [f[key] for f in want if key in f]
    assert 0 < len(x) <= len(want)
    return sum(x) / len(x)
for key, name in (\"loss\", \"loss\"), (\"ce\", \"loss.ce\"):
    assert abs(log[key] - mean(name)) < 1e-5, (log, key, mean(name))
assert len([f for f in want if \"loss.ce\" in f]) < len(want)
"
	rm log
	framecut --drop label taught >some
	learn_some -L 1
	grep -q "\"ce\":null,.*\"right\":null" log
'
check 'the log has rate and norm of updates only, however often it stops' '
	learn_logged() {
		student-step -q -m m -b 4 --accumulate 3 --checkpoint 3 \
			--log log "$@"
	}
	cp "$fresh" m
	rm -f log
	learn_logged "$train"
	mv log want
	mv m whole
	$python -c "
import json
lines = [json.loads(line) for line in open(\"want\")]
assert [l[\"update\"] for l in lines] == [0, 0, 1, 1, 1, 2, 2, 3], lines
told = [l[\"norm\"] is not None for l in lines]
assert told == [l[\"rate\"] is not None for l in lines], lines
assert told == [False, False, True, False, False, True, False, True], lines
"
	cp "$fresh" m
	head -c $(($(wc -c <"$train") / 2)) "$train" | fails 1 learn_logged - \
		2>err
	learn_logged "$train" 2>err
	cmp whole m
	sort -t, -k 2.9n -u log >got
	diff want got
'
check 'what is said to nobody does not go into the log' '
	student-step -v -m "$fresh" -o m -b 8 --log log "$train" >&- 2>&-
	test "$(grep -c "^{" log)" -eq 4
	test "$(wc -l <log)" -eq 4
'
check 'balancing weighs groups and needs a file' '
	frames 8 >eight
	student-step -q -m "$fresh" -o a eight
	student-step -q -m "$fresh" -o b --balance label eight
	cmp a b
	student-step -q -m "$fresh" -o c --balance speaker eight
	fails 1 cmp -s a c
	cat eight | fails 1 student-step -m "$fresh" -o d --balance label 2>err
	says "must be a file" err
'
check 'a bad utterance is skipped and named, the rest is learnt' '
	cp "$train" bad
	$python - <<-END # u3 holds NaN
	data = bytearray(open("bad", "rb").read())
	at = data.index(b"data", data.index(b"\xa2id\xa2u3")) + 64
	data[at:at + 64] = 64 * b"\xff"
	open("bad", "wb").write(data)
	END
	fails 1 student-step -q -m "$fresh" -o m bad 2>err
	says "u3: skipped: features: NaN" err
	test "$(metadata passes m)" = 1
'
check 'one with no room for what the loss needs is skipped, too' '
	$python -c "
import msgpack, sys
for f in msgpack.Unpacker(sys.stdin.buffer):
    if f.get(\"id\") == \"u3\":
        f.update({\"lab.%d\" % i: i for i in range(1020 - len(f))})
    sys.stdout.buffer.write(msgpack.packb(f))
" <"$train" >wide
	fails 1 student-step -q -m "$fresh" -o m wide 2>err
	says "u3: skipped: no room for its logits" err
	test "$(metadata passes m)" = 1
'
check 'one too large to compute with is skipped, the rest of its batch not' '
	huge u3 >big
	for how in "-a -b 4" "-a -b 4 --accumulate 2"
	do
		fails 1 student-step $how --log log -m "$fresh" -o a big 2>err
		grep -qF "u3: skipped: values too large to compute" err
		grep -qF "pass 1: loss" err
	done
	head -1 log | grep -qF "\"utterances\":3,"
	test "$(metadata speakers a | tr "\n" " ")" = "s0 s1 s2 "
	# all in one batch: as without it, to the last bit
	fails 1 student-step -q -a -b 30 -m "$fresh" -o a big 2>err
	says "u3: skipped: values too large to compute with" err
	framecut -w id!=u3 <"$train" |
		student-step -q -a -b 30 -m "$fresh" -o b
	predict -m a --frames "$train" >said
	predict -m b --frames "$train" | framecmp -t 0 - said
	huge u0 u1 u2 u3 >big
	fails 1 student-step -m "$fresh" -o c -b 4 big 2>err
	grep -qF "the outputs are not finite" err
	test ! -e c
	fails 1 student-step -q -m "$fresh" -o c -b 1 big 2>err
	test "$(wc -l <err)" -eq 4
	framecut -w id=u1 <big >only
	fails 1 student-step -q -m "$fresh" -o d only 2>err
	grep -qF "no utterances to train on" err
	test ! -e d
'
check 'an utterance without features is skipped where others have them' '
	framecut -d features <"$train" | framecut -w id=u3 >lacking
	cat "$train" lacking "$train" >mixed
	fails 1 student-step -q -m "$fresh" -o a -b 60 mixed 2>err
	says "u3: skipped: features: missing" err
	cat "$train" "$train" | student-step -q -m "$fresh" -o b -b 60
	predict --frames -m a "$train" >said
	predict --frames -m b "$train" | framecmp -t 0 - said
	fails 1 student-step -q -m "$fresh" -o c lacking 2>err
	says "no \"features\" in the stream (put featurize before" err
'
check 'with nothing to learn from, the model stays' '
	cp "$fresh" m
	frames 0 | fails 1 student-step -m m 2>err
	says "no utterances" err
	fails 1 student-step -m m /dev/null 2>err
	says "not even a header" err
	fails 1 student-step -m m nowhere 2>err
	says "nowhere: No such file" err
	echo text | fails 1 student-step -m m 2>err
	says "not a stream" err
	cmp "$fresh" m
'
check 'an utterance without label or teacher is skipped by name' '
	cp "$fresh" m
	framecut -d label <"$train" | framecut -w id=u3 >none
	framecut -w id!=u3 <"$train" | cat none - >mixed
	fails 1 student-step -q -m m -b 8 mixed 2>err
	says "u3: skipped: no label, and no teacher" err
	test "$(metadata passes m)" = 1
	teacher-logits -t a="$fresh" mixed >taught
	fails 1 student-step -q -m m -b 8 taught 2>err
	grep -q "u3: skipped: dropped by loss command .kd-loss -L 0" err
	student-step -q -m m -b 8 -l "kd-loss" taught 2>err
	test ! -s err
'
check 'an utterance whose label is no class is skipped by name' '
	cp "$fresh" m
	student-init -c anger,sadness --width 16 --heads 2 --blocks ca \
		-f "fbank10+pitch 16000/400/160" -o two
	fails 1 student-step -m two -b 8 "$train" 2>err
	grep -q "skipped: its label \"happiness\" is not among .*: anger" err
	test "$(metadata passes two)" = 1
'
check 'a key to balance by that nothing has is an error' '
	refused "no utterance has a \"lable\" to balance by" --balance lable
'
check 'a gradient that is not finite does not become a model' '
	refused "the gradient is not finite (try a lower --rate)" \
		-l "$bad_loss huge-gradient"
'
check 'features of another kind than the model'\''s are refused' '
	student-init -f "fbank11+pitch 16000/400/160" -o other
	fails 1 student-step -m other "$train" 2>err
	says "the model other wants" err
'
check 'files that cannot be written are reported' '
	fails 1 student-step -q -m "$fresh" -o nowhere/m --log l "$train" \
		2>err
	says "nowhere/m: No such file" err
	test ! -s l
	for out in /dev/full nowhere/m .
	do
		fails 1 student-step -q -m "$fresh" -o $out "$train" 2>err
		says "$out" err
	done
	fails 1 student-step -q -m "$fresh" -o m --log nowhere/log "$train" \
		2>err
	says "nowhere/log: No such file" err
	fails 1 student-step -q -m "$fresh" -o m --log /dev/full "$train" \
		2>err
	says "No space left" err
	test ! -e m
'
check 'what is learnt from is not replaced' '
	cp "$train" own
	for out in "-o own" "-o m --log own"
	do
		fails 2 student-step -q -m "$fresh" $out own 2>err
		grep "own: would be read and replaced" err
		fails 2 student-step -q -m "$fresh" $out <own 2>err
		fails 2 student-step -q -m "$fresh" $out - <own 2>err
	done
	cmp own "$train"
	test ! -e m
'
check 'a file in place of the temporary one is reported, and stays' '
	cp "$fresh" m
	for way in "ln -s $fresh" mkfifo
	do
		$way m.tmp-tunne
		fails 1 student-step -q -m m "$train" 2>err
		says "m: what is named so with .tmp-tunne after it is in" err
		cmp "$fresh" m
		rm m.tmp-tunne
	done
'
check 'the log is not a model' '
	fails 2 student-step -q -m "$fresh" -o m --log - "$train" 2>err
	grep -q -e "--log -: want a file" err
	test ! -e ./-
	cp "$fresh" m
	for log in "m --log m" "m --log ./m" "n --log m" "n --log n"
	do
		fails 2 student-step -q -m m -o $log "$train" 2>err
		grep -E -e "--log .*: is a file of|: would be read" err
	done
	cmp "$fresh" m
	student-init -a w2v2-tiny -o net
	cp net/model.safetensors kept
	fails 2 student-step -q -m net -o net2 --log net/model.safetensors \
		"$train" 2>err
	cmp kept net/model.safetensors
'
check 'an output that cannot be written is reported before training' '
	mkdir folder
	for out in "" - folder folder/ /dev/null nowhere/m
	do
		fails 1 student-step -q -m "$fresh" -o "$out" --log l \
			"$train" 2>err
		test "$(wc -l <err)" -eq 1
		test ! -e l
	done
	student-init -a w2v2-tiny -o net
	cp "$fresh" file
	fails 1 student-step -q -m net -o file --log l "$train" 2>err
	says "file: not a directory" err
	test ! -e l
'
check 'a limit to what a file may hold is an error like a full disk' '
	cp "$fresh" m
	(ulimit -f 1; fails 1 student-step -q -m m "$train" 2>err)
	says "File too large" err
	cmp "$fresh" m
	test ! -e m.tmp-tunne
'
check 'the exit of the loss is reported where it is ignored' '
	(trap "" CHLD; exec student-step -q -m "$fresh" -o m "$train")
	test -s m
'
check 'two who train one model do not undo each other' '
	cp "$fresh" m
	mkfifo hold
	cat "$train" hold |
		fails 1 student-step -q -m m -o ./m --log opened 2>err &
	while test ! -e opened
	do
		sleep .05
	done
	student-step -q -m m "$train"
	cp m first
	: >hold
	wait
	says "./m: another program has trained it since" err
	cmp m first
	student-step -q -m m "$train"
	test "$(metadata passes m)" = 2
'
check 'another who trains it between the check and the writing is seen' '
	cp "$fresh" m
	student-step -q -m "$fresh" -o other "$train"
	mkfifo held
	$python -c "
import fcntl, os, time
f = open(\"m\", \"r+b\")
fcntl.lockf(f, fcntl.LOCK_EX)
open(\"held\", \"w\").close()
while not os.path.exists(\"learnt\") or os.path.getsize(\"learnt\") == 0:
    time.sleep(.01)
time.sleep(1) # it has learnt all, and waits
os.rename(\"other\", \"m\")" & pid=$!
	cat held
	fails 1 student-step -q -m m -b 1000 --log learnt "$train" 2>err
	says "m: another program has trained it since" err
	wait $pid
	test "$(metadata passes m)" = 1
'
check 'a loss has nothing open but its streams' '
	student-step -q -m "$fresh" -o m --log batches \
		-l "ls -l /proc/self/fd >open; kd-loss -L 0" "$train"
	grep pipe: open
	fails 1 grep -E "train|batches" open
'
check 'a model that nobody may read stays that' '
	cp "$fresh" m
	chmod 0 m
	student-step -q -m "$fresh" -o m "$train"
	test "$(stat -c %a m)" = 600
'
check 'of a link to a model the link is replaced, not what it leads to' '
	cp "$fresh" kept
	ln -s kept m
	student-step -m m -b 8 "$train"
	test ! -L m && cmp kept "$fresh" && ! cmp -s m kept
'

check 'a disk that fills up leaves the old model' '
	cp "$fresh" m
	(ulimit -f 40; trap "" XFSZ; fails 1 student-step -q -m m "$train") \
		2>err
	says "m" err
	cmp "$fresh" m
	test "$(echo m*)" = m
'
check 'models that lie are refused' '
	fails 1 student-step -m nothing "$train" 2>err
	says "nothing: No such file" err
	head -c 5000 "$fresh" >cut
	fails 1 student-step -m cut "$train" 2>err
	says "cut short" err
	for lie in passes batches updates
	do
		student-step -q -m "$fresh" -o m "$train"
		$python - $lie <<-END
		import json, struct, sys
		data = open("m", "rb").read()
		n = struct.unpack("<Q", data[:8])[0]
		header = json.loads(data[8:8 + n])
		header["__metadata__"][sys.argv[1]] = "-1"
		text = json.dumps(header).encode()
		open("lie", "wb").write(struct.pack("<Q", len(text)) + text +
		                        data[8 + n:])
		END
		fails 1 student-step -m lie "$train" 2>err
		says "$lie is \"-1\", want a number" err
	done
	for value in -1 nan inf
	do
		$python - $value <<-END
		import json, struct, sys
		data = bytearray(open("m", "rb").read())
		n = struct.unpack("<Q", data[:8])[0]
		at = json.loads(data[8:8 + n])["optimizer.v"]["data_offsets"][0]
		x = float(sys.argv[1])
		struct.pack_into("<f", data, 8 + n + at + 40, x)
		open("lie", "wb").write(data)
		END
		fails 1 student-step -m lie "$train" 2>err
		says "tensor optimizer.v has values that no training leaves" err
	done
'
check 'weights and a state that are not finite are not written' '
	refused "no longer finite" --clip 0 -l "$bad_loss steep"
	student-step -q -m "$fresh" -o m -l "$bad_loss steep" "$train"
'
check 'a batch of which nothing is learnt does not keep checkpoints off' '
	huge u0 >big
	cp "$fresh" m
	head -c $(($(wc -c <big) * 9 / 10)) big | fails 1 student-step -q \
		-b 1 --accumulate 2 --checkpoint 4 -m m - 2>err
	grep "did the filter before it fail" err
	test "$(metadata batches m)" -gt 4
'
check 'features normalised otherwise than before are said to be so' '
	cmvn --by corpus "$train" >normed
	cat "$train" normed >views
	student-step -q -m "$fresh" -o m views 2>err
	test ! -s err
	test "$(metadata cmvn m)" = mixed
	student-step -q -m "$fresh" -o m "$train"
	student-step -q -m m normed 2>err
	says "m: was trained on features without cmvn, and these went" err
	student-step -q -m m normed 2>err
	test ! -s err
'
check 'an utterance too long for attention is skipped, and may be cropped' '
	head -c $((61 * 32000)) /dev/urandom |
		wavread --raw --label anger - | featurize >long
	head -c 32000 /dev/urandom | wavread --raw --label anger - |
		featurize >short
	cat short long >both
	student-init -q -c anger,neutral -a small -o m
	fails 1 student-step -q -m m both 2>err
	says "-: skipped: 61.0 s long, training takes up to 60" err
	student-step -q -a -m m both
	student-init -q -c anger,neutral --blocks cc -o m
	student-step -q -m m long
'
finish
