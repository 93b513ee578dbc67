#!/bin/sh
# names.sh LANGUAGES METHOD... - the teachers that methods need
languages=$1
shift
for method
do
	method=${method#mono-} method=${method%@*}
	sed -n "s/^${method#clean-}  *\([^ ]*\).*/\1/p" methods.txt
done | tr ',' '\n' | grep -vx -e - -e listeners |
	sed "s/^languages$/$languages/" | tr ' ' '\n' | sort -u
