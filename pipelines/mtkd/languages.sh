#!/bin/sh
# languages.sh MANIFEST SPLIT DEV_FOLD - print the languages to train on
exec awk -F '\t' -v split_="$2" -v dev="$3" '
	NR == 1 {
		sub(/\r$/, "")
		for (i = 1; i <= NF; i++)
			column[$i] = i
		next
	}
	$column["fold"] != dev && $column["fold"] != split_ &&
	$column["corpus"] != split_ { print $column["language"] }
' "$1" | sort -u | grep .
