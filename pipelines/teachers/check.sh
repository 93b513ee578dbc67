#!/bin/sh
# check.sh - refuse what could not be done, before hours are spent on it
#
# By the environment: CORPORA, WORK, LANGUAGES, FOLD, PASSES, BATCH and
# TEACHER_BASE.
set -eu
manifest=$CORPORA/manifest.tsv

refuse() {
	echo "$*" >&2
	exit 1
}

# has COLUMN VALUE NAME: or say what there is
has() {
	./values.sh "$1" "$manifest" | grep -qxF -e "$2" ||
		refuse "$3=$2: the manifest has" \
			"${1}s $(./values.sh "$1" "$manifest" | tr '\n' ' ')"
}

# number NAME VALUE: from 1
number() {
	case $2 in
	0* | '' | *[!0-9]*) refuse "$1=$2: want a number from 1" ;;
	esac
}

case $WORK in
*[[:space:]]*) refuse "WORK=$WORK: must be without blanks" ;;
esac
test -f "$TEACHER_BASE/config.json" ||
	refuse "say what to fine-tune: make TEACHER_BASE=DIR, a directory" \
		"with config.json and model.safetensors, as seen from" \
		"$(pwd); now it is '$TEACHER_BASE'"
number PASSES "$PASSES"
number BATCH "$BATCH"
for language in $LANGUAGES
do
	has language "$language" LANGUAGES
done
test "$FOLD" = none || has fold "$FOLD" FOLD
