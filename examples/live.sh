#!/bin/sh
# live.sh - what is felt at the microphone, every second, until interrupted
#
# arecord is in the package alsa-utils; `arecord -l` lists the microphones.
# Elsewhere `rec -q -t raw -e signed -b 16 -c 1 -r 16000 -` of sox does the
# same.
arecord -q -t raw -f S16_LE -c 1 -r 16000 "$@" |
	wavread --raw - --window 3 --hop 1 |
	featurize |
	predict
