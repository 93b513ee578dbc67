#!/bin/sh
# lambda.sh OUT DEV... - the share of teachers that was best in development
#
# DEV is METHOD_LAMBDA.dev; without any, who learns from labels has share 0.
set -eu
out=$1
shift
for dev
do
	name=${dev##*_}
	echo "$(cat "$dev") ${name%.dev}"
done | sort -n >"$out.tried"
tail -n 1 "$out.tried" | cut -d ' ' -f 2 >"$out.tmp"
test -s "$out.tmp" || echo 0 >"$out.tmp"
mv "$out.tmp" "$out"
