#!/bin/sh
# languages.sh MANIFEST - the languages of its utterances
exec awk -F '\t' '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "language") c = i; next }
	c && $c != "" { print $c }
' "$1" | sort -u
