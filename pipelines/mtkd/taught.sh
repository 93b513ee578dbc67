#!/bin/sh
# taught.sh OUT VIEW SAID... - what teachers said, joined to a view of speech
set -eu
out=$1 view=$2
shift 2
framecut --where "fold!=$FOLD" "$view" | framejoin - "$@" >"$out.tmp"
mv "$out.tmp" "$out"
