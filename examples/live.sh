#!/bin/sh
# live.sh - what is felt at the microphone, every second, until interrupted
#
# `arecord -l` lists the microphones.  Where there is none,
# `rec -q -t raw -e signed -b 16 -c 1 -r 16000 -` of sox does the same.
command -v arecord >/dev/null || {
	echo 'live.sh: no arecord; it is in the package alsa-utils' >&2
	exit 1
}
arecord -q -t raw -f S16_LE -c 1 -r 16000 "$@" |
	wavread --raw - --window 3 --hop 1 |
	featurize |
	predict
