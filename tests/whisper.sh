#!/bin/sh
# make -C pipelines whisper, on a corpus made here: complete and cross-fitted.
. "$(dirname "$0")/lib.sh"

# corpus_make: a buzz for each of 3 folds, 2 speakers, 4 labels and 2 languages
corpus_make() {
	printf 'path\tlanguage\tlabel\tspeaker\tcorpus\tfold\n'
	i=0
	for fold in 0 1 2
	do
		for label in anger happiness neutral sadness surprise
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

mkdir "$dir/corpus"
corpus_make >"$dir/corpus/manifest.tsv"
student-init -a whisper-micro -o "$dir/micro"

# whisper VARIABLE=...
whisper() {
	make -s -C "$top/pipelines" whisper CORPORA="$dir/corpus" \
		ENCODER="$dir/micro" WORK="$dir/work" PASSES=2 HIDDEN=8 "$@"
}

check 'what is missing is said before any work' '
	fails 2 make -s -C "$top/pipelines" whisper WORK="$dir/none" \
		CORPORA="$dir/corpus" ENCODER="$dir/corpus" >out 2>&1
	grep -q "want a Hugging Face directory" out
	fails 2 make -s -C "$top/pipelines" whisper WORK="$dir/none" \
		ENCODER="$dir/micro" >out 2>&1
	grep -q "want a folder with a manifest.tsv" out
'
check 'every utterance has its answer, clean and noisy, in both views' '
	whisper >out 2>&1 || { cat out; false; }
	cd "$dir/work/whisper"
	for table in alone speaker alone.noisy speaker.noisy
	do
		test "$(wc -l <$table.tsv)" -eq 31
	done
	for frames in alone speaker alone.noisy speaker.noisy
	do
		framedump --json $frames.teacher.frames |
			grep -c "\"teacher.${frames%.noisy}.logits\"" |
			grep -qx 30
	done
	grep -c "^== view" results.txt | grep -qx 4
	! cmp -s alone.tsv alone.noisy.tsv
'
check 'no head was trained on the speakers that it answers for' '
	cd "$dir/work/whisper"
	cut -f 8 alone.tsv | sort -u >seen
	printf "\nseen\n" | cmp - seen
	modeldump --key speakers head-alone-0.safetensors | sort >speakers
	printf "de1\nde2\nit1\nit2\n" | cmp - speakers
'
check 'a second run has nothing to do, other settings are refused' '
	cd "$dir/work/whisper"
	touch then
	whisper >out 2>&1
	test -z "$(find . -newer then -name "*.safetensors")"
	fails 2 whisper PASSES=3 >out 2>&1
	grep -q "other settings" out
'
check 'answers of another model are compared with, paired' '
	cd "$dir/work/whisper"
	rm results.txt
	whisper STUDENT="$PWD/speaker.tsv $PWD/alone.tsv" >out 2>&1 ||
		{ cat out; false; }
	grep -c "compared with" results.txt | grep -qx 2
'
finish
