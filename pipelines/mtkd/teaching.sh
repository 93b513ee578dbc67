#!/usr/bin/env bash
# teaching.sh NAME... - score teachers on the utterances that they teach
#
# Prints a line per teacher: the share of utterances that it labels correctly,
# in per cent, and the mean probability p that it gives the label.  Both come
# from the gradient of the cross-entropy by the logits, which is p - 1 for the
# label and the probability for the other classes.
set -euo pipefail
. ./where.sh
for name
do
	# shellcheck disable=SC2046,SC2086 # lists of words
	shuffle --keep-order $(where $TRAIN) "$WORK/${VIEWS%% *}.frames" |
		framecut --keep label |
		framejoin --partial --prefix "teacher.$name.=" - \
			"$DIR/logits-$name.frames" |
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
				printf "%-10s  correct %5.1f %%  p(label) " \
					"%.2f\n", name, 100 * right / all,
					share / all
		}'
done
