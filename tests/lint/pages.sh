#!/bin/sh
# pages.sh - pages are clean mdoc, look well in mandoc and groff, and say of
# options what --help-all says
#
# Of each option that it names, its page has an .It, which states the default
# and the range.  What every program has, --help, --version, --verbose and
# --quiet, is left to tunne(7).
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
	"$1" --help-all | sed -n 's/^  \(-., \|    \)--\([a-z0-9-]*\).*/\2/p'
}

options_paged() {
	sed -n 's/^\.It Fl\(.* \| \)-\([a-z0-9-]*\).*/\2/p' "$1"
}

# Options with default, minimum and maximum, from a usage text.
numbers_helped() {
	"$1" --help-all | awk '
		/^                            / {
			sub(/^ +/, " ")
			line = line $0
			next
		}
		{ print line; line = $0 }
		END { print line }' |
	sed -n 's/^  .*--\([a-z0-9-]*\) .*\[\([-+0-9.e]*\); '\
'\([-+0-9.e]*\) \(to \([-+0-9.e]*\)\|or more\)\]$/\1 \2 \3 \5/p'
}

# numbers PAGE: those that its .It does not state.  -1 stands for none, and a
# million or more for no limit.
numbers() {
	awk '
	FNR == NR { wanted[$1] = $0; next }
	/^\.(It|El)/ {
		option = ""
		if (match($0, / -[a-z0-9-]+/))
			option = substr($0, RSTART + 2, RLENGTH - 2)
		line[option] = FNR
		next
	}
	option in wanted {
		gsub(/\\-/, "-")
		while (match($0, /[0-9],[0-9][0-9][0-9]/))
			$0 = substr($0, 1, RSTART) substr($0, RSTART + 2)
		text[option] = text[option] " " $0
	}
	function stated(number, option,    i, n, word) {
		n = split(text[option], word, /[^-+0-9.e]+/)
		for (i = 1; i <= n; i++) {
			sub(/\.$/, "", word[i])
			if (word[i] ~ /[0-9]/ && word[i] + 0 == number + 0)
				return 1
		}
		return number == -1 || number >= 1000000
	}
	END {
		for (option in line) {
			n = split(wanted[option], number, " ")
			for (i = 2; i <= n; i++)
				if (!stated(number[i], option))
					printf "%s:%d: --%s does not say %s\n",
						FILENAME, line[option],
						option, number[i]
		}
	}' "$work/numbers" "$1"
}

uncommon() {
	grep -vx -e help -e version -e verbose -e quiet | sort -u
}

clean() {
	mandoc -T lint -W warning "$1" >"$work/log" && return
	sed 's/^mandoc: //' "$work/log"
	status=1
	return 1
}

# laid_out PAGE: groff, which most systems show pages with, has no warning of
# it, and 80 columns hold it: with none to spare, a cell of a table that goes on
# below itself begins far to the right.  Text begins at column 5, or 7 by groff
# 1.23.
laid_out() {
	groff -mandoc -Tutf8 -ww -P-cbou -rLL=78n "$1" \
		>"$work/page" 2>"$work/log"
	sed 's/^troff: *//' "$work/log"
	text=$(awk '/^ / { match($0, /^ */); print RLENGTH; exit }' \
		"$work/page")
	tr -d '\200-\277' <"$work/page" |
		grep -E "^ {$((text + 41))}|.{$((text + 74))}" |
		sed "s|^ *|$1:1: groff leaves its columns: |" >"$work/wide"
	cat "$work/wide"
	test ! -s "$work/log" -a ! -s "$work/wide" || status=1
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
		line=$(grep -n "^\.It Fl.* -$option" "$page" | head -n 1)
		report "$page" "${line%%:*}" "$1 has no --$option"
	done
	numbers_helped "$BIN/$1" >"$work/numbers"
	# an empty first file would make awk take the page for it
	test -s "$work/numbers" || return 0
	numbers "$page" | sort >"$work/log"
	test -s "$work/log" || return 0
	cat "$work/log"
	status=1
}

LC_ALL=C
export LC_ALL
for page in man/*.[157]
do
	test -e "$page" || continue
	clean "$page" && command -v groff >/dev/null && laid_out "$page"
done
for page in man/*.1
do
	test -e "$page" && compare "$(basename "$page" .1)"
done
exit "$status"
