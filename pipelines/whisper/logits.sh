#!/usr/bin/env bash
# logits.sh NAME FRAMES HEAD FOLD... - the logits of the head of each fold
#
# The utterances keep their labels and identities, and lose their encodings.
set -eo pipefail
name=$1 frames=$2 head=$3
shift 3
for fold
do
	framecut --where "fold=$fold" "$frames" |
		teacher-logits -t "$name=$head-$fold.safetensors"
done | framecut --drop 'encoding*'
