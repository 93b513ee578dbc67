#!/bin/sh
# settings.sh FILE NAME... - keep these settings in FILE, and hold to them
#
# What lies beside FILE was made with what the environment calls so, and with
# CORPORA/manifest.tsv.
set -eu
file=$1
shift

settings() {
	echo "manifest $(cksum <"$CORPORA/manifest.tsv")"
	for name
	do
		eval "echo \"$name \${$name:-}\""
	done
}

settings "$@" >"$file.tmp"
if test ! -e "$file"
then
	mv "$file.tmp" "$file"
elif ! cmp -s "$file" "$file.tmp"
then
	echo "$file: what is here was made otherwise;" \
		"give another WORK, or:" >&2
	diff "$file" "$file.tmp" | sed -n 's/^< /	/p' >&2
	rm "$file.tmp"
	exit 1
fi
rm -f "$file.tmp"
