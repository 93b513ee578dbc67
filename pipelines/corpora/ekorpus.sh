#!/bin/sh
# ekorpus.sh DIR - Estonian Emotional Speech Corpus (EKORPUS, EEKK)
#
# Sentences read by one woman, so all of it is one fold: a test of models that
# were trained on others.  Its owners count 1,234 sentences, but the archive
# that is copied everywhere has 1,164, and that is the count here.
#
#	105.wav  105.TextGrid    with tiers of words, sentence and emotion
#
# Some descriptions speak of ten readers; the files name none.
. "$(dirname "$0")/lib.sh"
corpus=ekorpus language=et total=1164
folds=1
example='DIR/105.wav, and DIR/105.TextGrid beside it'

# shellcheck disable=SC2016
recipe '
# The first text of each tier goes to tier[].
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
