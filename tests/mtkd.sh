#!/bin/sh
# make -C pipelines mtkd, on a corpus made here: complete, resumable, idle.
. "$(dirname "$0")/lib.sh"

# corpus_make: a buzz for each of 4 folds, 4 labels and 2 languages; those of
# fold 3 are another corpus
corpus_make() {
	printf 'path\tlanguage\tlabel\tspeaker\tcorpus\tfold\n'
	i=0
	for fold in 0 1 2 3
	do
		corpus=made
		test $fold -lt 3 || corpus=other
		for label in anger happiness neutral sadness
		do
			for language in de it
			do
				sox -R -n -r 16000 -b 16 "$dir/corpus/$i.wav" \
					synth .5 sawtooth $((120 + 17 * i)) \
					vol .3
				printf '%s.wav\t%s\t%s\t%s%s\t%s\t%s\n' $i \
					$language $label $language $fold \
					$corpus $fold
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
		SEEDS='1 2' PASSES=1 TEACHER_PASSES=1 TEACHER_TUNE=1 \
		LAMBDAS='.1 .5' \
		METHODS="$methods" \
		SIZE=small TEACHERS='small functionals' \
		VOTES="$dir/votes.tsv" "$@"
}

methods='ft smooth@.6 kd mtkd-cosine mtkd-language@1 mono-ft votes'
mkdir "$dir/corpus"
corpus_make >"$dir/corpus/manifest.tsv"
# an utterance whose label is no class
printf '0.wav\tde\tsurprise\tde0\tmade\t2\n' >>"$dir/corpus/manifest.tsv"
{
	printf 'path\tanger\thappiness\tneutral\tsadness\n'
	printf '%s.wav\t5\t3\t1\t0\n' 16 17 18 24
} >"$dir/votes.tsv"

check 'the experiment runs from a manifest to its results' '
	mtkd "$dir/work" HELDOUT=other >out 2>&1 || { cat out; false; }
	results=$dir/work/mtkd/results.txt
	for method in $methods
	do
		test "$(grep -c "^$method  *[0-9]" "$results")" -ge 12
	done
	grep -q "^== held-out corpus other" "$results"
	grep -q "^rows (speakers)  *16 (2)  " "$results"
	! grep "classes without a row" "$results"
	grep -q "^== held-out speakers, folds 0" "$results"
	grep -q "^UAR, UAR of ft, difference (95 %), speaker" "$results"
	test "$(grep -c "^ *all  *de  *it" "$results")" -eq 8
	test "$(grep -c "^ *anger  *happiness" "$results")" -eq 4
	test "$(grep -c "^mtkd-cosine .* at share .1" "$results")" -eq 2
	grep -qxE "mtkd-language@1 +[0-9.]+ at share 1" "$results"
	grep -qxE "smooth@.6 +[0-9.]+ at share .6" "$results"
	! cmp -s "$dir/work/mtkd/0/smooth@.6_.6_1.all" \
		"$dir/work/mtkd/0/ft_0_1.all"
	test "$(grep -c "^it  *all .* it " "$results")" -eq 2
'
check 'teachers are scored on the utterances that they teach' '
	results=$dir/work/mtkd/results.txt
	grep -q "^0: teachers on the utterances that they teach" "$results"
	right=$(framecut -w fold!=0 -w fold!=1 "$dir/work/mtkd/speaker.frames" |
		predict -m "$dir/work/mtkd/0/teacher-all.model" |
		score --allow-seen --by "" --bootstrap 0 --tsv |
		awk -F "\t" "\$2 == \"all\" { printf \"%5.1f\", 100 * \$8 }")
	grep -q "^all *correct $right %  p(label) [01]\.[0-9]*$" "$results"
'
check 'the report has the scores, curves, weights and figures' '
	report=$dir/work/mtkd/report.html
	grep -q "^mtkd-language@1 " "$report"
	test "$(grep -c "<polyline" "$report")" -ge 12
	test "$(grep -c "<h3>mtkd-cosine" "$report")" -eq 6
	grep -A3 "<h3>mtkd-language@1</h3>" "$report" | grep -q "<td>1.00</td>"
	! grep http "$report" | grep -v www.w3.org
'
check 'no model is trained on the speakers of its test' '
	for key in voices taught
	do
		modeldump --key $key \
			"$dir/work/mtkd/0/mtkd-cosine_.1_1.all" >heard
		test "$(grep -o ".t[01]$" heard | wc -l)" -eq 0
		test "$(grep -c "[23]$" heard)" -eq 4
	done
	modeldump --key voices "$dir/work/mtkd/other/kd_.1_1.all" >heard
	test "$(grep -c other heard)" -eq 0
	test "$(grep -c made heard)" -eq 4
