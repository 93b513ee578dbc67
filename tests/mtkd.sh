#!/bin/sh
# make -C pipelines mtkd, on a corpus made here: complete, resumable, idle.
. "$(dirname "$0")/lib.sh"

# corpus_make: a buzz for each of 4 folds, 4 labels and 2 languages
corpus_make() {
	printf 'path\tlanguage\tlabel\tspeaker\tcorpus\tfold\n'
	i=0
	for fold in 0 1 2 3
	do
		for label in anger happiness neutral sadness
		do
			for language in de it
			do
				sox -R -n -r 16000 -b 16 "$dir/corpus/$i.wav" \
					synth .5 sawtooth $((120 + 17 * i)) \
					vol .3
				printf '%s.wav\t%s\t%s\t%s%s\tmade\t%s\n' $i \
					$language $label $language $fold $fold
				i=$((i + 1))
			done
		done
	done
}

# mtkd WORK VARIABLE=...
mtkd() {
	work=$1
	shift
	make -s -C "$top/pipelines" mtkd CORPORA="$dir/corpus" WORK="$work" \
		SEEDS='1 2' PASSES=1 WEIGHTINGS='cosine language' \
		LAMBDAS='.1 .5' SIZE=small TEACHER_SIZE=small "$@"
}

mkdir "$dir/corpus"
corpus_make >"$dir/corpus/manifest.tsv"

check 'the experiment runs from a manifest to its results' '
	mtkd "$dir/work" >out 2>&1
	for method in ft kd mtkd-cosine mtkd-language
	do
		test "$(grep -c "^$method  *[0-9]" "$dir/work/results.txt")" \
			-ge 6
	done
	grep -q "^UAR less that of ft, features speaker" \
		"$dir/work/results.txt"
	grep -qx "mtkd-cosine  *\.[15]" "$dir/work/results.txt"
'
check 'the report has the scores, curves, weights and figures' '
	report=$dir/work/report.html
	grep -q "^mtkd-language " "$report"
	test "$(grep -c "<polyline" "$report")" -ge 4
	test "$(grep -c "<h3>mtkd-cosine" "$report")" -eq 3
	grep -A3 "<h3>mtkd-language</h3>" "$report" >weights
	grep -q "<td>1.00</td>" weights
	! grep http "$report" | grep -v www.w3.org
'
check 'students never heard the folds they are judged by' '
	for fold in 0 1
	do
		! modeldump --key speakers "$dir/work/mtkd-cosine.1.model" |
			grep -x "[a-z/]*[a-z]*$fold"
	done
	modeldump --key speakers "$dir/work/mtkd-cosine.1.model" | grep -q 2
'
check 'a second make has nothing to do' '
	touch mark
	mtkd "$dir/work"
	test -z "$(find "$dir/work" -newer mark -type f)"
'
check 'what was lost on the way is made again, the same' '
	cp "$dir/work/results.txt" before
	rm "$dir/work/results.txt" "$dir/work/kd.2.model" \
		"$dir/work/kd.2.tested" "$dir/work/kd.2.model.training"
	mtkd "$dir/work"
	cmp before "$dir/work/results.txt"
'
check 'without corpora it says what to do' '
	fails 2 make -s -C "$top/pipelines" mtkd WORK="$dir/none" 2>err
	grep -q "CORPORA=" err
'
finish
