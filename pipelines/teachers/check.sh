#!/bin/sh
# check.sh - reject invalid settings before hours of training
#
# Reads CORPORA, WORK, LANGUAGES, FOLD, PASSES, BATCH and TEACHER_BASE from the
# environment.
set -eu
manifest=$CORPORA/manifest.tsv

refuse() {
	echo "$*" >&2
	exit 1
}

# has COLUMN VALUE NAME: rejects a value that the manifest does not have
has() {
	./values.sh "$1" "$manifest" | grep -qxF -e "$2" ||
		refuse "$3=$2: the manifest has" \
			"${1}s $(./values.sh "$1" "$manifest" | tr '\n' ' ')"
}

# number NAME VALUE: rejects all but positive integers
number() {
	case $2 in
	0* | '' | *[!0-9]*) refuse "$1=$2: want an integer from 1" ;;
	esac
}

case $WORK in
*[[:space:]]*) refuse "WORK=$WORK: the path must not have blanks" ;;
esac
test -f "$TEACHER_BASE/config.json" ||
	refuse "TEACHER_BASE=$TEACHER_BASE: want a directory with" \
		"config.json and model.safetensors, absolute or relative to" \
		"$(pwd)"
number PASSES "$PASSES"
number BATCH "$BATCH"
for language in $LANGUAGES
do
	has language "$language" LANGUAGES
done
test "$FOLD" = none || has fold "$FOLD" FOLD
