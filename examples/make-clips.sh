#!/bin/sh
# make-clips.sh - synthesise the clips of this folder with espeak-ng and sox
#
# Each clip is one neutral sentence, spoken with the prosody of an emotion and
# named after it.  Anger is loud, fast, pressed and bright; happiness is high,
# lively and wide in range, but not harsh; sadness is slow, low, soft, dull and
# flat; neutral is in between.
#
# Within these descriptions, languages, voices and parameters were chosen so
# that the built-in model recognises the emotion, also after small changes of
# the parameters.  With the neutral parameters the model labels every voice as
# neutral, so the label does not come from the voice.  The clips show how the
# programs work; they do not measure the accuracy on human speech.
set -eu
CDPATH='' cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say NAME VOICE PITCH RANGE WORDS_A_MINUTE TEXT EFFECT...
say() {
	name=$1 voice=$2 pitch=$3 range=$4 rate=$5 text=$6
	shift 6
	espeak-ng -m -v "$voice" -p "$pitch" -s "$rate" -w "$work/$name.wav" \
		"<speak><prosody range=\"$range\">$text</prosody></speak>"
	sox -R "$work/$name.wav" "$work/voice.wav" rate 16000 \
		silence 1 0.01 0.1% reverse silence 1 0.01 0.1% reverse \
		"$@" pad 0.2 0.2
	# add room noise: real recordings are never digitally silent
	sox -R "$work/voice.wav" "$work/room.wav" synth pinknoise vol 0.0006
	sox -R -m -v 1 "$work/voice.wav" -v 1 "$work/room.wav" \
		-b 16 -C 8 "$name.flac"
}

en='The meeting has been moved to the second floor.'
de='Das Treffen ist in den zweiten Stock verlegt worden.'
pl='Spotkanie zostało przeniesione na drugie piętro.'
it='La riunione è stata spostata al secondo piano.'

say angry-en en+m3 80 '+120%' 210 "$en" gain -9 treble 4 1800 overdrive 12 \
	norm -1
say happy-pl pl+Andrea 66 '+80%' 185 "$pl" gain -9 treble -8 1800 norm -8
say neutral-it it+f1 40 '-20%' 165 "$it" gain -9 treble -12 1800 norm -16
say sad-de de+steph 12 '-80%' 120 "$de" gain -9 treble -30 1800 norm -23
