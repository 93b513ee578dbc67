#!/usr/bin/env bash
# results.sh SPLIT... - print the scores of all methods side by side
#
# Seeds and folds are pooled: each row counts once per seed.  Intervals are by
# resampling speakers, with all rows of a speaker together.  Also writes the
# pooled predictions, METHOD.VIEW.tsv, to WORK/GROUP for the report; a group is
# "folds" or a held-out corpus.
set -euo pipefail

# pooled GROUP METHOD VIEW SPLIT...: pools predictions; adds split/seed to ids
pooled() {
	out=$WORK/$1/$2.$3.tsv method=$2 view=$3
	shift 3
	for split
	do
		for seed in $SEEDS
		do
			sed "2,\$s|^|$split/$seed/|" \
				"$WORK/$split/$method.$seed.$view.tsv"
		done
	done | awk 'NR == 1 || !/^id\t/' >"$out"
}

# line NAME COLUMN BY <TABLE: prints a score of each group, %, with its interval
line() {
	score --by "$3" --tsv - |
		awk -F '\t' -v name="$1" -v c="$2" '
		NR > 1 {
			cell = sprintf("%4.1f (%s)", 100 * $c,
				$(c + 1) == "-" ? "-" : sprintf("%.1f-%.1f",
				100 * $(c + 1), 100 * $(c + 2)))
			line = line sprintf("%-20s", cell)
		}
		END { printf "%-24s%s\n", name, line }'
}

# heading BY <TABLE: prints the groups, their rows (one per utterance and seed)
# and speakers, and the classes that have no row
heading() {
	score --by "$1" --tsv --bootstrap 0 - | awk -F '\t' '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				if (sub(/^rows_/, "", $i))
					class[i] = $i
		}
		NR > 1 {
			line = line sprintf("%-20s", $2)
			size = size sprintf("%-20s", $3 " (" $4 ")")
		}
		NR == 2 {
			for (i in class)
				if ($i == 0)
					none = none " " class[i]
		}
		END {
			printf "%-24s%s\n%-24s%s\n", "", line,
				"rows (speakers)", size
			if (none)
				print "classes without a row:" none
		}'
}

# recalls NAME <TABLE: prints the recall of each class
recalls() {
	score --by '' - | awk -v name="$1" '
		$1 == "class" { on = 1; next }
		NF < 4 { on = 0 }
		on { line = line sprintf("%-20s", $3 " (" $4 ")") }
		END { printf "%-24s%s\n", name, line }'
}

# differences BASE GROUP VIEW: prints paired differences, over all and by corpus
differences() {
	printf '\nUAR, UAR of %s, difference (95 %%), %s\n\n' "$1" "$3"
	for method in $METHODS
	do
		test "$method" != "$1" || continue
		case $1:$method in
		mono-*:mono-*) ;;
		mono-*) continue ;;
		esac
		score --by corpus --compare "$WORK/$2/$1.$3.tsv" \
			"$WORK/$2/$method.$3.tsv" |
			awk -v name="$method" '
			$2 == "UAR" {
				sub(/^corpus=/, "")
				printf "%-24s%-12s%5s %5s %7s", name, $1, $3,
					$4, $5
				if ($6 != "-")
					printf " (%s to %s), p %s", $6, $7, $8
				print ""
				name = ""
			}'
	done
}

