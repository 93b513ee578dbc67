#!/bin/sh
# fesc.sh DIR - Finnish Emotional Speech Corpus
#
# Nine actors; a fold is an actor, in the order of the sessions in the code of
# Bijoy et al. 2025.  The speakers and the numbers of the labels are from there
# too: 1 anger, 2 happiness, 3 neutral, 4 sadness; 5 is skipped there and here.
#
# The corpus is not published.  Its layout, number of utterances and licence are
# unknown to us.  Therefore DIR must have a table, labels.tsv: the name of a
# file, with its folder if the name is not unique, a tab, and its label, by
# number or in English.  The file's name or folder must contain the code of the
# speaker.
. "$(dirname "$0")/lib.sh"
corpus=fesc language='fi'
folds='TIRE|TIPE|JARA|MIKO|ANRO|RIGR|TUVA|PEKO|JAKA'
example='a file that DIR/labels.tsv names, with its speaker (TIRE, TIPE, ...)'

# shellcheck disable=SC2016
recipe '
# Returns the name of a file without extension, with its folder if given.
function bare(file) {
	sub(/\.[^.\/]*$/, "", file)
	gsub(/\\/, "/", file)
	if (match(file, /[^\/]*\/[^\/]*$/))
		file = substr(file, RSTART)
	return file
}

BEGIN {
	while ((getline line < (root "/labels.tsv")) > 0) {
		sub(/\r$/, "", line)
		if (split(line, field, "\t") > 1)
			note(bare(field[1]), tolower(field[2]))
	}
}

function note(file, label) {
	if (file in labels && labels[file] != label) {
		say("labels.tsv has two labels for " file " (add its folder)")
		label = "-"
	}
	labels[file] = label
}

function speaker_of(s,    codes, n, i) {
	s = toupper(s)
	n = split(folds, codes, "[|]")
	for (i = 1; i <= n; i++)
		if (index(s, codes[i]))
			return codes[i]
}

function utterance() {
	if (folder "/" name in labels)
		label = labels[folder "/" name]
	else if (name in labels)
		label = labels[name]
	else
		return
	if (label ~ /^[0-9]+$/)
		label = word("1 anger 2 happiness 3 neutral 4 sadness 5 -",
			label)
	speaker = speaker_of(name)
	if (speaker == "")
		speaker = speaker_of(folder)
	id = speaker "_" name
}' "$@"
