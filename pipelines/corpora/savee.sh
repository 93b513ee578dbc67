#!/bin/sh
# savee.sh DIR - Surrey Audio-Visual Expressed Emotion database
#
# English, four men, each with 15 sentences in six emotions and 30 neutral ones:
# 480 utterances; a fold is a man.
#
#	AudioData/DC/a01.wav    speaker, emotion, sentence
. "$(dirname "$0")/lib.sh"
corpus=savee language=en total=480 counts=120
folds='DC|JE|JK|KL'
example=DIR/AudioData/DC/a01.wav

# shellcheck disable=SC2016
recipe '
function utterance(    letters) {
	if (name !~ /^[a-z]+[0-3][0-9]$/)
		return
	letters = name
	sub(/[0-9]+$/, "", letters)
	speaker = folder
	label = word("a anger d disgust f fear h happiness n neutral " \
		"sa sadness su surprise", letters)
	text = name
	id = speaker "_" name
}' "$@"
