#!/bin/sh
# teacher.sh OUT NAME [FOLD] FRAMES - train a teacher, all its members
#
# NAME is the language that it learns, or "all"; it never hears FOLD.
set -eu
test -z "$FROM" || test "$TEACHER_SEEDS" = 1 ||
	{ echo "teacher: a network has one seed" >&2; exit 1; }
out=$1 name=$2 conditions=$TRAIN members=
shift 2
test "$name" = all || conditions="$conditions language=$name"
test $# -eq 1 || { conditions="$conditions fold!=$1"; shift; }
loss="kd-loss -L 0 --label-smoothing .1"
test -z "$FROM" || loss="kd-loss -L 0" TEACHERS=network

for kind in $TEACHERS
do
	for seed in $(seq "$TEACHER_SEEDS")
	do
		./train.sh "$out.$kind.$seed" "$seed" "$kind" \
			"$TEACHER_PASSES" "$loss" "$conditions" "$1"
		members="$members --model $out.$kind.$seed"
	done
done
# shellcheck disable=SC2086 # a list of words
student-export --out "$out.tmp" $members
rm -rf "$out"
mv "$out.tmp" "$out"
