#!/bin/sh
# cremad.sh DIR - Crowd-sourced Emotional Multimodal Actors Dataset
#
# English, 91 actors, 12 sentences; 7,442 utterances, without 1076_MTI_SAD_XX,
# which is silent.  The label is the emotion that the actor intended.
#
#	AudioWAV/1001_IEO_ANG_HI.wav    actor_sentence_emotion_intensity
#
# Others report faults in 1076_MTI_NEU_XX (nearly empty), 1064_TIE_SAD_XX and
# 1064_IEO_DIS_MD (a minute long); the manifest has them.  Old copies have
# 1040_ITH_SAD_X.  The audio is in git-lfs: run git lfs pull.  No folds by
# speaker are published; these five take the actors' numbers modulo five.
. "$(dirname "$0")/lib.sh"
corpus=cremad language=en total=7441
folds=$(awk 'BEGIN {
	for (fold = 0; fold < 5; fold++) {
		for (n = 1001 + fold; n <= 1091; n += 5)
			printf " %d", n
		printf (fold < 4 ? "|" : "\n")
	}
}')
example=DIR/AudioWAV/1001_IEO_ANG_HI.wav

# shellcheck disable=SC2016
recipe '
function utterance(    f) {
	if (split(name, f, "_") != 4 || f[1] !~ /^10[0-9][0-9]$/ ||
	    f[4] !~ /^(LO|MD|HI|XX?)$/)
		return
	speaker = f[1]
	label = word("ANG anger DIS disgust FEA fear HAP happiness " \
		"NEU neutral SAD sadness", f[3])
	intensity = word("LO low MD medium HI high", f[4])
	text = f[2]
	sub(/_X$/, "_XX", id)
	if (id == "1076_MTI_SAD_XX")
		label = "-"
}' "$@"
