#!/usr/bin/env bash
# student.sh METHOD LAMBDA SEED CONDITIONS OUT VIEWS - train, then predict
#
# Trains METHOD_LAMBDA_SEED.all, or for mono-METHOD a student per language,
# unless it exists.  Writes OUT.VIEW.tsv, its predictions for the utterances in
# VIEWS for which all CONDITIONS hold.
set -euo pipefail
method=$1 lambda=$2 seed=$3 conditions=$4 out=$5 test_views=$6
. ./method.sh

set --
for view in $train_views
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
for view in $test_views
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
