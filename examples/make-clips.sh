#!/bin/sh
# make-clips.sh - speak the clips of this folder anew, with espeak-ng and sox
#
# One neutral sentence in four languages, by a machine that is told what a
# voice does in an emotion: anger is loud, fast, bright and wide; happiness
# high, wide and quick; sadness slow, low, soft, dull and flat; the neutral
# voice is in between.  Each clip is named after what was meant.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say NAME VOICE PITCH RANGE WORDS_A_MINUTE TEXT EFFECT...
say() {
	name=$1 voice=$2 pitch=$3 range=$4 rate=$5 text=$6
	shift 6
	espeak-ng -m -v "$voice" -p "$pitch" -s "$rate" -w "$work/$name.wav" \
		"<speak><prosody range=\"$range\">$text</prosody></speak>"
	sox -R "$work/$name.wav" -b 16 -C 8 "$name.flac" rate 16000 \
		silence 1 0.01 0.1% reverse silence 1 0.01 0.1% reverse \
		"$@" pad 0.1 0.1
}

en='The meeting has been moved to the second floor.'
de='Das Treffen ist in den zweiten Stock verlegt worden.'
pl='Spotkanie zostało przeniesione na drugie piętro.'
it='La riunione è stata spostata al secondo piano.'

say angry-en en+m3 85 '+150%' 200 "$en" \
	gain -9 treble 8 1500 overdrive 20 norm -1
say happy-it it+f2 70 '+130%' 180 "$it" gain -6 treble 3 2500 norm -4
say neutral-pl pl+m3 45 '+0%' 165 "$pl" norm -10
say sad-de de+f5 15 '-70%' 115 "$de" treble -12 1200 norm -18
