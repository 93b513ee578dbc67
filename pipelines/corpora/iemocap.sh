#!/bin/sh
# iemocap.sh DIR - Interactive Emotional Dyadic Motion Capture Database
#
# English, ten actors in pairs, improvised and scripted.  The manifest has 5,531
# of the 10,039 turns: those that most raters found angry, happy or excited
# (both are labelled happiness), neutral or sad.  A fold is a session of two
# actors.
#
#	Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M000.wav
#	Session1/dialog/EmoEvaluation/Ses01F_impro01.txt
#	[6.2901 - 8.2357]	Ses01F_impro01_F000	neu	[2.5, 2.5, 2.5]
#	Session1/dialog/transcriptions/Ses01F_impro01.txt
#	Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.
#
# The speaker is in the last part, M000; Ses01F names the one with the markers.
# The counts by session agree with EmoBox, which has the same 5,531.
. "$(dirname "$0")/lib.sh"
corpus=iemocap language=en total=5531 member=Session
folds='1|2|3|4|5'
counts='1085 1023 1151 1031 1241'
files='/dialog/(EmoEvaluation|transcriptions)/[^/]*\.txt$|'
files=$files'/sentences/wav/.*\.wav$'
example=DIR/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav

# A session's texts are read before its audio: dialog sorts before sentences.
# shellcheck disable=SC2016
recipe '
function texts(file,    line, field, turn) {
	while ((getline line < file) > 0) {
		sub(/\r$/, "", line)
		if (line ~ /^\[[^]]*\]\tSes/) {
			split(line, field, "\t")
			emotion[field[2]] = tolower(field[3])
			rated[substr(field[2], 5, 1)]
		} else if (line ~ /^Ses[^ ]* \[[^]]*\]:/) {
			turn = line
			sub(/ .*/, "", turn)
			sub(/^[^]]*\]: */, "", line)
			gsub(/[\200-\377]/, "", line)
			words[turn] = line
		}
	}
	close(file)
	label = "-"
}

function utterance() {
	if (tolower(path) ~ /\.txt$/)
		return texts(path)
	if (name !~ /^Ses0[1-5][FM]_(impro|script)[^ ]*_[FM][^_]*$/)
		return
	part = substr(name, 5, 1)
	if (!(part in rated)) {
		rated[part]
		say("Session" part " has audio but no labels (Session" part \
			"/dialog/EmoEvaluation/*.txt is missing)")
	}
	label = word("ang anger hap happiness exc happiness neu neutral " \
		"sad sadness", emotion[name])
	if (label == "")
		label = "-"
	match(name, /_[FM][^_]*$/)
	speaker = substr(name, 1, 5) substr(name, RSTART + 1, 1)
	style = name ~ /impro/ ? "improvised" : "scripted"
	text = words[name]
}' "$@"
