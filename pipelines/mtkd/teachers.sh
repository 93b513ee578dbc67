#!/usr/bin/env bash
# teachers.sh NAME... - how good teachers are, on the development speakers
set -euo pipefail
conditions=$(for condition in $DEV
	do
		echo "--where $condition"
	done)
for name
do
	# shellcheck disable=SC2086 # a list of words
	shuffle --keep-order $conditions "$WORK/$TEACHER_VIEW.frames" |
		predict -m "$DIR/teacher-$name.model" |
		score --by language --bootstrap 0 --tsv |
		awk -F '\t' -v name="$name" '
		NR == 1 { next }
		{ line = line sprintf("  %s %4.1f", $2, 100 * $5) }
		END { printf "%-10s%s\n", name, line }'
done
