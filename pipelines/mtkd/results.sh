#!/bin/sh
# results.sh WORK METHODS SEEDS - the scores of all methods, side by side
#
# Seeds are pooled: each row counts once a seed, and intervals, by resampling
# speakers, take all rows of a speaker together.  Writes
# METHOD.VIEW.all.tsv, the pooled predictions, for the report.
set -eu
work=$1 methods=$2 seeds=$3

# pooled METHOD VIEW: predictions of all seeds; a row is named by its seed, too
pooled() {
	for seed in $seeds
	do
		awk -F '\t' -v OFS='\t' -v seed="$seed" \
			-v first="${seeds%% *}" '
			NR == 1 { if (seed == first) print; next }
			{ $1 = "seed" seed "/" $1; print }
		' "$work/$1.$seed.$2.tsv"
	done >"$work/$1.$2.all.tsv"
}

# line METHOD VIEW COLUMN: of each group, in per cent, with its interval
line() {
	score --by language --tsv "$work/$1.$2.all.tsv" |
		awk -F '\t' -v name="$1" -v c="$3" '
		NR > 1 { line = line sprintf("  %4.1f (%s)", 100 * $c,
			$(c + 1) == "-" ? "-" : sprintf("%.1f-%.1f",
			100 * $(c + 1), 100 * $(c + 2))) }
		END { printf "%-18s%s\n", name, line }'
}

heading() {
	score --by language --tsv --bootstrap 0 "$work/ft.$1.all.tsv" |
		awk -F '\t' 'NR > 1 { line = line sprintf("  %-16s", $2) }
			END { printf "%-18s%s\n", "", line }'
}

for view in raw speaker
do
	for method in $methods
	do
		pooled "$method" $view
	done
	for measure in UAR:5 WAR:8
	do
		printf '\n%s, %% (95 %%), features %s\n\n' "${measure%:*}" \
			$view
		heading $view
		for method in $methods
		do
			line "$method" $view "${measure#*:}"
		done
	done
	for base in ft kd
	do
		printf '\nUAR less that of %s, features %s\n\n' $base $view
		for method in $methods
		do
			test "$method" != $base || continue
			printf '%-18s' "$method"
			score --by '' --compare "$work/$base.$view.all.tsv" \
				"$work/$method.$view.all.tsv" |
				sed -n 's/^all  *UAR//p'
		done
	done
done
printf '\nshares of the teachers, chosen on fold %s\n\n' "$DEV"
for method in $methods
do
	printf '%-18s%s\n' "$method" "$(cat "$work/$method.lambda")"
done