# measures GROUP VIEW: prints UAR, WAR and recalls
measures() {
	for measure in UAR:5:language,corpus WAR:8:language
	do
		by=${measure##*:} column=${measure#*:}
		printf '\n%s, %% (95 %%), %s\n\n' "${measure%%:*}" "$2"
		heading "$by" <"$WORK/$1/${METHODS%% *}.$2.tsv"
		for method in $METHODS
		do
			line "$method" "${column%:*}" "$by" \
				<"$WORK/$1/$method.$2.tsv"
		done
	done
	printf '\nrecall of each class, %% (95 %%), %s\n\n' "$2"
	score --by '' --bootstrap 0 "$WORK/$1/${METHODS%% *}.$2.tsv" |
		awk '
		$1 == "class" { on = 1; next }
		NF < 4 { on = 0 }
		on { line = line sprintf("%-20s", $1) }
		END { printf "%-24s%s\n", "", line }'
	for method in $METHODS
	do
		recalls "$method" <"$WORK/$1/$method.$2.tsv"
	done
}

# summary GROUP: prints the UAR of each view, a line per method
summary() {
	printf '\nUAR, %%\n\n%-24s' ''
	printf '%12s' $TEST_VIEWS
	for method in $METHODS
	do
		printf '\n%-24s' "$method"
		for view in $TEST_VIEWS
		do
			score --by '' --bootstrap 0 --tsv \
				"$WORK/$1/$method.$view.tsv" | awk -F '\t' '
				$2 == "all" { printf "%12.1f", 100 * $5 }'
		done
	done
	echo
}

# folds GROUP VIEW SPLIT...: prints UAR by fold, their mean, and its 95 %
# interval by Student's t
folds() {
	group=$1 view=$2
	shift 2
	test $# -gt 1 || return 0
	printf '\nUAR by fold, %%, %s\n\n%-24s' "$view" ''
	printf '%8s' "$@"
	printf '%8s +- half its 95 %% interval, by t\n' mean
	for method in $METHODS
	do
		for split
		do
			awk -F '\t' -v begin="$split/" '
				NR == 1 || index($1, begin) == 1
			' "$WORK/$group/$method.$view.tsv" |
				score --by '' --bootstrap 0 --tsv -
		done | awk -F '\t' -v name="$method" '
		$2 == "all" {
			x = 100 * $5
			line = line sprintf("%8.1f", x)
			sum += x
			squares += x * x
			n++
		}
		END {
			if (!n)
				exit 1
			split("12.71 4.30 3.18 2.78 2.57 2.45 2.36 2.31 2.26",
				t, " ")
			mean = sum / n
			variance = (squares - n * mean * mean) / (n - 1)
			deviation = variance > 0 ? sqrt(variance) : 0
			printf "%-24s%s%8.1f +- %.1f\n", name, line, mean,
				(n < 11 ? t[n - 1] : 2.2) * deviation / sqrt(n)
		}'
	done
}

# group NAME SPLIT...: prints all scores of a group
group() {
	name=$1
	shift
	mkdir -p "$WORK/$name"
	for view in $TEST_VIEWS
	do
		for method in $METHODS
		do
			pooled "$name" "$method" "$view" "$@"
		done
	done
	summary "$name"
	for view in $TEST_VIEWS
	do
		folds "$name" "$view" "$@"
		measures "$name" "$view"
		for base in $METHODS
		do
			case $base in
			ft | smooth* | kd | kd@* | kd-paper | mono-ft | \
			mono-kd*)
				differences "$base" "$name" "$view" ;;
			esac
		done
	done
}

cat "$WORK/settings"
echo "seeds $SEEDS: rows of all seeds are pooled; intervals are over speakers"
folds=
for split
do
	case " $ALL_FOLDS " in
	*" $split "*) folds="$folds $split" ;;
	*)
		printf '\n== held-out corpus %s ==\n' "$split"
		group "corpus-$split" "$split" ;;
	esac
done
if test "$folds"
then
	printf '\n== held-out speakers, folds%s ==\n' "$folds"
	# shellcheck disable=SC2086 # a list
	group folds $folds
fi
for split
do
	test -s "$WORK/$split/teaching.txt" || continue
	printf '\n%s: teachers on the utterances that they teach\n\n' "$split"
	cat "$WORK/$split/teaching.txt"
done
for split
do
	printf '\n%s: UAR on the development speakers\n\n' "$split"
	cat "$WORK/$split/teachers.txt"
	for method in $METHODS
	do
		printf '%-24s' "$method"
		awk '{ printf "%8.1f at share %s", 100 * $1, $2 }' \
			"$WORK/$split/$method.lambda.tried"
		echo
	done
done
