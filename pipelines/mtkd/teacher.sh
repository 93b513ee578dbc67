#!/bin/sh
# teacher.sh OUT NAME [FOLD] FRAMES - train a teacher with all its members
#
# NAME is its language, or "all".  FOLD is excluded from the training.  A
# teacher of one language is fine-tuned from the teacher for all for
# TEACHER_TUNE passes, unless that is 0.
set -eu
out=$1 name=$2 conditions=$TRAIN members= passes=$TEACHER_PASSES start=
shift 2
if test "$name" != all
then
	conditions="$conditions language=$name"
	test "$TEACHER_TUNE" = 0 || {
		start=$DIR/teacher-all${out#"$DIR/teacher-$name"}
		passes=$TEACHER_TUNE
	}
fi
test $# -eq 1 || { conditions="$conditions fold!=$1"; shift; }
loss="kd-loss -L 0 --label-smoothing $TEACHER_SMOOTHING"
test -z "$FROM" || TEACHERS=network

for kind in $TEACHERS
do
	for seed in $(seq "$TEACHER_SEEDS")
	do
		START=${start:+$start.$kind.$seed} \
			./train.sh "$out.$kind.$seed" "$seed" "$kind" \
			"$passes" "$loss" "$conditions" "$1"
		members="$members --model $out.$kind.$seed"
	done
done
# shellcheck disable=SC2086 # a list of words
student-export --out "$out.tmp" $members
rm -rf "$out"
mv "$out.tmp" "$out"
