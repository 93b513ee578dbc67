#!/bin/sh
# pages.sh - pages are clean mdoc, and name the options that --help names
#
# What every program has, --help, --version, --verbose and --quiet, is left to
# tunne(7).
BIN=${BIN:-bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

report() {
	echo "$1:$2: $3"
	status=1
}

# Options, one a line, from a usage text and from the .It lines of a page.
options_helped() {
	"$1" --help | sed -n 's/^  \(-., \|    \)--\([a-z0-9-]*\).*/\2/p'
}

options_paged() {
	sed -n 's/^\.It .*Fl -\([a-z0-9-]*\).*/\1/p' "$1"
}

uncommon() {
	grep -vx -e help -e version -e verbose -e quiet | sort -u
}

clean() {
	mandoc -T lint -W warning "$1" >"$work/log" && return
	sed 's/^mandoc: //' "$work/log"
	status=1
}

# compare NAME: the page against what the program says of itself.
compare() {
	page=man/$1.1
	test -x "$BIN/$1" || {
		report "$page" 1 "$BIN/$1 is not built, cannot compare"
		return
	}
	options_helped "$BIN/$1" | uncommon >"$work/helped"
	options_paged "$page" | uncommon >"$work/paged"
	for option in $(comm -23 "$work/helped" "$work/paged")
	do
		report "$page" 1 "does not describe --$option"
	done
	for option in $(comm -13 "$work/helped" "$work/paged")
	do
		line=$(grep -n "^\.It .*Fl -$option" "$page" | head -n 1)
		report "$page" "${line%%:*}" "$1 has no --$option"
	done
}

LC_ALL=C
export LC_ALL
for page in man/*.[157]
do
	test -e "$page" && clean "$page"
done
for page in man/*.1
do
	test -e "$page" && compare "$(basename "$page" .1)"
done
exit "$status"
