#!/bin/sh
# ravdess.sh DIR - Ryerson Audio-Visual Database of Emotional Speech and Song
#
# The audio-only speech part: 24 actors with 60 utterances each.
#
#	Actor_01/03-01-06-01-02-01-01.wav
#	audio, speech, emotion, intensity, sentence, repetition, actor
#
# Song (03-02-...) in the same folders is skipped.  Six folds of four actors, as
# in EmoBox.
. "$(dirname "$0")/lib.sh"
corpus=ravdess language=en total=1440 counts=60
folds='01 11 20 21|04 10 12 14|08 09 19 23|03 05 07 24|02 15 16 18|06 13 17 22'
example=DIR/Actor_01/03-01-06-01-02-01-01.wav

# shellcheck disable=SC2016
recipe '
function utterance(    f) {
	if (name !~ /^03-0[12]-0[1-8]-0[12]-0[12]-0[12]-[0-2][0-9]$/)
		return
	split(name, f, "-")
	speaker = f[7]
	label = f[2] == "02" ? "-" : word("01 neutral 02 calm 03 happiness " \
		"04 sadness 05 anger 06 fear 07 disgust 08 surprise", f[3])
	intensity = f[4] == "01" ? "normal" : "strong"
	text = f[5]
}' "$@"
