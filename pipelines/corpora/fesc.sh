#!/bin/sh
# fesc.sh DIR - Finnish Emotional Speech Corpus
#
# Nine actors; a fold is one of them, in the order of the sessions in the code
# of Bijoy et al. 2025, from which the speakers and the numbers of the labels
# are too (1 anger, 2 happiness, 3 neutral, 4 sadness; 5 is left out there, and
# here).
#
# The corpus is not published: how its owners lay it out, how many utterances
# there are and on what terms could not be found out.  So DIR has to have a
# table, labels.tsv: the name of a file, with its folder where others are named
# alike, a tab, and its label, by number or in English.  The code of the speaker
# must be in the name or the folder.
. "$(dirname "$0")/lib.sh"
corpus=fesc language='fi'
folds='TIRE|TIPE|JARA|MIKO|ANRO|RIGR|TUVA|PEKO|JAKA'
example='a file that DIR/labels.tsv names, with its speaker (TIRE, TIPE, ...)'

# shellcheck disable=SC2016
recipe '
# The name of a file without its ending, and where it says a folder, with that.
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
		say("labels.tsv has two labels for " file ": which folder?")
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
