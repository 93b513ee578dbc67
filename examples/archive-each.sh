#!/bin/sh
# archive-each.sh DIRECTORY TABLES - label recordings, a table for each
#
#	archive-each.sh interviews tables
#
# The table of interviews/a/b.flac is tables/interviews/a/b.flac.tsv.  The
# script uses all processors.  Run it again after an interruption, or when there
# are new recordings: it makes only the tables that are missing.  If it cannot
# read a recording it names it and exits with status 1.
here=$(dirname "$0")
PATH=$PATH:$here/../bin
. "$here/recordings.sh"
test $# -eq 2 && test -d "$1" || {
	echo 'usage: archive-each.sh DIRECTORY TABLES' >&2
	exit 2
}

# one process per processor, with one thread each
export OMP_NUM_THREADS=1
recordings "$1" | xargs -0 -r -n 1 -P "$(nproc)" sh -c '
	table=$1/$2.tsv
	test ! -e "$table" || exit 0
	mkdir -p "$(dirname "$table")"
	wavread --window 10 --hop 10 "$2" | featurize | predict >"$table.$$" &&
		test "$(wc -l <"$table.$$")" -gt 1 &&
		mv "$table.$$" "$table" || { rm -f "$table.$$"; exit 1; }
' each "$2" || exit 1
