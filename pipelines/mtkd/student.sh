#!/bin/sh
# student.sh WORK METHOD SEED FOLD - train a student, predict a fold with it
#
# METHOD is ft, kd, or mtkd-WEIGHTING; the share of its teachers is in
# METHOD.lambda, unless LAMBDA says another.  In WORK appears
# METHOD.SEED.VIEW.tsv for each view; with LAMBDA, METHOD-LAMBDA.SEED.VIEW.tsv.
set -eu
work=$1 method=$2 seed=$3 fold=$4
lambda=${LAMBDA:-$(cat "$work/$method.lambda")}
name=$method${LAMBDA:+-$LAMBDA}.$seed

case $method in
ft) taught=kd loss='kd-loss -L 0' ;;
kd) taught=kd loss="kd-loss -w uniform -T $TEMPERATURE -L $lambda" ;;
mtkd-*) taught=mtkd
	loss="kd-loss -w ${method#mtkd-} -T $TEMPERATURE -L $lambda" ;;
esac
./train.sh "$work/$name.model" "$seed" "$loss --label-smoothing .1" "$SIZE" \
	'' "$work/$taught.raw.frames" "$work/$taught.speaker.frames"
for view in raw speaker
do
	framecut --where "fold=$fold" "$work/$view.frames" |
		predict -m "$work/$name.model" >"$work/$name.$view.tmp"
	mv "$work/$name.$view.tmp" "$work/$name.$view.tsv"
done
