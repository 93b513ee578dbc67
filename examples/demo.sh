#!/bin/sh
# demo.sh - recognise the emotion in the clips of this folder
#
# The clips are synthetic: espeak-ng speaks one neutral sentence in four
# languages with the emotion in the file's name; see make-clips.sh.
CDPATH='' cd "$(dirname "$0")" || exit 1
PATH=$PATH:$PWD/../bin
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT

echo 'Four clips of synthetic speech, each named after its emotion, and the'
echo 'emotions that tunne recognises (in examples/; some columns are left out).'
echo 'They show how the programs work. For the accuracy on human speech, see'
echo 'pipelines/default/MODEL_CARD.md.'
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
