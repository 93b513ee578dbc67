#!/usr/bin/env bash
# taught.sh NAME... - what teachers say of those whom they teach
#
# A line for each: of how many of these utterances its answer is right, in per
# cent, and how much of its say the label has, on average.
set -euo pipefail
conditions=$(for condition in $TRAIN
	do
		echo "--where $condition"
	done)
for name
do
	# shellcheck disable=SC2086 # a list of words
	shuffle --keep-order $conditions "$WORK/${VIEWS%% *}.frames" |
		framecut --keep label |
		framejoin --partial - "$DIR/said-$name.frames" |
		framedump --json | awk -v name="$name" '
		function list(key,    text) {
			if (!match($0, "\"" key "\":\\[[^]]*\\]"))
				return ""
			text = substr($0, RSTART, RLENGTH)
			sub(/^[^[]*\[/, "", text)
			sub(/\]$/, "", text)
			gsub(/"/, "", text)
			return text
		}
		{
			n = split(list("teacher." name ".logits"), logit, ",")
			split(list("teacher." name ".classes"), class, ",")
			match($0, /"label":"[^"]*"/)
			label = substr($0, RSTART + 9, RLENGTH - 10)
			if (!n)
				next
			best = 1
			for (k = 2; k <= n; k++)
				if (logit[k] > logit[best])
					best = k
			sum = say = 0
			for (k = 1; k <= n; k++) {
				sum += exp(logit[k] - logit[best])
				if (class[k] == label)
					say = exp(logit[k] - logit[best])
			}
			right += class[best] == label
			share += say / sum
			all++
		}
		END {
			if (all)
				printf "%-10s  right %5.1f  label has %.2f\n",
					name, 100 * right / all, share / all
		}'
done
