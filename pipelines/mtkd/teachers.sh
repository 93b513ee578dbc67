#!/usr/bin/env bash
# teachers.sh NAME... - score teachers on the development speakers
set -euo pipefail
. ./where.sh
for name
do
	# shellcheck disable=SC2046,SC2086 # lists of words
	shuffle --keep-order $(where $DEV) "$WORK/$TEACHER_VIEW.frames" |
		predict -m "$DIR/teacher-$name.model" |
		score --by language --bootstrap 0 --tsv |
		awk -F '\t' -v name="$name" '
		NR == 1 { next }
		{ line = line sprintf("  %s %4.1f", $2, 100 * $5) }
		END { printf "%-10s%s\n", name, line }'
done
