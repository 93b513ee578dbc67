#!/bin/sh
# emovo.sh DIR - EMOVO, emotional speech in Italian
#
# Six actors, 14 sentences, six emotions and neutral: 588 utterances; a fold is
# an actor.
#
#	f1/dis-f1-b1.wav    emotion-actor-sentence
. "$(dirname "$0")/lib.sh"
corpus=emovo language=it total=588 counts=98
folds='f1|f2|f3|m1|m2|m3'
example=DIR/f1/dis-f1-b1.wav

# shellcheck disable=SC2016
recipe '
function utterance(    f) {
	if (name !~ /^[a-z]+-[fm][1-3]-[bdln][1-5]$/)
		return
	split(name, f, "-")
	speaker = f[2]
	label = word("dis disgust gio happiness neu neutral pau fear " \
		"rab anger sor surprise tri sadness", f[1])
	text = f[3]
}' "$@"
