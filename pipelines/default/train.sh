#!/bin/sh
# train.sh KIND OUT FOLD SEED FRAMES... - train without a fold, then export
#
# KIND is network, a student of the rows of an utterance, or functionals, a
# student of its functionals.  The two are trained separately: trained jointly,
# the network leaves the functionals nothing to learn.
#
# Each pass draws as many utterances as the corpora have, rare corpora and
# classes more often, each in one of its views: raw, or normalised by speaker.
# Run it again after an interruption: it resumes.
set -e
kind=$1 out=$2 fold=$3 seed=$4
shift 4
training=$out.training
batch=32     # utterances
rate=1e-3    # peak learning rate of AdamW
smoothing=.1 # label smoothing

case $kind in
network)
	passes=30 shape='--arch base' learning=--spec-augment;;
functionals)
	passes=10 shape='--blocks fw --width 128 --heads 2'
	learning='--head-dropout .5';;
esac
draws=$(framecut --where "fold!=$fold" --keep id "$1" | framedump --json |
	wc -l)
steps=$((passes * draws / batch))
test -e "$training" ||
	framecut --where "fold!=$fold" "$1" | # whitening of blocks fw
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
