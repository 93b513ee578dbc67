#!/bin/sh
# names.sh LANGUAGES METHOD... - print the teachers that methods need
languages=$1
shift
for method
do
	./recipe.sh "$method" | cut -d ' ' -f 1
done | tr ',' '\n' | grep -vx -e - -e listeners |
	sed "s/^languages$/$languages/" | tr ' ' '\n' | sort -u
