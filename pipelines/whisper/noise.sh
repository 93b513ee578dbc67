#!/bin/sh
# noise.sh - make a noisy copy of the utterances on standard input
#
# Each draw is a function of the seed and the utterance's id.  About half of
# the utterances get noise, a quarter a room, a quarter a telephone, half
# another level.
set -e
augment --speed .97:1.03 --seed 11 --probability .3 |
	augment --reverb .1:.8 --seed 12 --probability .3 |
	augment --noise-color pink --snr 0:30 --seed 13 --probability .4 |
	augment --noise-color white --snr 0:30 --seed 14 --probability .25 |
	augment --telephone mulaw --seed 15 --probability .2 |
	augment --gain -40:6 --seed 16 --probability .5
