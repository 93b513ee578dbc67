#!/bin/sh
# archive-each.sh DIRECTORY TABLES - a table for each recording of a folder
#
#	archive-each.sh interviews tables
#
# The table of interviews/a/b.flac is tables/interviews/a/b.flac.tsv.  All
# processors work.  Run again after an interruption, or when there is more, it
# does what is missing; what cannot be read is named again, and then the exit
# status is 1.
here=$(dirname "$0")
PATH=$PATH:$here/../bin
. "$here/recordings.sh"
test $# -eq 2 && test -d "$1" || {
	echo 'usage: archive-each.sh DIRECTORY TABLES' >&2
	exit 2
}

# a process a processor, not a thread
export OMP_NUM_THREADS=1
recordings "$1" | xargs -0 -r -n 1 -P "$(nproc)" sh -c '
	table=$1/$2.tsv
	test ! -e "$table" || exit 0
	mkdir -p "$(dirname "$table")"
	wavread --window 10 --hop 10 "$2" | featurize | predict >"$table.$$" &&
		test "$(wc -l <"$table.$$")" -gt 1 &&
		mv "$table.$$" "$table" || { rm -f "$table.$$"; exit 1; }
' each "$2" || exit 1
