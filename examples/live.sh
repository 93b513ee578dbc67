#!/bin/sh
# live.sh - recognise emotion at the microphone, every second
#
# Interrupt it to stop.  Arguments go to arecord; `arecord -l` lists the
# microphones.  Instead of arecord, sox has
# `rec -q -t raw -e signed -b 16 -c 1 -r 16000 -`.
command -v arecord >/dev/null || {
	echo 'live.sh: arecord is missing (install alsa-utils)' >&2
	exit 1
}
arecord -q -t raw -f S16_LE -c 1 -r 16000 "$@" |
	wavread --raw - --window 3 --hop 1 |
	featurize |
	predict
