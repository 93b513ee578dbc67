#!/bin/sh
# triples.sh - a program has one file, one page and one test, of one name
status=0

report() {
	echo "$1:1: $2"
	status=1
}

for source in filters/*.c
do
	test -e "$source" || continue
	name=$(basename "$source" .c)
	test -e "man/$name.1" || report "$source" "no page man/$name.1"
	test -x "tests/$name.sh" || report "$source" "no test tests/$name.sh"
done
for page in man/*.1
do
	test -e "$page" || continue
	name=$(basename "$page" .1)
	test -e "filters/$name.c" || report "$page" "no filter filters/$name.c"
done
exit "$status"
