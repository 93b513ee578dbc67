#!/usr/bin/env bash
# test.sh FRAMES HEAD FOLD... - predict each fold with the head of that fold
set -eo pipefail
frames=$1 head=$2
shift 2
for fold
do
	framecut --where "fold=$fold" "$frames" |
		predict -m "$head-$fold.safetensors"
done | awk 'NR == 1 || !/^id\t/'
