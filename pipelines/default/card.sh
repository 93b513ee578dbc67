#!/bin/sh
# card.sh RAW.TSV SPEAKER.TSV - print the model card from predictions
#
# The card is card.md, the scores, and limits.md.  Also draws raw.svg and
# speaker.svg: confusion matrix and calibration.
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
