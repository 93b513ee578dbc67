#!/bin/sh
# train.sh OUT FRAMES LOG - fine-tune a teacher on the audio in FRAMES
#
# TEACHER_BASE is the checkpoint to begin with, FOLD the fold to leave out; the
# rest of the environment is in the Makefile.  Run again after an interruption,
# it goes on where it was.
set -eu
out=$1 frames=$2 log=$3

# chosen: "key!=value" for each label that is no class
chosen() {
	framecut --keep id,label "$frames" | framedump --json |
		sed -n 's/.*"label":"\([^"]*\)".*/\1/p' | sort -u |
		while read -r label
		do
			case ,$CLASSES, in
			*,"$label",*) ;;
			*) echo "label!=$label" ;;
			esac
		done
}

heard=$frames.heard
framecut --where "fold!=$FOLD" "$frames" >"$heard"
for condition in $(chosen)
do
	framecut --where "$condition" "$heard" >"$heard.tmp"
	mv "$heard.tmp" "$heard"
done
count=$(framecut --keep id "$heard" | framedump --json | grep -c '"id"')
steps=$((PASSES * ((count + BATCH - 1) / BATCH)))

test -d "$out" || student-init --from "$TEACHER_BASE" --classes "$CLASSES" \
	--seed "$SEED" --out "$out"
pass=0
while test "$pass" -lt "$PASSES"
do
	pass=$((pass + 1))
	# shellcheck disable=SC2086 # OPTIONS is a list of words
	shuffle --seed $((1000 * SEED + pass)) "$heard" |
		student-step --model "$out" --pass "$pass" --seed "$SEED" \
		--batch "$BATCH" --rate "$RATE" --total-steps "$steps" \
		--warmup $((steps / 10)) --beta2 .999 --weight-decay .01 \
		--log "$log" $OPTIONS
done
rm -f "$heard"
