#!/bin/sh
# card.sh RAW.TSV SPEAKER.TSV - the model card: its text, then its figures
set -e
cat card.md
for view in "Alone:$1" "By speaker:$2"
do
	printf '\n### %s\n\n```\n' "${view%%:*}"
	score --by language,corpus "${view#*:}"
	printf '```\n'
done
cat limits.md
