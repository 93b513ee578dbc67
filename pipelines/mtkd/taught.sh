#!/usr/bin/env bash
# taught.sh NAME... - what teachers say of those whom they teach
#
# A line for each: of how many of these utterances its answer is right, in per
# cent, and how much of its say the label has, on average.  By the gradient of
# the cross-entropy: of the label it is its share less 1, of others theirs.
set -euo pipefail
. ./where.sh
for name
do
	# shellcheck disable=SC2046,SC2086 # lists of words
	shuffle --keep-order $(where $TRAIN) "$WORK/${VIEWS%% *}.frames" |
		framecut --keep label |
		framejoin --partial --prefix "teacher.$name.=" - \
			"$DIR/said-$name.frames" |
		framecut --where model!= | kd-loss -L 0 |
		framecut --keep dlogits | framedump --json |
		awk -v name="$name" '
		match($0, /"dlogits":\[[^]]*/) {
			n = split(substr($0, RSTART + 11, RLENGTH - 11), d, ",")
			least = most = d[1]
			for (k = 2; k <= n; k++) {
				least = d[k] < least ? d[k] : least
				most = d[k] > most ? d[k] : most
			}
			right += most <= 1 + least
			share += 1 + least
			all++
		}
		END {
			if (all)
				printf "%-10s  right %5.1f  label has %.2f\n",
					name, 100 * right / all, share / all
		}'
done
