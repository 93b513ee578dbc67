#!/bin/sh
# The lints: silent on this tree, and able to fail on a bad one.
. "$(dirname "$0")/lib.sh"
lint=$top/tests/lint
case ${BIN:-bin} in
/*) ;;
*) BIN=$top/${BIN:-bin} ;;
esac
export BIN
case ${B:-build} in
/*) ;;
*) B=$top/${B:-build} ;;
esac
export B

# sound LINT TITLE: it finds nothing in this tree.
sound() {
	check "$2" "cd '$top' && '$lint/$1.sh'"
}

# finds LINT TEXT: in the tree under ., it fails with this line alone.
finds() {
	fails 1 "$lint/$1.sh" >found
	says "$2" found
}

# passes LINT: it finds nothing under . either.
passes() {
	"$lint/$1.sh" >found || { cat found; return 1; }
}

# lines N TEXT: TEXT, N times.
lines() {
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

# function_of N NAME: a C function whose braces span N lines.
function_of() {
	printf 'int\n%s(void)\n{\n' "$2"
	lines $(($1 - 3)) '	;'
	printf '	return 0;\n}\n'
}

tree() {
	mkdir -p common/core common/gemm common/nn common/audio
	mkdir -p filters man tests
}

sound layers 'in common/, folders include only those before them'
sound libraries 'each foreign library appears in one file'
sound sizes 'lines, nesting and functions are within their limits'
sound triples 'every program has a page and a test of its name'
sound words 'nothing that the style forbids is used'
case $B in
*/san) ;; # instrumented programs reach other sections
*) sound unused 'every function is called by a program' ;;
esac
sound pages 'pages are clean and agree with --help'

check 'layers: an include that points forward is found' '
	tree
	echo "#include \"core/die.h\"" >common/nn/a.c
	passes layers
	printf "\n#include \"nn/a.h\"\n" >common/core/b.c
	finds layers "common/core/b.c:2: core must not include nn"
'
check 'layers: an include without its folder is found' '
	tree
	echo "#include \"a.h\"" >common/nn/a.c
	finds layers "common/nn/a.c:1: \"a.h\" does not say its folder"
'
check 'layers: a folder that has no place in the order is found' '
	tree
	mkdir common/misc
	echo "#include <math.h>" >common/misc/a.c
	finds layers "common/misc/a.c:1: folder misc has no place"
'
check 'unused: a function that no program calls is found' '
	tree
	B=$PWD/build
	export B
	mkdir -p build/filters
	echo "int used(void); int main(void) { return used(); }" >a.c
	echo "int idle(void); int used(void);" >c.c
	echo "int used(void) { return 0; }" >>c.c
	cc -ffunction-sections -c -o build/filters/a.o a.c
	cc -ffunction-sections -c -o c.o c.c
	ar rcs build/libcommon.a c.o
	passes unused
	echo "int idle(void) { return 1; }" >>c.c
	cc -ffunction-sections -c -o c.o c.c
	ar rcs build/libcommon.a c.o
	finds unused "c.c: no program calls idle()"
'
check 'libraries: one used outside its file is found' '
	tree
	echo "#include <sndfile.h>" >common/audio/audiofile.c
	echo "#include <cblas.h>" >common/gemm/gemm.c
	passes libraries
	echo "#include <sndfile.h>" >filters/a.c
	finds libraries "filters/a.c:1: <sndfile.h> belongs in common/audio/"
'
check 'libraries: a header may not carry one to others' '
	tree
	echo "#include <msgpack/pack.h>" >common/core/a.h
	finds libraries "common/core/a.h:1: <msgpack/pack.h> belongs in"
'
check 'sizes: a function of 61 lines is found, one of 60 is not' '
	tree
	function_of 60 a >common/nn/a.c
	passes sizes
	{ echo; function_of 61 b; } >>common/nn/a.c
	finds sizes "common/nn/a.c:66: b has 61 lines, the limit is 60"
