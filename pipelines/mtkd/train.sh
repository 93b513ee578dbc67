#!/bin/sh
# train.sh OUT SEED LOSS SIZE WHERE FRAMES... - train a compact student
#
# On the utterances WHERE says (all, if it is empty) but for the folds FOLD and
# DEV, in PASSES passes.  Run again after an interruption, it goes on where it
# was.
set -eu
out=$1 seed=$2 loss=$3 size=$4 where=$5
shift 5
test ! -e "$out" || exit 0
training=$out.training
batch=32     # utterances
rate=1e-3    # of AdamW, at its peak

# heard FRAMES: what may be heard of it
heard() {
	framecut --where "fold!=$FOLD" "$1" | framecut --where "fold!=$DEV" |
		if test "$where"
		then
			framecut --where "$where"
		else
			cat
		fi
}

i=0
for frames
do
	i=$((i + 1))
	heard "$frames" >"$training.$i"
done
draws=$(framecut --keep id "$training.1" | framedump --json |
	grep -c '"id"')
steps=$((PASSES * draws / batch))
test -e "$training" ||
	student-init --arch "$size" --seed "$seed" --out "$training"
pass=0
while test "$pass" -lt "$PASSES"
do
	pass=$((pass + 1))
	shuffle --seed $((1000 * seed + pass)) --count "$draws" \
		--balance corpus,label "$training".[0-9] |
		student-step --quiet --model "$training" --pass "$pass" \
		--seed "$seed" --batch $batch --rate $rate \
		--total-steps $steps --warmup $((steps / 20)) --loss "$loss" \
		--spec-augment --threads 1 --log "$out.log"
done
rm -f "$training".[0-9]
student-export --model "$training" --out "$out"
