#!/bin/sh
# manifest.sh CORPUS=DIR... - print one manifest for several corpora
#
#	manifest.sh iemocap=/data/IEMOCAP_full_release cafe=/data/CaFE >all.tsv
#
# Runs the recipe CORPUS.sh for each.  Exits 1 if a corpus is not complete.
set -u
here=$(dirname "$0")

usage() {
	echo "manifest: $1; usage: manifest.sh CORPUS=DIR... >manifest.tsv" >&2
	exit 2
}

# recipes: prints the names of all recipes in one line
recipes() {
	cd "$here" && ls | sed -n '/^lib/d; /^manifest/d; s/[.]sh$//p' | xargs
}

test $# -gt 0 || usage "name a corpus of: $(recipes)"
for pair
do
	case $pair in
	lib=* | manifest=* | */*=*) usage "no recipe for ${pair%%=*}" ;;
	*=*) ;;
	*) usage "$pair is not CORPUS=DIR" ;;
	esac
	test -f "$here/${pair%%=*}.sh" ||
		usage "no recipe for ${pair%%=*}, only for $(recipes)"
done

rows=$(mktemp) || exit 1
trap 'rm -f "$rows"' EXIT
status=0 first=1
for pair
do
	"$here/${pair%%=*}.sh" "${pair#*=}" >"$rows" || status=1
	test -s "$rows" || continue
	tail -n +$first "$rows"
	first=2
done
exit $status
