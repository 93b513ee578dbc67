#!/bin/sh
# archive.sh DIRECTORY - label the recordings in a folder, in one table
#
#	archive.sh interviews >emotions.tsv
#
# Recordings are cut into windows of 10 s, in bounded memory; start and end are
# in seconds.  If a recording cannot be read, the script names it on stderr,
# continues, and exits with status 1.  If the list is too long for one command,
# xargs runs wavread several times: concatenated streams are a stream.
# archive-each.sh makes a table for each recording.
here=$(dirname "$0")
PATH=$PATH:$here/../bin
. "$here/recordings.sh"
test $# -eq 1 && test -d "$1" || {
	echo 'usage: archive.sh DIRECTORY >TABLE' >&2
	exit 2
}
test "$(recordings "$1" | wc -c)" -gt 0 || {
	echo "archive.sh: no recordings in $1" >&2
	exit 1
}

# descriptor 3 takes the table, 4 a word if wavread failed
exec 3>&1
wrong=$({
	{
		recordings "$1" | sort -z |
			xargs -0 wavread --window 10 --hop 10 ||
			echo wavread >&4
	} |
		featurize |
		predict >&3
} 4>&1) && test -z "$wrong"
