#!/bin/sh
# train.sh OUT FOLD FRAMES... - train without a fold, then export the model
#
# Each pass draws as many utterances as the corpora have, rare corpora and
# classes more often, each in one of its views: raw, or by speaker.
# Run again after an interruption, it goes on where it was.
set -e
out=$1 fold=$2
shift 2
training=$out.training
batch=32     # utterances
rate=1e-3    # of AdamW, at its peak
smoothing=.1 # of the labels

draws=$(framecut --where "fold!=$fold" --keep id "$1" | framedump --json |
	wc -l)
steps=$((PASSES * draws / batch))
test -e "$training" || student-init --seed "$SEED" --out "$training"
pass=$(modeldump --key passes "$training" 2>/dev/null || echo 0)
while test "$pass" -lt "$PASSES"
do
	pass=$((pass + 1))
	shuffle --seed $((1000 * SEED + pass)) --count "$draws" \
		--balance corpus,label --where "fold!=$fold" "$@" |
	student-step --model "$training" --pass "$pass" --seed "$SEED" \
		--batch $batch --rate $rate --total-steps $steps \
		--warmup $((steps / 20)) --label-smoothing $smoothing \
		--spec-augment --threads 1
done
student-export --precision f16 --model "$training" --out "$out"