'
check 'a teacher of a language starts from that of all, or from scratch' '
	passes() {
		for name in all de
		do
			modeldump --key passes \
				"$dir/$1/mtkd/0/teacher-$name.model.small.1"
		done | tr "\n" " "
	}
	test "$(passes work)" = "1 2 "
	modeldump --key history "$dir/work/mtkd/0/teacher-de.model" >history
	grep -q "language=de" history
	! grep -v "language=de" history | grep -q "language="
	mtkd "$dir/scratch" METHODS="ft mtkd-language" SEEDS=1 TEACHERS=small \
		TEACHER_TUNE=0 LAMBDAS=.1 VOTES= >out 2>&1 ||
		{ cat out; false; }
	test "$(modeldump --key passes \
		"$dir/scratch/mtkd/0/teacher-de.model")" = 1
	test ! -e "$dir/scratch/mtkd/0/teacher-all.model"
'
check 'from labels alone nothing is inherited, of one language only its own' '
	test -z "$(modeldump --key taught "$dir/work/mtkd/0/ft_0_1.all")"
	modeldump --key languages "$dir/work/mtkd/0/mono-ft_0_2.it" |
		grep -qx it
'
check 'a second make has nothing to do' '
	touch mark
	mtkd "$dir/work" HELDOUT=other
	test -z "$(find "$dir/work" -newer mark -type f)"
'
check 'methods may be added, other settings want another folder' '
	mtkd "$dir/work" METHODS="ft mtkd-fixed kd-sp@.5" SEEDS=1 >out 2>&1 ||
		{ cat out; false; }
	grep -q "^kd-sp@.5  *[0-9]" "$dir/work/mtkd/results.txt"
	grep -q "^mtkd-fixed  *[0-9]" "$dir/work/mtkd/results.txt"
	grep -q "teacher all" "$dir/work/mtkd/report.html"
	fails 2 mtkd "$dir/work" PASSES=2 2>err
	grep -q "made with other settings" err
	grep -q "PASSES 1" err
	mtkd "$dir/work" HELDOUT=other
'
check 'what cannot be is refused before it is begun' '
	fails 2 mtkd "$dir/none" HELDOUT=others 2>err
	grep -q "no such corpus" err
	fails 2 mtkd "$dir/none" METHODS="ft kdd" 2>err
	grep -q "METHODS=kdd: methods.txt has no such method" err
	fails 2 mtkd "$dir/none" METHODS="ft kd@4" 2>err
	grep -q "METHODS=kd@4: the share must be from 0 to 1" err
	for wrong in SEEDS=a PASSES=0 LAMBDAS=2 SIZE=tiny TEACHERS=foo \
		VIEWS=pinkk TEST_VIEWS=pink3 TEACHER_VIEW=pink0
	do
		fails 2 mtkd "$dir/none" "$wrong" 2>err
		grep -q "$wrong: want " err
	done
	fails 2 mtkd "$dir/none" CORPORA="$dir/a b" 2>err
	grep -q "must not have blanks" err
	fails 2 mtkd "$dir/none" -j2 FOLDS=9 2>err
	! grep "jobserver" err
	grep -q "FOLDS=9: the manifest has the folds 0 1 2 3" err
	fails 2 mtkd "$dir/none" FOLDS=all TEST_VIEWS=pink0 2>err
	grep -q "TEST_VIEWS with a number need a single fold" err
'
check 'QUICK takes some utterances, the same of every view' '
	for view in whole speaker
	do
		(cd "$top/pipelines/mtkd" && QUICK=1 ./wanted.sh \
			"$dir/work/mtkd/$view.frames" "$dir/$view.few")
		framecut --keep id "$dir/$view.few" | framedump --json |
			grep -o "\"id\":.*" >"$view.ids"
	done
	cmp whole.ids speaker.ids
	test "$(wc -l <whole.ids)" -ge 1
	test "$(wc -l <whole.ids)" -le 12
'
check 'with few utterances, too, the rate lasts to the last update' '
	mtkd "$dir/few" METHODS=ft SEEDS=1 PASSES=5 TEACHER_PASSES=5 \
		TEACHERS=small VOTES= >out 2>&1 || { cat out; false; }
	test "$(cat "$dir"/few/mtkd/0/ft_0_1.all.log | wc -l)" -ge 5
	! grep -h "\"rate\":0[,}]" "$dir"/few/mtkd/0/ft_0_1.all.log
	! grep "total-steps" out
'
check 'two makes at a time in one folder are one too many' '
	mkdir -p two/mtkd
	exec 9>two/mtkd/lock
	flock 9
	fails 2 mtkd "$PWD/two" 2>err
	grep -q "in use" err
'
check 'what was lost on the way is made again, the same' '
	results=$dir/work/mtkd/results.txt
	cp "$results" before
	(cd "$dir/work/mtkd/0" && rm ../results.txt tested kd.2.* kd_*_2.all)
	mtkd "$dir/work" HELDOUT=other
	cmp before "$results"
