#!/bin/sh
# circles.sh - modules of common/ do not include each other in a circle
#
# A module is a .c file and the header of its name.
LC_ALL=C
export LC_ALL
find common -name '*.[ch]' | sort | xargs awk '
/^[ \t]*#[ \t]*include[ \t]*"/ {
	module = FILENAME
	sub(/^common\//, "", module)
	sub(/\.[ch]$/, "", module)
	split($0, quoted, "\"")
	sub(/\.h$/, "", quoted[2])
	if (quoted[2] != module)
		print module, quoted[2]
}' | sort -u | tsort 2>&1 >/dev/null | awk '
function finish() {
	if (circle)
		print "common: modules include each other:" circle
	circle = ""
}
/input contains a loop/ { finish() ; next }
{ circle = circle " " $2 ; bad = 1 }
END { finish() ; exit bad + 0 }' || exit 1
