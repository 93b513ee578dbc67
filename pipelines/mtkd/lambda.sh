#!/bin/sh
# lambda.sh OUT DEV... - choose the share of the teachers with the best recall
#
# DEV is METHOD_LAMBDA.dev.  If scores are equal, the smaller share is chosen.
set -eu
out=$1
shift
for dev
do
	name=${dev##*_}
	echo "$(cat "$dev") ${name%.dev}"
done | sort -k 1,1n -k 2,2nr >"$out.tried"
tail -n 1 "$out.tried" | cut -d ' ' -f 2 >"$out.tmp"
mv "$out.tmp" "$out"
