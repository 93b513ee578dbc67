#!/bin/sh
# oreau.sh DIR - Oréau, French emotional speech
#
# 32 speakers who are not actors, 79 sentences, seven emotions.  The recipe uses
# the second of two versions: 434 utterances that listeners recognised.  DIR is
# its folder or the folder above.
#
#	OréauFR_02/f/sessc/10a01Ca.wav
#	woman or man, emotion; speaker, sentence, emotion, version
#
# No folds by speaker are published; these five take the speakers' numbers
# modulo five, and each has a woman.
. "$(dirname "$0")/lib.sh"
corpus=oreau language=fr total=434
folds='10 20 25 30 40|11 16 21 26 31 36 41|07 12 22 27 32 37 42|'
folds=$folds'08 13 18 23 28 33 38|09 14 19 24 29 39'
example=DIR/f/sessc/10a01Ca.wav
for second in "${1-}"/*_02/
do
	test -d "$second" && set -- "$second"
done

# shellcheck disable=SC2016
recipe '
function utterance() {
	if (name !~ /^[0-9][0-9][a-z][0-9][0-9][A-Z][a-z]$/)
		return
	speaker = substr(name, 1, 2)
	label = word("C anger D disgust J happiness N neutral P fear " \
		"S surprise T sadness", substr(name, 6, 1))
	text = substr(name, 3, 3)
}' "$@"
