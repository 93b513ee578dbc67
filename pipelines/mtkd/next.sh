#!/bin/sh
# next.sh FOLD ALL... - the fold after FOLD, the first one after the last
fold=$1
shift
first=$1
while test $# -gt 0 && test "$1" != "$fold"
do
	shift
done
echo "${2:-$first}"
