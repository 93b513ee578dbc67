#!/bin/sh
# train.sh KIND OUT FOLD SEED FRAMES... - train without a fold, then export
#
# KIND is network, which reads the rows of an utterance, or functionals, which
# reads one row of them all; they are trained apart, since together the network
# leaves the other nothing to learn.
#
# Each pass draws as many utterances as the corpora have, rare corpora and
# classes more often, each in one of its views: raw, or by speaker.
# Run again after an interruption, it continues where it was.
set -e
kind=$1 out=$2 fold=$3 seed=$4
shift 4
training=$out.training
batch=32     # utterances
rate=1e-3    # of AdamW, at its peak
smoothing=.1 # of the labels

case $kind in
network)
	passes=30 shape='--arch base' learning=--spec-augment;;
functionals)
	passes=10 shape='--blocks fw --width 128 --heads 2 --whiten -'
	learning='--head-dropout .5';;
esac
draws=$(framecut --where "fold!=$fold" --keep id "$1" | framedump --json |
	wc -l)
steps=$((passes * draws / batch))
test -e "$training" ||
	framecut --where "fold!=$fold" "$1" | # read by --whiten
	student-init $shape --seed "$seed" --out "$training"
pass=$(modeldump --key passes "$training" 2>/dev/null || echo 0)
while test "$pass" -lt "$passes"
do
	pass=$((pass + 1))
	shuffle --seed $((1000 * seed + pass)) --count "$draws" \
		--balance corpus,label --where "fold!=$fold" "$@" |
	student-step --model "$training" --pass "$pass" --seed "$seed" \
		--batch $batch --rate $rate --total-steps $steps \
		--warmup $((steps / 20)) --label-smoothing $smoothing \
		$learning --threads 1
done
student-export --precision f16 --model "$training" --out "$out"