'
check 'sizes: a long function whose comment says why passes' '
	tree
	{
		echo "/* Long because the cases belong side by side. */"
		function_of 61 a
	} >common/nn/a.c
	passes sizes
	sed -i "s/Long/Big/" common/nn/a.c
	finds sizes "common/nn/a.c:4: a has 61 lines"
'
check 'sizes: the comment of one function does not excuse the next' '
	tree
	{
		echo "/* Long because of its cases. */"
		function_of 61 a
		echo
		function_of 61 b
	} >common/nn/a.c
	finds sizes "b has 61 lines"
'
check 'sizes: main has 45 lines and no excuse' '
	tree
	function_of 45 main >filters/a.c
	passes sizes
	{
		echo "/* Long because it is. */"
		function_of 46 main
	} >filters/b.c
	finds sizes "filters/b.c:4: main has 46 lines, the limit is 45"
'
check 'sizes: the lines of an option table do not count' '
	tree
	{
		printf "int\nmain(void)\n{\n"
		printf "\tstruct cli_option options[] = {\n"
		lines 40 "		OPT_END"
		printf "\t};\n"
		lines 41 "	;"
		printf "}\n"
	} >filters/a.c
	passes sizes
	sed -i "s/^}/	;\n	;\n	;\n}/" filters/a.c
	finds sizes "filters/a.c:3: main has 47 lines, the limit is 45"
'
check 'sizes: tabs count as 8 columns, a UTF-8 letter as 1' '
	tree
	printf "\t/* %069d\n" 0 >common/nn/a.c
	printf "/* %075d ä\n" 0 >>common/nn/a.c
	passes sizes
	printf "\t/* %070d\n" 0 >>common/nn/a.c
	finds sizes "common/nn/a.c:3: 81 columns, the limit is 80"
'
check 'sizes: nesting over 3 is found, over 4 in kernels' '
	tree
	printf "\t\t\tif (a)\n" >filters/a.c
	printf "\t\t\t\tif (a)\n" >common/nn/a.c
	passes sizes
	printf "\t\t\t\tif (a)\n" >>filters/a.c
	finds sizes "filters/a.c:2: nested 4 deep, the limit is 3"
	rm filters/a.c
	printf "\t\t\t\t\tif (a)\n" >>common/nn/a.c
	finds sizes "common/nn/a.c:2: nested 5 deep, the limit is 4"
'
check 'triples: a program without a page or a test is found' '
	tree
	touch filters/a.c man/a.1 tests/a.sh
	chmod +x tests/a.sh
	passes triples
	rm man/a.1
	finds triples "filters/a.c:1: no page man/a.1"
	touch man/a.1
	rm tests/a.sh
	finds triples "filters/a.c:1: no test tests/a.sh"
'
check 'triples: a page without a program is found' '
	tree
	touch man/a.1
	finds triples "man/a.1:1: no filter filters/a.c"
'
check 'words: functions that the style forbids are found' '
	tree
	for call in "rand()" "atoi(s)" "strtok(s, t)" "sprintf(s, t)" "gets(s)"
	do
		printf "\nint x = %s;\n" "$call" >tests/a.c
		finds words "tests/a.c:2: ${call%%(*}() is not used here"
	done
'
check 'words: they may stand in strings, comments and longer names' '
	tree
	cat >filters/a.c <<-END
	/*
	 * better than atoi(s), see https://example.org
	 */
	static const char text[] = "rand()"; /* not gets(s) */
	static const char *const texts[] = {
		"// \"sprintf(", "\\\\"
	};
	int operand(int n);
	struct a;

	static int
	b(int n)
	{
		snprintf(text, 1, texts[0]);
		return operand(n);
	}
	END
	passes words
'
check 'words: things put off are found' '
	tree
	echo "/* TO""DO: think */" >common/nn/a.c
	finds words "common/nn/a.c:1: do it, or say it"
