#!/bin/sh
# train.sh OUT FRAMES LOG - fine-tune a teacher on the audio in FRAMES
#
# TEACHER_BASE is the checkpoint to start from, FOLD the fold to exclude; the
# other variables are described in pipelines/Makefile.  Run it again after an
# interruption: it resumes.
set -eu
out=$1 frames=$2 log=$3

. ./unwanted.sh

# passed PASS: is the pass done, even if student-step skipped utterances?
passed() {
	test "$(modeldump --key passes "$out" 2>/dev/null || echo 0)" -ge "$1"
}

labelled=$frames.labelled
set -- --where "fold!=$FOLD" --where 'label!='
while IFS= read -r label
do
	set -- "$@" --where "label!=$label"
done <<END
$(unwanted "$frames" "$CLASSES")
END
framecut "$@" "$frames" >"$labelled"
count=$(framecut --keep id "$labelled" | framedump --json | grep -c '"id"' || :)
steps=$((PASSES * ((count + BATCH - 1) / BATCH)))

test -e "$out/model.safetensors" || student-init --from "$TEACHER_BASE" \
	--classes "$CLASSES" --seed "$SEED" --out "$out"
pass=0
while test "$pass" -lt "$PASSES"
do
	pass=$((pass + 1))
	# shellcheck disable=SC2086 # OPTIONS is a list of words
	shuffle --seed $((1000 * SEED + pass)) "$labelled" |
		student-step --model "$out" --pass "$pass" --seed "$SEED" \
		--batch "$BATCH" --rate "$RATE" --total-steps "$steps" \
		--warmup $((steps / 10)) --beta2 .999 --weight-decay .01 \
		--log "$log" $OPTIONS || passed "$pass"
done
rm -f "$labelled"
