#!/bin/sh
# view.sh OUT VIEW - compute the features of a view: speech with effects
#
# views.txt defines the effects.
set -eu
out=$1 view=$2
options=$(sed -n "s/^$view  *//p" views.txt)
test "$options" || { echo "view: views.txt has no $view" >&2; exit 1; }
# shellcheck disable=SC2086 # a list
dev=$(./next.sh "${FOLDS%% *}" $ALL_FOLDS)

# rows in|out FOLD...: prints the rows of the manifest in or outside these folds
rows() {
	awk -F '\t' -v wanted="$1" -v folds=" $* " '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "fold") c = i }
		NR == 1 || (index(folds, " " $c " ") > 0) == (wanted == "in")
	' "$CORPORA/manifest.tsv"
}

# voices: makes the paths of a manifest absolute, for augment
voices() {
	awk -F '\t' -v OFS='\t' -v folder="$CORPORA/" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "path") c = i }
		NR > 1 && $c !~ /^\// { $c = folder $c }
		{ print }'
}

rows in "$dev" | voices >"$out.test"
# shellcheck disable=SC2086 # a list
rows out $FOLDS "$dev" | voices >"$out.training"
options=$(echo "$options" |
	sed "s|TRAINING|$out.training|; s|TEST|$out.test|")
case $view in
*[0-9]) set -- in $FOLDS ;;
*) set -- out ;;
esac
rows "$@" >"$out.rows"
# shellcheck disable=SC2086 # a list of words
(cd "$CORPORA" && wavread -M - <"$out.rows") | augment $options | featurize |
	framecut --drop audio >"$out.whole"
./wanted.sh "$out.whole" "$out"
rm -f "$out.whole" "$out.test" "$out.training" "$out.rows"
