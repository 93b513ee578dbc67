#!/bin/sh
# sizes.sh - the limits on lines, nesting and functions
#
# A function may pass its limit when the comment right above it says why, in a
# sentence with the word "long".
LC_ALL=C
export LC_ALL
{
	find common filters tests examples pipelines \
		\( -name '*.[chS]' -o -name '*.sh' -o -name '*.py' \
		-o -name Makefile -o -path 'tests/*/run' \) -print
	ls Makefile tests/run 2>/dev/null
} | sort | xargs awk '
function report(line, what) {
	printf "%s:%d: %s\n", name, line, what
	bad = 1
}

# Columns of s, with tabs as 8 and a UTF-8 character as 1.
function width(s,    i, columns) {
	gsub(/[\200-\277]/, "", s)
	for (i = 1; i <= length(s); i++)
		columns += substr(s, i, 1) == "\t" ? 8 - columns % 8 : 1
	return columns
}

# The lines of an option table do not count.
function function_end(    limit, length_) {
	limit = called == "main" ? 45 : 60
	length_ = FNR - opened + 1 - listed
	if (length_ > limit && !excused)
		report(opened, called " has " length_ \
			" lines, the limit is " limit)
	opened = called = excused = ""
	listed = 0
}

FNR == 1 {
	name = FILENAME
	code = name ~ /\.[ch]$/
	opened = called = excused = comment = ""
}

/^\t\t\t\t+(if|for|while|switch|do)[^a-z_]/ &&
name ~ /^(common|filters)/ {
	match($0, /^\t+/)
	limit = name ~ /^common\/(gemm|nn|feat)/ ? 4 : 3
	if (RLENGTH > limit)
		report(FNR, "nested " RLENGTH " deep, the limit is " limit)
}

width($0) > 80 { report(FNR, width($0) " columns, the limit is 80") }

!code { next }

/^\/\*/ { comment = "" ; inside = 1 }
inside { comment = comment " " tolower($0) }
/\*\// { inside = 0 ; next }
/^$/ { comment = "" }

/^[a-z_][a-z_0-9]*\(/ {
	called = $0
	sub(/\(.*/, "", called)
}
/^\{/ {
	opened = FNR
	excused = called != "main" && comment ~ /[^a-z]long[^a-z]/
	comment = ""
}
/^\tstruct cli_option [a-z]+\[\] = \{$/ { table = FNR }
/^\t\};/ && table {
	listed += FNR - table
	table = 0
}
/^\}/ && opened { function_end() }

END { exit bad + 0 }' || exit 1