'
check 'words: a variable outside functions, or static, is found' '
	tree
	for declaration in "static int n;" "static const char *name = 0;" \
		"float table[3];" "static struct a *a;" "struct a a = { 0 };" \
		"static _Thread_local int n = 1;" "	static float work[9];"
	do
		echo "$declaration" >common/nn/a.c
		finds words "common/nn/a.c:1: a variable that outlives"
		cp common/nn/a.c common/core/die.c
	done
'
check 'words: a message that goes round warn is found' '
	tree
	echo "	fprintf(stderr, text);" >filters/a.c
	finds words "filters/a.c:1: only warn and die write to stderr"
'
check 'words: a macro with arguments is found' '
	tree
	echo "#define OPT_INT(a) a" >common/core/cli.h
	echo "#define SIZE 3" >common/core/a.h
	passes words
	echo "#define MAX(a, b) a" >common/core/a.h
	finds words "common/core/a.h:1: a macro with arguments"
'
check 'words: other comments and typedefs are found' '
	tree
	echo "int a(void); // so" >filters/a.c
	finds words "filters/a.c:1: comments are"
	echo "typedef struct a b;" >filters/a.c
	finds words "filters/a.c:1: struct x has no typedef"
'

# page: a page of a program with the option --one, and the program.
page() {
	tree
	BIN=$PWD/bin
	mkdir bin
	cat >bin/a <<-'END'
	#!/bin/sh
	echo "  -o, --one N  an option [1; 1 to 9]"
	echo "      --ten N  another, as 3 [1e-3; 10 to 2000]"
	END
	chmod +x bin/a
	cat >man/a.1 <<-'END'
	.Dd November 22, 2026
	.Dt A 1
	.Os
	.Sh NAME
	.Nm a
	.Nd a program
	.Sh DESCRIPTION
	.Bl -tag -width Ds
	.It Fl o , -one Ar N
	An option, 1 to 9.
	.It Fl t , Fl -ten Ar N
	Another, 10 to 2,000, 0.001 by default.
	.El
	END
}

check 'pages: a page that mandoc warns of is found' '
	page
	passes pages
	sed -i "/^.Sh DESC/a .Nonsense" man/a.1
	finds pages "man/a.1:8:2: ERROR: skipping unknown macro: .Nonsense"
'
check 'pages: what groff warns of, or lays out too wide, is found' '
	command -v groff >/dev/null || exit 0
	page
	cp man/a.1 good
	printf "\134n[nonsense]\n" >>man/a.1
	fails 1 "$lint/pages.sh" >found
	grep -q "^man/a.1:1[0-9]: .*nonsense" found
	{
		cat good
		echo ".Bl -column $(lines 48 x | tr -d "\n") far"
		echo ".It one Ta $(lines 9 far | tr "\n" " ")"
		echo .El
	} >man/a.1
	fails 1 "$lint/pages.sh" >found
	grep -q "^man/a.1:1: groff leaves its columns: far" found
'
check 'pages: an option that the page does not describe is found' '
	page
	echo "echo \"      --two   another\"" >>bin/a
	finds pages "man/a.1:1: does not describe --two"
'
check 'pages: an option that the program does not have is found' '
	page
	sed -i "/^.It/s/one/three/" man/a.1
	echo "echo \"      --three   another\"" >>bin/a
	finds pages "man/a.1:1: does not describe --one"
	sed -i "/^.It/s/three/four/" man/a.1
	fails 1 "$lint/pages.sh" >found
	grep -q "man/a.1:9: a has no --four" found
'
check 'pages: a default or range that the page does not state is found' '
	page
	sed -i "s/0.001 by/0.01 by/" man/a.1
	finds pages "man/a.1:11: --ten does not say 1e-3"
	sed -i "s/0.01 by/1e-3 by/; s/10 to/9 to/" man/a.1
	finds pages "man/a.1:11: --ten does not say 10"
	sed -i "s/9 to 2,000/10 to 3,000/" man/a.1
	finds pages "man/a.1:11: --ten does not say 2000"
'
check 'pages: a program that is not built is not passed over' '
	page
	rm bin/a
	finds pages "man/a.1:1: $BIN/a is not built"
'
finish
