#!/bin/sh
# The speakers that a model and its teachers were trained on, up to score.
. "$(dirname "$0")/lib.sh"

# python that has what we import; not always the first on PATH
python_find msgpack, msgpack_numpy

# The teacher was trained on speakers s0 and s1, the student on s2.
$python "$top/tests/golden/student_frames.py" 30 >"$dir/all"
framecut --where speaker!=s2 "$dir/all" >"$dir/theirs"
framecut --where speaker=s2 "$dir/all" >"$dir/ours"
framecut --where speaker=s1 "$dir/all" >"$dir/test"
student-init --width 16 --heads 2 --blocks ca \
	-f 'fbank10+pitch 16000/400/160' -o "$dir/fresh"
student-step -q -m "$dir/fresh" -o "$dir/teacher" "$dir/theirs"
teacher-logits -t x:en="$dir/teacher" "$dir/ours" >"$dir/taught"

# learn LOSS <FRAMES: a student in the file student
learn() {
	student-step -q -m "$dir/fresh" -o student -l "$1"
}

# heard: by teachers of the student in the file student
heard() {
	modeldump --key taught student | sed -n 's/\t/\//p' | tr '\n' ' '
}

check 'frames say which weights spoke, as xxh128sum does' '
	sum=$(xxh128sum "$dir/teacher" | cut -d " " -f 1)
	framedump --json "$dir/taught" >out
	test "$(grep -c "\"teacher.x.model\":\"xxh128:$sum\"" out)" -eq 10
	cp "$dir/teacher" other
	student-step -q -m other "$dir/theirs"
	teacher-logits -t x=other "$dir/ours" | framedump >other.out
	! grep -q "$sum" other.out
'
check 'the header lists the speakers that the teacher was trained on' '
	framedump --json -H "$dir/taught" | head -n 1 >header
	grep -q "\"teacher.x.voices\":\"made..*s0.*made..*s1" header
'
check 'a student inherits the speakers of its teachers' '
	learn "kd-loss -w uniform" <"$dir/taught"
	test "$(heard)" = "made/s0 made/s1 "
	modeldump --key voices student | grep -q "s2$"
	predict -m student "$dir/test" >out
	test "$(cut -f 8 out | sort | uniq -c | tr -s " \n" " ")" = \
		" 1 seen 10 teacher "
	fails 1 score out 2>err
	says "the model or its teacher was trained" err
	score --allow-seen out | grep -q "NOT A TEST"
	predict -m student "$dir/ours" | cut -f 8 | grep -qx speaker
'
check 'and so do the students of that student' '
	learn "kd-loss -w uniform" <"$dir/taught"
	teacher-logits -t y=student "$dir/ours" | framedump --json -H |
		head -n 1 >header
	grep -q "teacher.y.voices\":\"made..*s0.*made..*s1.*made..*s2" header
'
check 'from teachers that it does not listen to it inherits nothing' '
	learn "kd-loss -L 0" <"$dir/taught"
	test -z "$(heard)"
	teacher-logits -t x:de="$dir/teacher" "$dir/ours" |
		learn "kd-loss -w language"
	test -z "$(heard)"
	predict -m student "$dir/test" | score >/dev/null
'
check 'a loss without a list may have seen every speaker' '
	learn "$python $top/examples/loss.py" <"$dir/taught"
	test "$(heard)" = "made/s0 made/s1 "
'
check 'joined, renamed, shuffled, cut and put in a row, it is still known' '
	framecut --keep "id,teacher.*" "$dir/taught" >said
	framejoin -k teacher.x.logits,teacher.x.classes "$dir/ours" said |
		learn kd-loss
	test "$(heard)" = "made/s0 made/s1 "
	framejoin -p teacher.x.=teacher.z. "$dir/ours" said >joined
	framecut --where id!=u2 joined >cut
	cat "$dir/taught" cut >row
	shuffle -s 2 row | framecut --drop corpus | learn kd-loss
	test "$(heard)" = "made/s0 made/s1 "
	framedump --json -H joined | head -n 1 |
		grep -q "\"teacher.z.voices\""
'
check 'so it is of teachers that predict and framejoin make' '
	predict --frames -m "$dir/teacher" "$dir/ours" >said
	framejoin -k logits,classes -p =teacher.en. "$dir/ours" said |
		learn kd-loss
	test "$(heard)" = "made/s0 made/s1 "
	framejoin -k logits,classes -p logits=teacher.en.logits \
		-p classes=teacher.en.classes "$dir/ours" said | learn kd-loss
	test "$(heard)" = "made/s0 made/s1 "
'
check 'a list of voices too long for a quick look is read all the same' '
	$python - >many <<-"END"
	import msgpack, sys
	put = lambda f: sys.stdout.buffer.write(msgpack.packb(f))
	put({"frame": "header", "version": 1, "history": [],
	     "teacher.x.voices": "".join("c\tspeaker %d\n" % i
	                                 for i in range(5000))})
	put({"frame": "utterance", "id": "u2"})
	put({"frame": "end", "utterances": 1, "dropped": 0})
	END
	shuffle many | framedump -j -H | head -n 1 | grep -q "speaker 4999"
	framejoin --partial "$dir/ours" many | framedump -j -H | head -n 1 |
		grep -q "speaker 4999"
'
check 'an interrupted pass keeps what was inherited so far' '
	learn() {
		student-step -q -m m -o m -b 2 --checkpoint 1 -l "kd-loss"
	}
	cp "$dir/fresh" m
	{ cat "$dir/taught" | head -c 20000; sleep 1; } | learn || :
	test "$(modeldump --key batches m)" -ge 1
	test "$(modeldump --key taught m | wc -l)" -eq 2
	learn <"$dir/taught"
	cp "$dir/fresh" whole
	student-step -q -m whole -b 2 --checkpoint 1 -l kd-loss "$dir/taught"
	cmp whole m
'
check 'with --unseen a teacher skips speakers it was trained on' '
	teacher-logits -t x:en="$dir/teacher" "$dir/all" |
		teacher-logits -t own:en="$dir/fresh" >both
	predict --frames -m "$dir/fresh" both >said
	kd-loss --unseen -w uniform said | framedump --json |
		grep -o "\"speaker\":\"s[0-9]\"\|\"weight[^,}]*" |
		paste -d " " - - - | sort | uniq -c >out
	grep -q " 10 .*s0. .weight.x.:0.* .weight.own.:1" out
	grep -q " 10 .*s2. .weight.x.:0.5.* .weight.own.:0.5" out
	framecut --drop "teacher.own.*" said >one
	fails 1 kd-loss --unseen one 2>err >/dev/null
	says "every teacher was trained on its speaker" err
	kd-loss --unseen --partial one | framedump --json >out
	test "$(grep -c "weight.x\":1" out)" -eq 10
	test "$(grep -c "weight.x\":0" out)" -eq 20
'
finish
