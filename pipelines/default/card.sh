#!/bin/sh
# card.sh RAW.TSV SPEAKER.TSV - the model card: its text, then its figures
#
# Draws raw.svg and speaker.svg beside it: confusion matrix and calibration.
set -e
cat card.md
for view in "Alone:raw:$1" "By speaker:speaker:$2"
do
	title=${view%%:*} table=${view#*:}
	name=${table%%:*} table=${table#*:}
	printf '\n### %s\n\n![confusion and calibration](%s.svg)\n\n```\n' \
		"$title" "$name"
	score --by language,corpus --plot "$name.svg" "$table"
	printf '```\n'
done
cat limits.md
