#!/bin/sh
# check.sh - reject invalid settings before hours of training
#
# Reads all settings, and ALL_FOLDS, from the environment.
set -eu

refuse() {
	echo "$*" >&2
	exit 1
}

# each NAME PATTERN VALUE...: rejects values that do not match the whole pattern
each() {
	name=$1 pattern=$2
	shift 2
	test $# -gt 0 || refuse "$name is empty"
	for value
	do
		echo "$value" | grep -qxE -e "$pattern" ||
			refuse "$name=$value: want $pattern"
	done
}

# views PATTERN: prints the views whose names match, as "raw|speaker|..."
views() {
	printf 'raw|speaker'
	sed -n "s/^\($1\)  *--.*/|\1/p" views.txt | tr -d '\n'
}

case $CORPORA$WORK$FROM$VOTES in
*[[:space:]]*) refuse "CORPORA, WORK, FROM and VOTES must not have blanks" ;;
esac
test -f "$CORPORA/manifest.tsv" || refuse "CORPORA is not set, or has" \
	"no manifest: run make CORPORA=DIR, with DIR/manifest.tsv"
test -z "$FROM" || test -f "$FROM/config.json" ||
	refuse "FROM=$FROM: want a directory with config.json"
test -z "$FROM" || test "$TEACHER_SEEDS" = 1 ||
	refuse "TEACHER_SEEDS=$TEACHER_SEEDS: want 1 with FROM"
# shellcheck disable=SC2086 # lists
{
	each SEEDS '[0-9]+' $SEEDS
	each PASSES '[1-9][0-9]*' $PASSES
	each TEACHER_PASSES '[1-9][0-9]*' $TEACHER_PASSES
	each TEACHER_TUNE '[0-9]+' $TEACHER_TUNE
	each TEACHER_SEEDS '[0-9]+' $TEACHER_SEEDS
	each LAMBDAS '0|1|0?\.[0-9]+' $LAMBDAS
	each SIZE 'small|base|large' $SIZE
	each TEACHERS 'small|base|large|functionals' $TEACHERS
	each VIEWS "$(views '[a-z]*')" $VIEWS
	each TEACHER_VIEW "$(views '[a-z]*')" $TEACHER_VIEW
	each TEST_VIEWS "$(views '[a-z0-9]*')" $TEST_VIEWS
	set -- $ALL_FOLDS
}
test $# -ge 3 || refuse "the manifest needs a column fold with three folds"
for fold in $FOLDS
do
	case " all $* " in
	*" $fold "*) ;;
	*) refuse "FOLDS=$fold: the manifest has the folds $*" ;;
	esac
done
for method in $METHODS
do
	line=$(./recipe.sh "$method") || exit 1
	case ${line%% *} in
	*listeners*)
		test -f "$VOTES" ||
			refuse "METHODS=$method: set VOTES=FILE, a table" \
				"of listeners' votes" ;;
	esac
	case $method in
	*@1 | *@0 | *@.[0-9]* | *@0.[0-9]*) ;;
	*@*) refuse "METHODS=$method: the share must be from 0 to 1" ;;
	esac
done
for corpus in $HELDOUT
do
	../values.sh corpus "$CORPORA/manifest.tsv" | grep -qxF -e "$corpus" ||
		refuse "HELDOUT=$corpus: the manifest has no such corpus"
done
case $TEST_VIEWS in
*[0-9]*)
	case $FOLDS$HELDOUT in
	*[!0-9A-Za-z]* | all)
		refuse "TEST_VIEWS with a number need a single fold" ;;
	esac ;;
esac
