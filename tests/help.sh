#!/bin/sh
# --help of every program has at most 40 lines of 80 columns.
. "$(dirname "$0")/lib.sh"

# options TEXT: the long options that it names, one a line
options() {
	grep -o -e "--[a-z][a-z0-9-]*" "$1" | sort -u
}

for source in "$top"/filters/*.c
do
	name=$(basename "$source" .c)
	check "$name --help fits, and --help-all has the rest" '
		$name --help >out
		test "$(wc -l <out)" -le 40
		sed "s/±/+/g" out | awk "length > 80 { exit 1 }"
		head -n 1 out | grep -q "^usage: $name \[options\]"
		tail -n 1 out | grep -qF "The page $name(1) has the details"
		$name -h | cmp - out
		$name --help-all >all
		sed "s/±/+/g" all | awk "length > 80 { exit 1 }"
		options out >some
		options all | comm -23 some - >lost
		test ! -s lost
		# what is not shown is said to be there, and nothing else is
		options all | comm -13 some - >more
		test -s more || cmp out all
		if test -s more
		then
			grep -qF "; --help-all more options" out
		else
			fails 1 grep -q "help-all" out
		fi
	'
done
finish
