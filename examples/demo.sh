#!/bin/sh
# demo.sh - name the emotion in the clips beside this script
#
# A machine speaks one neutral sentence in four languages, in the voice that
# each file is named after; make-clips.sh says how.
CDPATH='' cd "$(dirname "$0")" || exit 1
PATH=$PATH:$PWD/../bin
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT

echo 'Four clips of a machine that acts an emotion, each named after it, and'
echo 'what is heard in them (in examples/, some columns left out). This shows'
echo 'the programs at work; how well people are heard, the model card says:'
echo
echo '    wavread *.flac | featurize | predict'
echo
wavread *.flac | featurize | predict >"$table" || exit 1
awk -F '\t' '{
	for (i = 1; NR == 1 && i <= NF; i++)
		if ($i == "emotion")
			first = i
	printf "%-16s", $1
	for (i = first; i < NF; i++)
		printf "%-11s", $i
	print $NF
}' "$table"