'
check 'several folds are pooled, and reported apart' '
	mtkd "$dir/folds" FOLDS="0 2" METHODS="ft kd" SEEDS=1 TEACHERS=small \
		VOTES= >out 2>&1 || { cat out; false; }
	grep -qE "^kd( +[0-9.]+){3} [+]- [0-9.]+$" "$dir/folds/mtkd/results.txt"
	grep -q "folds 0 2 ==" "$dir/folds/mtkd/results.txt"
	modeldump --key speakers "$dir/folds/mtkd/2/ft_0_1.all" |
		tr -d "[:alpha:]" | sort -u | tr "\n" " " | grep -qx "0 1 "
'
check 'killed at any moment, it goes on and ends in the same results' '
	kills=
	for pause in .2 .4 .6 .3
	do
		setsid make -s -C "$top/pipelines" mtkd SEEDS="1 2" PASSES=1 \
			TEACHER_PASSES=1 TEACHER_TUNE=1 \
			CORPORA="$dir/corpus" WORK="$dir/killed" SIZE=small \
			METHODS="ft mtkd-cosine" LAMBDAS=".1 .5" \
			TEACHERS=small -j2 >out 2>&1 & pid=$!
		sleep $pause
		kill -KILL -$pid && kills=x$kills || :
		wait $pid || :
		# the lock is free when the last of the group is gone
		tries=0
		while kill -0 -$pid 2>/dev/null && test $((tries += 1)) -lt 40
		do
			sleep .05
		done
	done
	test "$kills"
	for work in killed whole
	do
		mtkd "$dir/$work" METHODS="ft mtkd-cosine" TEACHERS=small \
			VOTES=
	done
	cmp "$dir/killed/mtkd/results.txt" "$dir/whole/mtkd/results.txt"
'
check 'cross-fitted, no teacher is trained on whom it teaches' '
	mtkd "$dir/cross" CROSSFIT=1 METHODS="ft kd" SEEDS=1 LAMBDAS=.1 \
		>out 2>&1 || { cat out; false; }
	framedump --json "$dir/cross/mtkd/0/logits-all.frames" >said
	test "$(grep -c teacher.all.logits said)" -eq 16
	! grep -q teacher.all.seen said
	framedump --json "$dir/work/mtkd/0/logits-all.frames" |
		grep -c teacher.all.seen | grep -qx 16
	grep -q "^CROSSFIT 1" "$dir/cross/mtkd/results.txt"
'
check 'the published experiment runs with networks, its settings and loss' '
	student-init -a w2v2-tiny -c anger,happiness,neutral,sadness -o base
	rm -rf "$dir/paper"
	make -s -C "$top/pipelines" paper CORPORA="$dir/corpus" \
		WORK="$dir/paper" TEACHER_BASE="$PWD/base" PASSES=1 \
		TEACHER_PASSES=1 \
		>out 2>&1 || { cat out; false; }
	modeldump "$dir/paper/paper/0/mono-mtkd-paper_.25_42.it" >model
	grep -q "w2v2\|wav2vec2" model
	grep -q "^mono-kd-paper  *[0-9]" "$dir/paper/paper/results.txt"
	for base in ft kd-paper mono-ft mono-kd-paper
	do
		grep -q "^UAR, UAR of $base, difference" \
			"$dir/paper/paper/results.txt"
	done
	fails 2 make -s -C "$top/pipelines" paper CORPORA="$dir/corpus" \
		WORK="$dir/paper2" 2>err
	grep -q "TEACHER_BASE is not set: run make TEACHER_BASE=DIR" err
'
check 'in noise, teachers get clean speech and students do not' '
	make -s -C "$top/pipelines" noise CORPORA="$dir/corpus" \
		WORK="$dir/noise" SEEDS=1 PASSES=1 TEACHER_PASSES=1 \
		METHODS="clean-ft ft kd" TEACHERS=small LAMBDAS=.1 \
		VIEWS="raw babble telephone" >out 2>&1 || { cat out; false; }
	modeldump --key history "$dir/noise/noise/0/kd_.1_1.all" >history
	grep -q "augment --babble 5" history
	grep -q "augment --telephone mulaw" history
	modeldump --key history "$dir/noise/noise/0/clean-ft_0_1.all" >history
	! grep -q augment history
	modeldump --key history "$dir/noise/noise/0/teacher-all.model" >history
	! grep -q augment history
	grep -q "raw *babble20 .* pink0  *room1" "$dir/noise/noise/results.txt"
	grep -qE "^clean-ft( +[0-9.]+){11}$" "$dir/noise/noise/results.txt"
'
check 'what cannot be done is refused before anything is trained' '
	fails 2 make -s -C "$top/pipelines" mtkd CORPORA="$dir/corpus" \
		WORK="$dir/none" METHODS="ft votes" 2>err
	grep -q "METHODS=votes: set VOTES=FILE" err
	fails 2 make -s -C "$top/pipelines" mtkd CORPORA="$dir/corpus" \
		WORK="$dir/none" FROM="$PWD" 2>err
	grep -q "want a directory with config.json" err
	test ! -e "$dir/none/mtkd/whole.frames"
'
check 'without corpora it says what to do' '
	fails 2 make -s -C "$top/pipelines" mtkd WORK="$dir/none" 2>err
	grep -q "CORPORA=" err
'
finish
