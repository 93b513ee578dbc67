#!/usr/bin/env bash
# weights.sh METHOD LAMBDA SEED - print the teachers' weights for a student
#
# Prints a line per language and teacher: the mean weight over the training
# utterances in that language.
set -euo pipefail
method=$1 lambda=$2 seed=$3
. ./method.sh

# shellcheck disable=SC2046,SC2086 # lists of words
shuffle --keep-order $(where $TRAIN) "$WORK/${VIEWS%% *}.frames" |
	framejoin --partial - $LOGITS | predict --frames -m "$model.all" |
	$loss |
	framecut --keep 'language,weight.*' | framedump --json | awk '
	/"utterance"/ {
		match($0, /"language":"[^"]*"/)
		language = substr($0, RSTART + 12, RLENGTH - 13)
		count[language]++
		while (match($0, /"weight\.[^"]*":[^,}]*/)) {
			split(substr($0, RSTART + 8, RLENGTH - 8), part, "\":")
			$0 = substr($0, RSTART + RLENGTH)
			sum[language "\t" part[1]] += part[2]
		}
	}
	END {
		for (pair in sum) {
			split(pair, part, "\t")
			printf "%s\t%.2f\n", pair, sum[pair] / count[part[1]]
		}
	}' | sort
