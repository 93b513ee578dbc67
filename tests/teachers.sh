#!/bin/sh
# make -C pipelines teachers, on a small random network and a made corpus.
. "$(dirname "$0")/lib.sh"

# clip PITCH NAME: 0.6 s of a buzz
clip() {
	sox -n -r 16000 -b 16 "$dir/corpus/$2.wav" synth .6 sawtooth "$1" \
		vol .3
}

# ten utterances of one language, two of another, and a label of no class
corpus_make() {
	mkdir "$dir/corpus"
	printf 'path\tlanguage\tlabel\tspeaker\tcorpus\tfold\n'
	i=0
	for label in anger happiness neutral sadness anger happiness \
		neutral sadness anger sadness boredom
	do
		clip $((120 + 37 * i)) de$i
		printf 'de%d.wav\tde\t%s\ts%d\tmade\t%d\n' \
			$i $label $((i % 5)) $((i % 5))
		i=$((i + 1))
	done
	for label in anger sadness
	do
		clip $((150 + 90 * i)) it$i
		printf 'it%d.wav\tit\t%s\tt%d\tmade\t%d\n' \
			$i $label $((i % 2)) $((i % 2))
		i=$((i + 1))
	done
}

# teachers WORK VARIABLE=...
teachers() {
	work=$1
	shift
	${group:-} make -s -C "$top/pipelines" teachers \
		CORPORA="$dir/corpus" WORK="$work" \
		TEACHER_BASE="$dir/tiny" BATCH=5 RATE=3e-3 OPTIONS=--plain \
		"$@"
}

# a process group of its own, so that all of it can be killed
printf '#!/bin/sh\necho $$ >%s\nexec "$@"\n' "$dir/pid" >"$dir/group"
chmod +x "$dir/group"

check 'a small random network and a corpus to teach it' '
	student-init --arch w2v2-tiny --out "$dir/tiny"
	corpus_make >"$dir/manifest.tsv"
	mv "$dir/manifest.tsv" "$dir/corpus/"
'
check 'a teacher for each language learns ten utterances by heart' '
	teachers "$dir/work" PASSES=60
	test -d "$dir/work/it.teacher"
	predict -m "$dir/work/de.teacher" "$dir/work/de.frames" >said
	awk -F "\t" "NR > 1 && \$7 != \"boredom\" && \$7 != \$9 { exit 1 }" \
		said
	test "$(wc -l <said)" -eq 12
'
check 'its loss falls' '
	first=$(sed -n "1s/.*\"loss\":\([0-9.]*\).*/\1/p" "$dir/work/de.log")
	last=$(sed -n "\$s/.*\"loss\":\([0-9.]*\).*/\1/p" "$dir/work/de.log")
	echo "$first $last" | awk "{ exit !(\$1 > 1 && \$2 < .1) }"
'
check 'a second make has nothing to do' '
	touch "$dir/mark"
	teachers "$dir/work" PASSES=60 >out 2>&1
	test -z "$(find "$dir/work" -newer "$dir/mark" -type f)"
'
check 'interrupted and taken up again, it ends in the same bytes' '
	teachers "$dir/parts" LANGUAGES=de PASSES=4
	mv "$dir/parts" "$dir/whole" # paths are part of the history
	group="setsid $dir/group" teachers "$dir/parts" LANGUAGES=de \
		PASSES=4 >out 2>&1 &
	while ! grep -qs "\"pass\":2" "$dir/parts/de.log"
	do
		sleep .02
	done
	kill -KILL "-$(cat "$dir/pid")"
	wait
	test ! -e "$dir/parts/de.trained"
	teachers "$dir/parts" LANGUAGES=de PASSES=4
	cmp "$dir/whole/de.teacher/model.safetensors" \
		"$dir/parts/de.teacher/model.safetensors"
'
check 'a fold is left out of the training and scored' '
	teachers "$dir/fold" LANGUAGES=de FOLD=0 PASSES=1
	grep -q "^all  *2 " "$dir/fold/de.score"
	speakers=$(modeldump --key speakers "$dir/fold/de.teacher")
	test -n "$speakers"
'
# a language of which some labels and clips are of no use
strange_make() {
	mkdir "$dir/strange"
	printf 'path\tlanguage\tlabel\n'
	for i in 0 1 2
	do
		printf '../corpus/de%d.wav\tde\tanger\n' $i
	done
	printf '../corpus/de3.wav\tde\t%s\n' 'very happy' '*' \
		'"so" \so' so=so ''
	sox -n -r 16000 -b 16 "$dir/strange/short.wav" synth .01 sine 100
	printf 'short.wav\tde\tanger\n'
}
check 'labels of no class, none at all and short clips do not stop it' '
	strange_make >"$dir/manifest.tsv"
	mv "$dir/manifest.tsv" "$dir/strange/"
	mkdir -p "$dir/odd/de.teacher" # as left by an interruption
	teachers "$dir/odd" CORPORA="$dir/strange" PASSES=2 2>err
	test "$(modeldump --key passes "$dir/odd/de.teacher")" -eq 2
	test "$(grep -c "left out" err)" -eq 2
	test "$(grep -c "short.wav: left out: too short" err)" -eq 2
'
check 'a language of no use is an error' '
	teachers "$dir/vain" LANGUAGES=it CLASSES=boredom,joy 2>err && exit 1
	grep -q "no utterances to learn from" err
'
check 'other settings want another folder, more languages do not' '
	teachers "$dir/fold" LANGUAGES=it FOLD=0 PASSES=1
	test -s "$dir/fold/it.score"
	fails 2 teachers "$dir/fold" LANGUAGES=de FOLD=1 PASSES=1 2>err
	grep -q "made with other settings" err
	grep -q "FOLD 0" err
	fails 2 teachers "$dir/fold" LANGUAGES=de FOLD=0 PASSES=2 2>err
	grep -q "PASSES 1" err
	test ! -e "$dir/fold/settings.tmp"
'
check 'what cannot be is refused before it is begun' '
	for wrong in FOLD=77 LANGUAGES=fr BATCH=0 PASSES=x
	do
		fails 2 teachers "$dir/none" "$wrong" 2>err
		grep -q "$wrong: " err
	done
	grep -q "want an integer from 1" err
	test ! -e "$dir/none/settings"
'
check 'missing settings are named' '
	fails 2 make -s -C "$top/pipelines" teachers CORPORA="$dir/none" \
		WORK="$dir/none" 2>err
	grep -q "CORPORA=" err
	fails 2 make -s -C "$top/pipelines" teachers TEACHER_BASE=x \
		WORK="$dir/none" 2>err
	grep -q "CORPORA=" err
	fails 2 make -s -C "$top/pipelines" teachers CORPORA="$dir/corpus" \
		WORK="$dir/none" 2>err
	grep -q "TEACHER_BASE=" err
'
finish
