#!/bin/sh
# lambda.sh OUT METHOD LAMBDA... - the share of teachers that suits a method
#
# By UAR of one student each on the development fold, mean of both views.
set -eu
out=$1 method=$2
shift 2
work=$(dirname "$out")

# uar LAMBDA: of its student, mean of both views
uar() {
	for view in raw speaker
	do
		score --by '' --bootstrap 0 --tsv \
			"$work/$method-$1.1.$view.tsv"
	done | awk -F '\t' '$2 == "all" { sum += $5 } END { print sum / 2 }'
}

test "$*" != 0 || { echo 0 >"$out"; exit; } # no teachers
for lambda
do
	LAMBDA=$lambda ./student.sh "$work" "$method" 1 "$DEV"
	echo "$(uar "$lambda") $lambda"
done | sort -n >"$out.tried"
tail -n 1 "$out.tried" | cut -d ' ' -f 2 >"$out.tmp"
mv "$out.tmp" "$out"
