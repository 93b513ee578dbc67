#!/bin/sh
# archive.sh DIRECTORY - a table of the emotions in a folder of recordings
#
#	archive.sh interviews >emotions.tsv
#
# Hours are cut into windows of 10 s, in bounded memory; start and end are in
# seconds.  What cannot be read is named on stderr and the rest goes on.  Where
# the list is too long for one command xargs runs wavread again: streams one
# after the other are a stream.
PATH=$PATH:$(dirname "$0")/../bin
test $# -eq 1 && test -d "$1" || {
	echo 'usage: archive.sh DIRECTORY >TABLE' >&2
	exit 2
}

recordings() {
	find -H "$1" -type f \( -iname '*.wav' -o -iname '*.flac' \
		-o -iname '*.ogg' -o -iname '*.opus' -o -iname '*.mp3' \
		-o -iname '*.aif' -o -iname '*.aiff' -o -iname '*.au' \
		-o -iname '*.caf' -o -iname '*.w64' \) -print0
}

test "$(recordings "$1" | wc -c)" -gt 0 || {
	echo "archive.sh: no recordings in $1" >&2
	exit 1
}
recordings "$1" | sort -z |
	xargs -0 wavread --window 10 --hop 10 |
	featurize |
	predict
