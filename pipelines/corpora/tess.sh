#!/bin/sh
# tess.sh DIR - Toronto Emotional Speech Set
#
# English; an older (OAF) and a younger (YAF) actress say "Say the word ..."
# with 200 words in seven emotions: 2,800 utterances; a fold is an actress.
#
#	OAF_back_angry.wav    in DIR, or in folders such as OAF_angry
#
# ps is pleasant surprise.  OA_bite_neutral.wav is a typo for OAF.
. "$(dirname "$0")/lib.sh"
corpus=tess language=en total=2800 counts=1400
folds='OAF|YAF'
example=DIR/OAF_back_angry.wav

# shellcheck disable=SC2016
recipe '
function utterance(    f) {
	if (name !~ /^(OAF?|YAF)_[A-Za-z]+_[a-z]+$/)
		return
	split(name, f, "_")
	speaker = f[1] == "OA" ? "OAF" : f[1]
	label = word("angry anger disgust disgust fear fear happy happiness " \
		"neutral neutral ps surprise sad sadness", f[3])
	text = f[2]
	id = speaker "_" f[2] "_" f[3]
}' "$@"
