#!/usr/bin/env bash
# encode.sh FILTER - encode the corpora, their audio passed through FILTER
set -eo pipefail
(cd "$CORPORA" && wavread -M manifest.tsv) | "$1" |
	encode -m "$ENCODER" --precision "$PRECISION" |
	framecut --drop audio,rate
