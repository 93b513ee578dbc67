#!/bin/sh
# logits.sh OUT MODEL NAME [FOLD] FRAMES - compute a teacher's logits
#
# They are for the students' training data, or only for its part in FOLD.
set -eu
. ./where.sh
out=$1 model=$2 name=$3 conditions=$TRAIN
shift 3
test $# -eq 1 || { conditions="$conditions fold=$1"; shift; }
embedding=
test ! -e "$WORK/embedded" || embedding=--embedding
# shellcheck disable=SC2046,SC2086 # lists of words
shuffle --keep-order $(where $conditions) "$1" |
	teacher-logits $embedding --teacher "$name=$model" |
	framecut --keep 'id,teacher.*' >"$out.tmp"
mv "$out.tmp" "$out"
