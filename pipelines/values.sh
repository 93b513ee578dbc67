#!/bin/sh
# values.sh COLUMN MANIFEST - what stands in a column, each once, sorted
exec awk -F '\t' -v column="$1" '
	NR == 1 {
		sub(/\r$/, "")
		for (i = 1; i <= NF; i++)
			if ($i == column)
				c = i
		next
	}
	c && $c != "" { print $c }
' "$2" | sort -u
