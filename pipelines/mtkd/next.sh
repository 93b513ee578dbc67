#!/bin/sh
# next.sh FOLD ALL... - print the fold after FOLD; after the last, the first
fold=$1
shift
first=$1
while test $# -gt 0 && test "$1" != "$fold"
do
	shift
done
echo "${2:-$first}"
