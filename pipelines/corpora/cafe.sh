#!/bin/sh
# cafe.sh DIR - Canadian French Emotional speech database
#
# Twelve actors, six sentences, six emotions at two intensities and neutral:
# 12 x 6 x 13 = 936 utterances, as WAV at 48 kHz, or AIFF at 192 kHz in two
# parts.  Names follow the owners' Readme.txt, except that neutral may have no
# intensity:
#
#	Colère/Faible/01-C-1-1.wav    actor-emotion-intensity-sentence
#	Neutre/01-N-1.wav
#
# Three folds of four actors, two women and two men, as in EmoBox.
. "$(dirname "$0")/lib.sh"
corpus=cafe language=fr total=936 counts=78 files='\.(wav|aiff?)$'
folds='01 07 08 10|02 04 09 12|03 05 06 11'
example=DIR/Joie/Fort/01-J-2-1.wav

# shellcheck disable=SC2016
recipe '
function utterance() {
	if (name !~ /^[01][0-9]-([CDJPST]-[12]|N(-1)?)-[1-6]$/)
		return
	speaker = substr(name, 1, 2)
	label = word("C anger D disgust J happiness N neutral P fear " \
		"S surprise T sadness", substr(name, 4, 1))
	if (label != "neutral")
		intensity = substr(name, 6, 1) == 1 ? "low" : "high"
	text = substr(name, length(name))
}' "$@"
