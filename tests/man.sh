#!/bin/sh
# The examples of the pages: each line that begins with $ works as printed.
#
# They run in a folder with a few clips and what our own programs make of
# them, page by page, so that a line may use what one above it wrote.  An
# example that needs more, a microphone or a corpus, begins with % instead.
. "$(dirname "$0")/lib.sh"

# clip NAME FILE LANGUAGE LABEL: one of ours as WAV, and its manifest line.
clip() {
	sox "$top/examples/$2.flac" "clips/$1.wav"
	printf 'clips/%s.wav\t%s\t%s\ts-%s\texamples\n' "$1" "$3" "$4" "$1" \
		>>clips.tsv
}

scratch_make() {
	mkdir clips
	printf 'path\tlanguage\tlabel\tspeaker\tcorpus\n' >clips.tsv
	clip a angry-en en anger
	clip b sad-de de sadness
	clip c happy-pl pl happiness
	wavread -M clips.tsv >a.frames
	featurize <a.frames >feats.frames
	predict <feats.frames >predictions.tsv
	printf 'path\tanger\thappiness\tneutral\tsadness\n' >votes.tsv
	printf 'clips/a.wav\t8\t0\t2\t0\n' >>votes.tsv
	printf 'clips/b.wav\t0\t0\t4\t5\n' >>votes.tsv
	cp -r "$top/tests/golden/w2v2/base" EN
	cp "$top/pipelines/default/model.safetensors" de.safetensors
}

# printed PAGE: its examples as a reader sees them.
printed() {
	mandoc -T ascii -O width=999 "$1" | sed "s/.$(printf '\b')//g" |
		sed -n 's/^ *\$ //p'
}

# run_as_printed: the line of "$example", in the page's folder.
run_as_printed() {
	cd "$folder"
	export PATH="$absolute"
	printf '%s\n' "$example" >"$dir/example"
	timeout 300 sh "$dir/example"
}

case ${BIN:-bin} in
/*) absolute=$BIN:$PATH ;;
*) absolute=$top/${BIN:-bin}:$PATH ;;
esac
check 'the clips, features and predictions that the examples use' '
	scratch_make
	test "$(wc -l <predictions.tsv)" -eq 4
'
test "$bad" -eq 0 || finish
scratch=$dir/$n
for page in "$top"/man/*.[157]
do
	name=${page##*/}
	folder=$dir/$name
	cp -r "$scratch" "$folder"
	printed "$page" >"$dir/examples"
	case $name in
	*.1) check "$name has an example" 'test -s "$dir/examples"' ;;
	esac
	check "$name prints all its examples" '
		test "$(grep -c "^\.Dl \\$ " "$page")" -eq \
			"$(wc -l <"$dir/examples")"
	'
	while read -r example
	do
		check "$name: $example" run_as_printed
	done <"$dir/examples"
done
finish
