#!/bin/sh
# ekorpus.sh DIR - Estonian Emotional Speech Corpus (EKORPUS, EEKK)
#
# Sentences read by one woman.  All of it is one fold: use it to test models
# that were trained on other corpora.  Its owners count 1,234 sentences, but the
# common archive has 1,164, which is the expected number here.
#
#	105.wav  105.TextGrid    with tiers of words, sentence and emotion
#
# Some descriptions mention ten readers; the files do not name readers.
. "$(dirname "$0")/lib.sh"
corpus=ekorpus language=et total=1164
folds=1
example='DIR/105.wav, and DIR/105.TextGrid beside it'

# shellcheck disable=SC2016
recipe '
# Stores the first text of each tier in tier[].
function tiers(file,    line, at) {
	split("", tier)
	while ((getline line < file) > 0) {
		sub(/\r$/, "", line)
		if (line ~ /^ *name = "/) {
			at = line
			gsub(/^ *name = "|" *$/, "", at)
		} else if (line ~ /^ *text = "/ && !(at in tier)) {
			gsub(/^ *text = "|" *$/, "", line)
			gsub(/""/, "\"", line)
			tier[at] = line
		}
	}
	close(file)
}

function utterance(    grid) {
	grid = path
	sub(/[^.]*$/, "TextGrid", grid)
	tiers(grid)
	speaker = 1
	label = word("anger anger joy happiness neutral neutral " \
		"sadness sadness", tier["emotion"])
	if (fit(tier["sentence"] ""))
		text = tier["sentence"]
}' "$@"
