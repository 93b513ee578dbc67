#!/bin/sh
# settings.sh WORK - record the settings in WORK, or check that they match
#
# The settings in the file "asked" may change.
set -eu
cd ..
./settings.sh "$1/settings" PASSES SIZE LAMBDAS TEACHERS TEACHER_PASSES \
	TEACHER_TUNE TEACHER_SEEDS TEACHER_SMOOTHING TEACHER_VIEW CROSSFIT \
	VOTES FROM VIEWS QUICK
echo "$METHODS; $SEEDS; $FOLDS; $HELDOUT; $TEST_VIEWS" >"$1/asked.tmp"
cmp -s "$1/asked.tmp" "$1/asked" || cp "$1/asked.tmp" "$1/asked"
rm "$1/asked.tmp"
