#!/bin/sh
# student.sh METHOD LAMBDA SEED CONDITIONS OUT - train, then predict
#
# The student METHOD_LAMBDA_SEED.all, or of mono-METHOD one a language, is
# trained if there is none yet.  OUT.VIEW.tsv are its predictions of the
# utterances for which all CONDITIONS hold.
set -eu
method=$1 lambda=$2 seed=$3 conditions=$4 out=$5
. ./method.sh

set --
for view in $VIEWS
do
	set -- "$@" "$WORK/$view.frames"
done
for language in $languages
do
	only=
	test "$language" = all || only=language=$language
	./train.sh "$model.$language" "$seed" "$kind" "$PASSES" "$loss" \
		"$TRAIN $only" "$@"
done
for view in $VIEWS
do
	for language in $languages
	do
		only=
		test "$language" = all || only=language=$language
		# shellcheck disable=SC2046,SC2086 # lists of words
		shuffle --keep-order $(where $conditions $only) \
			"$WORK/$view.frames" | predict -m "$model.$language"
	done | awk 'NR == 1 || !/^id\t/' >"$out.$view.tmp"
	mv "$out.$view.tmp" "$out.$view.tsv"
done
