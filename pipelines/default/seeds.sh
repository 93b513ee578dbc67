#!/usr/bin/env bash
# seeds.sh WORK REPLICATE... - how far the figures depend on the seeds
#
# A table a view: UAR by corpus of each replicate, then of all of them pooled,
# with 95 % intervals by resampling speakers (all rows of a speaker together).
set -eo pipefail
work=$1
shift

# pooled VIEW REPLICATE...: predictions of all; the replicate is in the id, too
pooled() {
	view=$1
	shift
	for replicate
	do
		sed "2,\$s/^/seed$replicate\//" "$work/$replicate.$view.tsv"
	done | awk 'NR == 1 || !/^id\t/'
}

# line NAME FORMAT <TSV OF PREDICTIONS: UAR of all, of each corpus, their mean
line() {
	score --by corpus --tsv - | awk -F '\t' -v name="$1" -v all="$2" '
	NR == 1 { next }
	{
		if ($2 != "all") { sum += $5; n++ }
		cell = sprintf("%.1f", 100 * $5)
		if (all)
			cell = cell sprintf(" (%.1f-%.1f)", 100 * $6, 100 * $7)
		row = row " | " cell
	}
	END { printf "| %s%s | %.1f |\n", name, row, 100 * sum / n }'
}

cat <<HEAD
# How far the figures depend on the seeds

UAR in per cent over the five folds, each speaker heard by models that never
heard him or her. A replicate is the whole built-in model, one network and three
of functionals, trained with seeds of its own; the first is the one of the model
card. Pooled: all replicates together, with 95 % intervals by resampling
speakers. Made by

    make -C pipelines/default seeds CORPORA=DIR
HEAD
for view in raw speaker
do
	test $view = raw && title=Alone || title='By speaker'
	printf '\n## %s\n\n' "$title"
	score --by corpus --tsv --bootstrap 0 "$work/$1.$view.tsv" |
		awk -F '\t' 'NR > 1 { row = row " | " $2; rule = rule "|---" }
			END { print "| replicate" row " | mean of corpora |"
				print "|---" rule "|---|" }'
	for replicate
	do
		line "$replicate" '' <"$work/$replicate.$view.tsv"
	done
	pooled $view "$@" | line pooled 1
done
