#!/bin/sh
# layers.sh - a folder of common/ includes only itself and those before it
find common -name '*.[ch]' | sort | xargs awk '
BEGIN {
	folders = "core stream weights corpus audio feat gemm nn student"
	folders = folders " encoder model kd train eval"
	count = split(folders, order)
	for (i = 1; i <= count; i++)
		rank[order[i]] = i
	bad = 0
}

FNR == 1 {
	split(FILENAME, part, "/")
	here = part[2]
	if (!(here in rank)) {
		printf "%s:1: folder %s has no place in the order\n",
			FILENAME, here
		bad = 1
	}
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	there = quoted[2]
	if (!sub("/.*", "", there) || !(there in rank)) {
		printf "%s:%d: \"%s\" does not say its folder\n",
			FILENAME, FNR, quoted[2]
		bad = 1
	} else if (rank[there] > rank[here]) {
		printf "%s:%d: %s must not include %s, which comes later\n",
			FILENAME, FNR, here, there
		bad = 1
	}
}

END { exit bad }' || exit 1
