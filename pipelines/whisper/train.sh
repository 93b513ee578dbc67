#!/usr/bin/env bash
# train.sh OUT FOLD FRAMES... - train a head without a fold
#
# Draws PASSES times as many utterances as the first file has, of all files,
# rare corpora and classes more often.
set -eo pipefail
out=$1 fold=$2
shift 2
batch=64  # utterances
rate=1e-3 # peak learning rate of AdamW

. ../unwanted.sh

wanted=(--where "fold!=$fold" --where 'label!=')
while IFS= read -r label
do
	wanted+=(--where "label!=$label")
done < <(unwanted "$1" "$CLASSES")
draws=$(framecut "${wanted[@]}" --keep id "$1" | framedump --json |
	grep -c '"id"')
count=$((PASSES * draws)) steps=$(((PASSES * draws + batch - 1) / batch))
framecut "${wanted[@]}" "$1" |
	student-init --encodings - --hidden "$HIDDEN" --classes "$CLASSES" \
		--seed "$SEED" --out "$out.training"
shuffle --seed "$SEED" --count $count --balance corpus,label \
	"${wanted[@]}" "$@" |
	student-step --model "$out.training" --seed "$SEED" --batch $batch \
		--rate $rate --total-steps $steps --warmup $((steps / 10)) \
		--weight-decay .02 --label-smoothing .1 --head-dropout .3
student-export --model "$out.training" --out "$out"
rm "$out.training"
