#!/bin/sh
# teacher-logits(1): its fields, what is too long or too short, independence.
. "$(dirname "$0")/lib.sh"

golden=$top/tests/golden/w2v2

# tones SECONDS...: frames of audio, t0, t1, ... of these lengths
tones() {
	i=0
	for seconds
	do
		sox -n -r 16000 -b 16 "$dir/t$i.wav" synth "$seconds" \
			sine $((200 + 150 * i)) vol .3
		wavread --language de "$dir/t$i.wav"
		i=$((i + 1))
	done
}

# field KEY <FRAMES: one field of each utterance, as JSON
field() {
	framecut --keep "id,$1" | framedump --json |
		grep '"utterance"' | sed 's/.*"'"$1"'"://'
}

tones 1 .4 2.5 >"$dir/three"
three=$dir/three

check 'a teacher must be named, and be named well' '
	fails 2 teacher-logits "$three"
	fails 2 teacher-logits -t "$golden/base" "$three"
	fails 2 teacher-logits -t =x "$three"
	fails 2 teacher-logits -t en= "$three"
	fails 2 teacher-logits -t "$(printf "a%.0s" $(seq 201))=$golden/base" \
		"$three"
	fails 2 teacher-logits -t en:=x "$three"
	fails 2 teacher-logits -t "$(printf "\377")=x" "$three"
	fails 2 teacher-logits -t "en:$(printf "\377")=x" "$three"
	fails 2 teacher-logits -t a.b=x "$three"
	fails 2 teacher-logits -t a="$golden/base" -t a="$golden/large" \
		"$three" 2>err
	grep -q "another teacher is named a" err
'
check 'each teacher says what predict says with the same model' '
	teacher-logits -t en="$golden/base" -t x:de="$golden/wavlm" "$three" \
		>taught
	predict --frames -m "$golden/base" "$three" | field logits >base
	predict --frames -m "$golden/wavlm" "$three" | field logits >wavlm
	field teacher.en.logits <taught | cmp - base
	field teacher.x.logits <taught | cmp - wavlm
	test "$(wc -l <base)" -eq 3
	! cmp base wavlm
'
check 'a teacher has classes, and a language of its own or by its name' '
	teacher-logits -t en="$golden/base" -t x:de="$golden/labels" "$three" |
		framedump --json >out
	grep -c "\"teacher.en.language\":\"en\"" out | grep -qx 3
	grep -c "\"teacher.x.language\":\"de\"" out | grep -qx 3
	grep -c "\"teacher.en.classes\":\[\"anger\",\"happiness\"" out |
		grep -qx 3
	grep -q "Fröhlich" out
'
check 'embeddings come when asked for' '
	teacher-logits -t a="$golden/base" "$three" | framedump >without
	! grep -q embedding without
	teacher-logits -e -t a="$golden/base" "$three" | framedump >with
	grep -c "teacher.a.embedding \[12\]" with | grep -qx 3
'
check 'a teacher of a used name replaces all of the other, with a warning' '
	teacher-logits -e -t a="$golden/base" "$three" >first
	teacher-logits -t a="$golden/large" first 2>err >second
	says "teacher.a.logits: exists already, and is replaced by that of " err
	framedump second >text
	! grep embedding text
	teacher-logits -t b="$golden/large" first 2>err | framedump >text
	test ! -s err
	grep -c "teacher.a.embedding" text | grep -qx 3
'
check 'a compact student teaches, too, from features' '
	wavread "$top/examples/sad-de.flac" | featurize >features
	teacher-logits -t own="$top/pipelines/default/model.safetensors" \
		features >taught
	predict --frames features | field logits >said
	field teacher.own.logits <taught | cmp - said
'
check 'an answer does not depend on others, order or threads' '
	teacher-logits -j 1 -t a="$golden/wavlm-large" "$three" |
		field teacher.a.logits >one
	teacher-logits -j 4 -t a="$golden/wavlm-large" "$three" |
		field teacher.a.logits | cmp - one
	shuffle --seed 3 "$three" >other
	teacher-logits -t a="$golden/wavlm-large" other |
		field teacher.a.logits | sort >mixed
	sort one | cmp - mixed
	wavread "$dir/t1.wav" |
		teacher-logits -t a="$golden/wavlm-large" |
		field teacher.a.logits >alone
	sed -n 2p one | cmp - alone
'
check 'a teacher that was trained with the speaker is marked' '
	wavread --label anger --speaker s1 "$top/examples/angry-en.flac" |
		featurize >one
	wavread --label anger --speaker s2 "$top/examples/angry-en.flac" |
		featurize >two
	student-init -a small -o en
	student-init -a small -o de
	student-step -q -b 1 -m en one
	cat one two | teacher-logits -t en=en -t de=de >taught
	framedump --json taught | grep -o "\"teacher.*seen\":[^,}]*" |
		grep -o "\"teacher[^\"]*seen.*" >got
	echo "\"teacher.en.seen\":\"speaker\"" | diff - got
	framedump --json taught | grep "\"s1\"" | grep -q seen
'
check 'too short is dropped by name and the rest comes through' '
	tones .02 .5 >in
	fails 1 teacher-logits -t a="$golden/base" in >out 2>err
	says "t0.wav: dropped: too short" err
	field teacher.a.logits <out | grep -c . | grep -qx 1
'
check 'long audio is cut, with a warning' '
	teacher-logits --max-seconds 1.5 -t a="$golden/base" "$three" \
		>out 2>err
	says "t2.wav: is 2.5 s long" err
	wavread --max-seconds 1.5 "$dir/t2.wav" >part
	teacher-logits -t a="$golden/base" part |
		field teacher.a.logits >want
	field teacher.a.logits <out | sed -n 3p | cmp - want
'
check 'audio of another rate is dropped' '
	wavread --rate 8000 "$dir/t0.wav" >in
	fails 1 teacher-logits -t a="$golden/base" in >out 2>err
	says "16 kHz" err
'
check 'a model that is not there, or not one, is one line' '
	fails 1 teacher-logits -t a=none "$three" >out 2>err
	says "none: No such file" err
	mkdir empty
	fails 1 teacher-logits -t a=empty "$three" >out 2>err
	says "empty/config.json" err
	fails 1 teacher-logits -t a="$golden/bare" "$three" >out 2>err
	test "$(wc -l <err)" -eq 1
'
check 'a stream that breaks off is an error' '
	head -c 20000 "$three" >cut
	fails 1 teacher-logits -t a="$golden/base" cut >out 2>err
	says "cut" err
'
check 'a full disk is an error' '
	fails 1 teacher-logits -t a="$golden/base" "$three" >/dev/full 2>err
	grep -q "No space left" err
'
finish
