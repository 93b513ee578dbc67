#!/bin/sh
# words.sh - what the house style forbids in C
find common filters examples tests -name '*.[ch]' | sort | xargs awk '
function report(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}

# The line without its strings and comments.
function bare(s) {
	gsub(/\\./, "", s)
	gsub(/"[^"]*"/, "\"\"", s)
	if (inside && !sub(/^.*\*\//, "", s))
		return ""
	inside = 0
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", s)
	inside = sub(/\/\*.*/, "", s)
	return s
}

# A declaration at the left edge, or of a static, that is no function and not
# constant; a constant pointer has its const after the star.
function mutable(s) {
	sub(/^[ \t]+static /, "static ", s)
	if (s !~ /^[a-z_][A-Za-z_0-9 *]*(\[[^]]*\])*( =|;|,)/)
		return 0
	if (s ~ /^(typedef|extern|enum|return|goto) / ||
	    s ~ /^(static )?(struct|union) [a-z_0-9]+;/)
		return 0
	sub(/ =.*/, "", s)
	return s !~ (s ~ /\*/ ? "\\* ?const " : "(^| )const ")
}

FNR == 1 { inside = 0 }

/TODO|FIXME/ { report("do it, or say it in a sentence that stands") }

{ code = bare($0) }

match(code, /(^|[^A-Za-z_0-9.>])(s?rand|ato[ifl]|strtok|v?sprintf|gets)\(/) {
	call = substr(code, RSTART, RLENGTH)
	gsub(/[^a-z]/, "", call)
	report(call "() is not used here")
}

code ~ /\/\// { report("comments are /* written so */") }

code ~ /^typedef struct/ { report("struct x has no typedef") }

FILENAME ~ /^(common|filters)/ && code ~ /(^|[^a-z_])stderr[^a-z_]/ &&
FILENAME !~ /^common\/core\// {
	report("only warn and die write to stderr")
}

FILENAME ~ /^(common|filters)/ && code ~ /^#[ \t]*define [A-Za-z_0-9]+\(/ &&
code !~ /define (OPT_[A-Z]+|LEN)\(/ { report("a macro with arguments") }

FILENAME ~ /^(common|filters)/ && FILENAME != "common/core/die.c" &&
mutable(code) { report("a variable that outlives its function") }

END { exit bad + 0 }' || exit 1
