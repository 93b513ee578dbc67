#!/usr/bin/env bash
# test.sh OUT FRAMES REPLICATE FOLD... - test each fold with its held-out model
#
# The model of a fold is model-FOLD.REPLICATE.safetensors beside OUT.
set -eo pipefail
out=$1 frames=$2 replicate=$3
shift 3
for fold
do
	framecut --where "fold=$fold" "$frames" |
		predict -m "${out%/*}/model-$fold.$replicate.safetensors"
done | awk 'NR == 1 || !/^id\t/' >"$out.tmp"
mv "$out.tmp" "$out"
