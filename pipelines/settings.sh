#!/bin/sh
# settings.sh FILE NAME... - record settings in FILE, or check that they match
#
# NAME is a variable of the environment.  A checksum of CORPORA/manifest.tsv is
# recorded too.  Fails if FILE has other settings, since the files beside it
# were made with those.
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
	echo "$file: this folder was made with other settings" \
		"(choose another WORK, or use these):" >&2
	diff "$file" "$file.tmp" | sed -n 's/^< /	/p' >&2
	rm "$file.tmp"
	exit 1
fi
rm -f "$file.tmp"
