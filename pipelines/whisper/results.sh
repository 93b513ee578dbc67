#!/usr/bin/env bash
# results.sh WORK [ALONE SPEAKER] - recall of the teachers by corpus, language
#
# ALONE and SPEAKER are predictions of another model, to compare with.
set -eo pipefail
work=$1
shift
for view in alone speaker
do
	for copy in '' .noisy
	do
		echo "== view $view, ${copy:-clean}"
		score --classes "$CLASSES" "$work/$view$copy.tsv"
		echo
	done
	test $# -eq 0 && continue
	echo "== view $view, compared with $1"
	score --classes "$CLASSES" --compare "$1" "$work/$view.tsv"
	echo
	shift
done
