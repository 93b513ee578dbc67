#!/bin/sh
# unused.sh - functions of common/ that no program reaches
#
# Each program is linked with all of libcommon.a, and the linker names the
# sections, one a function, that the program does not reach.  A function that
# every program leaves out is reported, unless allowed below.  Build first.
LC_ALL=C
export LC_ALL
B=${B:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The functions that no program calls from another file, each for a reason:
# decibels is for examples/newfilter.c, the others are tested on their own.
allowed() {
	printf '%s\n' decibels balance_add calibration_logs cmvn_init \
		cmvn_release model_encoder_of relative_bucket
}

# left_out PROGRAM: "function file" of what the linker leaves out of it.
left_out() {
	${CC:-cc} -nostdlib -no-pie -o "$work/linked" "$1" \
		-Wl,--whole-archive "$B/libcommon.a" -Wl,--no-whole-archive \
		-Wl,-e,main,--unresolved-symbols=ignore-all \
		-Wl,--gc-sections,--print-gc-sections 2>&1 |
	sed -n "s/.*removing unused section '\.text\.\([a-z_0-9]*\)' in \
file '.*(\(.*\)\.o)'/\1 \2/p" | sort -u
}

for program in "$B"/filters/*.o
do
	test -e "$program" || {
		echo "$B/filters: nothing is built here"
		exit 1
	}
	left_out "$program" >"$work/one"
	test -e "$work/all" || cp "$work/one" "$work/all"
	comm -12 "$work/all" "$work/one" >"$work/both"
	mv "$work/both" "$work/all"
done
nm -g --defined-only "$B/libcommon.a" 2>/dev/null |
	sed -n 's/.* T //p' | sort -u >"$work/functions"
allowed | sort >"$work/allowed"
join "$work/all" "$work/functions" | join -v 1 - "$work/allowed" |
	sed 's/\(.*\) \(.*\)/\2.c: no program calls \1()/' >"$work/unused"
cat "$work/unused"
test ! -s "$work/unused"
