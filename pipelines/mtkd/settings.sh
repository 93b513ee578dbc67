#!/bin/sh
# settings.sh FILE - keep the settings in FILE, and hold to them
#
# What lies in WORK was made with them; only what is in the file "asked" beside
# it may change.
set -eu
now="manifest $(cksum <"$CORPORA/manifest.tsv")
PASSES $PASSES
SIZE $SIZE
LAMBDAS $LAMBDAS
TEACHERS $TEACHERS
TEACHER_PASSES $TEACHER_PASSES
TEACHER_TUNE $TEACHER_TUNE
TEACHER_SEEDS $TEACHER_SEEDS
TEACHER_SMOOTHING $TEACHER_SMOOTHING
TEACHER_VIEW $TEACHER_VIEW
CROSSFIT $CROSSFIT
VOTES $VOTES
FROM $FROM
VIEWS $VIEWS
QUICK ${QUICK:-}"

asked=${1%settings}asked
echo "$METHODS; $SEEDS; $FOLDS; $HELDOUT; $TEST_VIEWS" >"$asked.tmp"
cmp -s "$asked.tmp" "$asked" || cp "$asked.tmp" "$asked"
rm "$asked.tmp"

if test ! -e "$1"
then
	echo "$now" >"$1.tmp"
	mv "$1.tmp" "$1"
elif ! echo "$now" | cmp -s - "$1"
then
	echo "$1: what is here was made otherwise; give another WORK, or:" >&2
	echo "$now" | diff "$1" - | sed -n 's/^< /	/p' >&2
	exit 1
fi
