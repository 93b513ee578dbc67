#!/bin/sh
# demo.sh - name the emotion in the clips beside this script
#
# A machine speaks one neutral sentence in four languages, in the voice that
# each file is named after; make-clips.sh says how.
cd "$(dirname "$0")" || exit 1
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT

echo 'Four clips of a machine that acts an emotion, each named after it, and'
echo 'what is heard in them (in examples/, some columns left out):'
echo
echo '    wavread *.flac | featurize | predict'
echo
wavread *.flac | featurize | predict >"$table" || exit 1
cut -f 1,6- "$table" | expand -t 18,30,42,54,66,78
