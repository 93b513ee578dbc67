#!/usr/bin/env bash
# dev.sh OUT METHOD LAMBDA - evaluate a share of the teachers
#
# Writes the recall (UAR) of the first seed's student on the development
# speakers, averaged over the views.
set -euo pipefail
out=$1
./student.sh "$2" "$3" "${SEEDS%% *}" "$DEV" "$out" "$VIEWS"
for view in $VIEWS
do
	score --by '' --bootstrap 0 --tsv "$out.$view.tsv"
done | awk -F '\t' '
	$2 == "all" { sum += $5; n++ }
	END { print sum / n }' >"$out.tmp"
mv "$out.tmp" "$out"
