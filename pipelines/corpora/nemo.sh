#!/bin/sh
# nemo.sh DIR - nEMO, emotional speech in Polish
#
# Nine actors, 90 sentences, six emotions, 4,481 utterances; a fold is an
# actor, in alphabetical order.
#
#	samples/EB0_anger_1.wav    actor_emotion_sentence
#	data.tsv                   file_id, emotion, raw_text, ...
. "$(dirname "$0")/lib.sh"
corpus=nemo language=pl total=4481
folds='EB0|IC0|KD0|KS0|MK0|MP0|SM0|TP0|WR0'
example=DIR/samples/EB0_anger_1.wav

# shellcheck disable=SC2016
recipe '
BEGIN {
	while ((getline line < (root "/data.tsv")) > 0) {
		split(line, field, "\t")
		sub(/\.wav$/, "", field[1])
		if (fit(field[3] ""))
			words[field[1]] = field[3]
	}
}

function utterance(    f) {
	if (name !~ /^[A-Z][A-Z]0_[a-z]+_[0-9]+$/)
		return
	split(name, f, "_")
	speaker = f[1]
	label = word("anger anger fear fear happiness happiness " \
		"neutral neutral sadness sadness surprised surprise", f[2])
	text = name in words ? words[name] : f[3]
}' "$@"
