#!/bin/sh
# values.sh COLUMN MANIFEST - print the unique values of a column, sorted
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
