#!/bin/sh
# lambda.sh OUT DEV... - the share of teachers that was best in development
#
# DEV is METHOD_LAMBDA.dev; of equals the smaller share is taken.
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
