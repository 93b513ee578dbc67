#!/bin/sh
# check.sh - reject invalid settings before an hour of work
set -eu

refuse() {
	echo "$*" >&2
	exit 1
}

test -n "$CORPORA" && test -f "$CORPORA/manifest.tsv" ||
	refuse "CORPORA=$CORPORA: want a folder with a manifest.tsv"
test -n "$(../values.sh fold "$CORPORA/manifest.tsv")" ||
	refuse "$CORPORA/manifest.tsv: no column fold"
test -n "$ENCODER" && test -f "$ENCODER/config.json" ||
	refuse "ENCODER=$ENCODER: want a Hugging Face directory, such as a" \
		"download of openai/whisper-base"
