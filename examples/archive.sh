#!/bin/sh
# archive.sh DIRECTORY - a table of the emotions in a folder of recordings
#
#	archive.sh interviews >emotions.tsv
#
# Hours are cut into windows of 10 s, in bounded memory; start and end are in
# seconds.  What cannot be read is named on stderr, the rest goes on, and the
# exit status is 1.  Where the list is too long for one command xargs runs
# wavread again: streams one after the other are a stream.  archive-each.sh
# makes a table for each recording.
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

# the table goes to 3, what went wrong in reading to 4
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
