#!/bin/sh
# score(1): numbers, groups, intervals, comparison, refusals, picture.
. "$(dirname "$0")/lib.sh"
golden=$top/tests/golden

# table ROW...: predict's table of two classes; a row is ID START LANGUAGE
# SPEAKER LABEL EMOTION CONFIDENCE, "-" for an empty field.
table() {
	printf 'id\tstart\tlanguage\tspeaker\tlabel\temotion\tconfidence'
	printf '\tanger\tneutral\n'
	for row
	do
		printf '%s\t0.5\t0.5\n' "$row" |
			sed 's/ /	/g; s/	-/	/g'
	done
}
# cell COLUMN [LINE]: of score -t's output on standard input.
cell() {
	awk -F '\t' -v name="$1" -v line="${2:-2}" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR == line { print $at[name] }'
}
four() {
	table 'a 0 en s1 anger anger .9' 'b 0 en s2 anger neutral .6' \
		'c 0 fi s1 neutral neutral .8' 'd 0 fi s2 neutral neutral .7'
}

check 'every metric is what scikit-learn and NumPy say' '
	score -t -B 0 "$golden/score.tsv" >out
	diff "$golden/score.expected" out
'
check 'a case small enough for the head is right' '
	four | score -t -B 0 >out
	test "$(cell uar <out)" = 0.750000
	test "$(cell war <out)" = 0.750000
	test "$(cell f1 <out)" = 0.733333
	test "$(cell recall_anger <out)" = 0.500000
	test "$(cell precision_neutral <out)" = 0.666667
	test "$(cell ece <out)" = 0.300000
	test "$(cell value 3 <out)" = en
	test "$(cell uar 4 <out)" = 1.000000
'
check 'columns are found by name in any order, and others are ignored' '
	four >table
	awk -F "\t" -v OFS="\t" "{ print \$5, \"x\" NR, \$2, \$6, \$1, \$3, \$4,
		\$7, \$8, \$9 }" table >moved
	score -t table >a
	score -t moved >b
	cmp a b
'
check 'tables one after the other, and CRLF, are read as one table' '
	four >a
	table "e 0 en s1 anger anger .9" "f 0 en s2 anger anger .9" >b
	score -t a b >apart
	cat a b | score -t >joined
	cmp apart joined
	cat a b | sed "s/\$/\r/" | score -t - | cmp apart -
	test "$(cell rows <apart)" = 6
'
check 'a row without a label counts against the coverage alone' '
	{ four; table "e 0 en s1 - anger .9" | sed 1d; } | score >out
	grep "^5 rows, 4 with a label (coverage 80.0 %)" out
	grep "^all  *4  *75.0" out
'
check 'a row without an emotion is wrong, counted and in no bin' '
	{ four; table "e 0 en s1 anger - -" | sed 1d; } >table
	score table >out
	grep "1 of them without an emotion" out
	grep "(none)" out
	score -t -B 0 table >out
	test "$(cell recall_anger <out)" = 0.333333
	test "$(cell ece <out)" = 0.300000
'
check 'a label that is no class is wrong and named once' '
	{ four; table "e 0 en s1 calm anger .9" "f 0 en s2 calm anger .9" |
		sed 1d; } >table
	score -t -B 0 table >out 2>err
	says "label '\''calm'\'' is no class of anger,neutral" err
	test "$(cell recall_calm <out)" = 0.000000
	test "$(cell uar <out)" = 0.500000
	score -t -B 0 --classes anger,neutral table >out 2>err
	test ! -s err
	test "$(cell uar <out)" = 0.750000
	score --classes anger,neutral table >out
	grep "2 of other classes: left out" out
'
check 'an answer outside --classes is wrong' '
	four | score -t -B 0 --classes anger >out
	test "$(cell rows <out)" = 2
	test "$(cell war <out)" = 0.500000
	four | score --classes anger | grep "(other)"
'
check 'a class that --classes invents is refused' '
	four | fails 1 score --classes angr 2>err
	says "'\''angr'\'' is neither a class nor a label" err
	four | fails 2 score --classes "" 2>err
'
check 'groups are those of --by, and none with an empty list' '
	four | score -t --by speaker,language >out
	test "$(wc -l <out)" -eq 6
	four | score -t --by "" >out
	test "$(wc -l <out)" -eq 2
	four | fails 1 score --by corpus 2>err
	says "--by: no column '\''corpus'\''" err
	four | fails 1 score --cluster room 2>err
	says "--cluster: no column '\''room'\''" err
'
check 'columns without a single value are as good as none' '
	four | awk -F "\t" -v OFS="\t" "NR > 1 { \$3 = \$4 = \"\" } 1" >table
	score table >out
	grep "resamples of 4 rows" out
	fails 1 grep = out
'
check 'a small number of speakers is reported' '
	score "$golden/score.tsv" | grep "with fewer than 10 in a group they"
	score --by "" "$golden/score.tsv" >out
	fails 1 grep "with fewer" out
	score -B 0 "$golden/score.tsv" >out
	fails 1 grep "with fewer" out
'
check 'speakers of two corpora with one name are two' '
	{ four | sed "s/^id/corpus	id/; /^id/!s/^\([ab]	\)/X	\1/
		s/^\([cd]	\)/Y	\1/"; } >table
	score -t --by speaker table >out
	test "$(cell clusters <out)" = 4
	cut -f 2 out | grep -x Y/s2
'
check 'windows of one recording are drawn together' '
	for clip in a b c d
	do
		for at in 0 1 2
		do
			printf "%s.wav:%d.000-%d.000\t%d.000\t" $clip $at \
				$((at + 1)) $at
			printf "anger\tanger\t.9\t.9\t.1\n"
		done
	done >rows
	heading="id	start	label	emotion	confidence	anger	neutral"
	{ echo "$heading"; cat rows; } >table
	score -t table >out
	test "$(cell clusters <out)" = 4
	score table | grep "clusters by recording"
	score -j table | grep "\"cluster\":\"recording\""
	score -t -c none table >out
	test "$(cell clusters <out)" = 12
	sed "s/:[^	]*//" table >starts
	score starts | grep "4 clusters by recording"
	{ echo "speaker	$heading"; sed "s/^[ab]/s1	&/; t; s/^/	/" rows
	} >table
	score -t table >out
	test "$(cell clusters <out)" = 3
'
check 'intervals follow the seed, and hold the value' '
	score -t -s 7 "$golden/score.tsv" >a
	score -t -s 7 "$golden/score.tsv" >b
	score -t -s 8 "$golden/score.tsv" >c
	OMP_NUM_THREADS=1 score -t -s 7 "$golden/score.tsv" >d
	cmp a b
	cmp a d
	fails 1 cmp -s a c
	awk -F "\t" "NR > 1 && !(\$6 < \$5 && \$5 < \$7) { exit 1 }" a
'
check 'two speakers have no interval, and one value of all is no error' '
	table "a 0 en s1 anger anger .9" "b 0 en s2 anger neutral .9" >table
	score -t table >out
	test "$(cell war <out)" = 0.500000
	test "$(cell war_low <out)" = -
	table "a 0 en s1 anger anger .9" "b 0 en s2 anger neutral .9" \
		"c 0 en s3 anger anger .9" "d 0 en s4 anger neutral .9" >table
	score -t table >out
	test "$(cell war_low <out)" = 0.000000
	test "$(cell war_high <out)" = 1.000000
'
check 'nothing to score gives dashes, never nan' '
	table >none
	table "a 0 en s1 - anger .9" >unlabelled
	table "a 0 en s1 anger - -" >unanswered
	for t in none unlabelled unanswered
	do
		score $t >text 2>err
		score -t $t >tsv
		score -j $t >json
		score -p picture.svg --compare $t $t >both
		fails 1 grep -iwE "[-+]?(nan|inf)" text tsv json both \
			picture.svg
	done 2>err
	score -t none | grep "	-	-	-	-	"
	score none | grep "^0 rows"
	score unlabelled 2>err
	says "no row has a label" err
'
check 'JSON can be read and has the same numbers' '
	command -v python3 >/dev/null || exit 0
	{ four; table "\"e\\ 0 en s\"\\ anger anger .9" | sed 1d; } >table
	score -j --by speaker --compare table table | python3 -c "
import json, sys
s = json.load(sys.stdin)
all = s[\"groups\"][0]
assert s[\"rows\"] == 5 and all[\"clusters\"] == 3
assert abs(all[\"uar\"][\"value\"] - 5 / 6) < 1e-9
assert all[\"classes\"][0][\"answers\"] == [2, 1]
assert all[\"difference_uar\"][\"p\"] == 1
assert s[\"groups\"][1][\"value\"] == \"s\\\"\\\\\"
"
'
check 'a comparison with itself finds nothing' '
	score -t --by "" --compare "$golden/score.tsv" "$golden/score.tsv" >out
	test "$(cell difference_uar <out)" = 0.000000
	test "$(cell difference_uar_high <out)" = 0.000000
	test "$(cell p_uar <out)" = 1.000000
'
check 'a better program is found better, in whatever order its rows are' '
	awk -F "\t" -v OFS="\t" "NR > 1 { \$7 = \$6 } 1" \
		"$golden/score.tsv" >right
	{ sed 1q right; sed 1d right | sort -r; } >shuffled
	score -t --by "" --compare "$golden/score.tsv" right >out
	awk -v p="$(cell p_war <out)" "BEGIN { exit !(p < .01) }"
	awk -v low="$(cell difference_war_low <out)" \
		"BEGIN { exit !(low > .2) }"
	score -t --by "" --compare shuffled "$golden/score.tsv" >back
	score -t --by "" --compare right "$golden/score.tsv" >again
	cmp back again
	test "$(cell difference_war <back)" = "-$(cell difference_war <out)"
	score --compare shuffled "$golden/score.tsv" | grep "compared to"
'
check 'rows that only one of the two has are named' '
	four >a
	sed 3d a >b
	fails 1 score --compare b a 2>err
	says "b lacks 1 of 4 rows of a: b at 0.000" err
	fails 1 score --compare a b 2>err
	says "b lacks 1 of 4 rows of a: b at 0.000" err
	sed "s/anger	anger/neutral	anger/" a >c
	fails 1 score --compare c a 2>err
	says "label of a is '\''neutral'\''" err
	sed "s/anger	anger/	anger/" a >d
	score --compare d a >out
	fails 1 score --compare a d 2>err
	says "label of a is '\''anger'\'', but '\'''\'' in d" err
'
check 'windows of one file differ by their start, other repeats are refused' '
	table "a 0 en s1 anger anger .9" "a 1.5 en s1 anger anger .9" |
		score >out
	table "a 0 en s1 anger anger .9" "a 0.0 en s1 anger anger .9" |
		fails 1 score >out 2>err
	says ":3: a second row of a at start 0.0" err
	fails 1 grep -e --compare err
	test ! -s out
	four >mine
	fails 1 score mine mine 2>err
	says "mine:2: a second row of a at start 0, which a table before" err
	says "(--compare takes another model" err
'
check 'what is no table of predictions is refused with its line' '
	fails 1 score </dev/null 2>err
	says "<stdin>: empty" err
	printf "\203\000x\n" | fails 1 score 2>err
	says ":1: a NUL byte: not a text file" err
	echo "id label" | fails 1 score 2>err
	says "no column '\''id'\''" err
	four | cut -f 1-6,8- | fails 1 score 2>err
	says "no column '\''confidence'\''" err
	four | cut -f 1-7 | fails 1 score 2>err
	says "no class after the column confidence" err
	four | sed "s/language/speaker/" | fails 1 score 2>err
	says "two columns have the name '\''speaker'\''" err
	four | sed "3s/	[^	]*\$//" | fails 1 score 2>err
	says ":3: 8 fields, but the heading has 9" err
	four | sed "4s/\.8/,8/" | fails 1 score 2>err
	says ":4: confidence '\'',8'\'' is not a number" err
	four | sed "4s/0\.5/nan/" | fails 1 score 2>err
	says ":4: probability '\''nan'\'' is not a number" err
	four | sed "4s/\.8/1.8/" | fails 1 score 2>err
	says ":4: confidence 1.8: want a probability" err
	four | sed "5s/	0	/	x	/" | fails 1 score 2>err
	says ":5: start '\''x'\'' is not a number" err
	four | sed "2s/anger	anger/anger	joy/" | fails 1 score 2>err
	says ":2: emotion '\''joy'\'' is not a column" err
	four | sed "2s/^a//" | fails 1 score 2>err
	says ":2: no id" err
	four | head -c 120 | fails 1 score 2>err
	says "ends without a newline" err
	fails 1 score missing.tsv 2>err
	says "missing.tsv: No such file" err
	fails 1 score . 2>err
	says "read .: Is a directory" err
'
check 'more labels than can be classes are refused' '
	table $(seq 70 | sed "s/.*/a& 0 en s1 l& anger .9/; s/ /#/g") |
		tr "#" "\t" >table
	fails 1 score table 2>err
	grep "more than 64 different labels" err
'
check 'the text fits 80 columns, whatever the names' '
	four | sed "s/	s1	/	$(printf "%060d" 1)	/
		s/neutral/aneutralmoodofsomelength/g" >table
	score -m --by speaker,language --compare table table >out
	awk "length > 80 { print; exit 1 }" out
	{ four; table "e 0 en s1 anger - -" "f 0 en s1 calm anger .9" |
		sed 1d; } | score -k anger,neutral >out
	awk "length > 80 { print; exit 1 }" out
	score -m "$golden/score.tsv" | awk "length > 80 { exit 1 }"
	test "$(score -m "$golden/score.tsv" | grep -c ^confusion)" -eq 4
'
check 'the picture is whole, escapes names and replaces the old one' '
	four | sed "s/anger/<a\&\"b>/g; s/neutral/n\xe4h/g" >table
	echo old >picture.svg
	score -p picture.svg table >out
	grep -q "&lt;a&amp;\"b>" picture.svg
	tail -n 1 picture.svg | grep -x "</svg>"
	test "$(ls | wc -l)" -eq 3
	command -v python3 >/dev/null || exit 0
	python3 -c "import xml.dom.minidom as m; m.parse(\"picture.svg\")"
'
check 'a picture that cannot be written is an error' '
	four >table
	fails 1 score -p no/such/picture.svg table 2>err
	says "no/such/picture.svg" err
	fails 1 score -p /dev/null table 2>err
	says "/dev/null: not a regular file" err
	fails 2 score -p table table 2>err
	grep "table: would be read and replaced" err
	fails 2 score -p table <table 2>err
	fails 2 score -p table - <table 2>err
	four >other
	fails 2 score -p table --compare table other 2>err
	four | cmp - table
	fails 1 score -p - table 2>err
	says "score: -: want a file" err
	test ! -e ./-
	test -c /dev/null
'
check 'controls do not reach the terminal' '
	printf "id\temotion\tlabel\tlanguage\tconfidence\ta\n" >wild
	printf "x\ta\ta\te\033[m\302\233n\t.9\t.9\n" >>wild
	for form in "" --json --tsv
	do
		score $form wild >out
		grep -qF "e?[m??n" out
		fails 1 grep "$(printf "\033\|\302\233")" out
	done
'
check 'a full disk is an error in every form' '
	four >table
	for form in -q -t -j
	do
		fails 1 score $form table >/dev/full 2>err
		says "write <stdout>: No space left" err
	done
'
# drawn DIGITS: 8000 rows whose probabilities are three times too sure, as
# printf prints them; the labels are drawn from the true ones.
drawn() {
	awk -v form="$1" 'BEGIN {
		srand(4)
		printf "id\tlabel\temotion\tconfidence\ta\tb\tc\n"
		split("a b c", name, " ")
		for (i = 0; i < 8000; i++) {
			sum = sure = 0
			for (k = 1; k <= 3; k++) {
				z = 2 * sqrt(-2 * log(1 - rand()))
				z *= cos(6.283185307 * rand())
				sum += p[k] = exp(z)
				sure += q[k] = exp(3 * z)
			}
			u = rand() * sum
			for (label = 1; label < 3 && u > p[label]; label++)
				u -= p[label]
			best = 1
			for (k = 2; k <= 3; k++)
				if (q[k] > q[best])
					best = k
			printf "r%d\t%s\t%s\t" form "\t" form "\t" form "\t" \
				form "\n", i, name[label], name[best],
				q[best] / sure, q[1] / sure, q[2] / sure,
				q[3] / sure
		}
	}'
}
check 'the temperature that was put in is found; held-out ECE falls by it' '
	drawn %.4g >table
	sed 4001q table >dev
	{ sed 1q table; sed 1,4001d table; } >test
	T=$(score --calibrate dev)
	awk -v T="$T" "BEGIN { exit !(T > 2.85 && T < 3.15) }"
	score -t -B 0 test >before
	score -t -B 0 --temperature "$T" test >after
	awk -v a="$(cell ece <before)" -v b="$(cell ece <after)" \
		"BEGIN { print a, b; exit !(a > .12 && b < .03) }"
	test "$(cell uar <before)" = "$(cell uar <after)"
	score -j -B 0 -T "$T" test | grep "\"temperature\":$T"
	score -j -B 0 -T 1.2 test | grep "\"temperature\":1.2,"
	score -B 0 -T 2.5 test | grep -x "probabilities at temperature 2.5"
'
check 'a table of four decimals, zeros among them, calibrates nearly as well' '
	drawn %.4f >table
	grep -q "	0.0000" table
	T=$(score --calibrate table)
	awk -v T="$T" "BEGIN { exit !(T > 2.7 && T < 3.3) }"
'
check 'what --calibrate would ignore is a usage error' '
	four >dev
	for o in "-T 2" "-p x.svg" "--compare dev" --json -m "-b corpus" \
		"-c none"
	do
		fails 2 score --calibrate $o dev 2>err
		grep -q -e --calibrate err
	done
'

check 'what cannot be calibrated is refused' '
	table "a 0 en s1 - anger .9" | fails 1 score --calibrate 2>err
	says "<stdin>: no row with a label and an emotion" err
	printf "id\tlabel\temotion\tconfidence\ta\tb\nx\ta\ta\t.9\t.9\t.1\n" |
		fails 1 score --calibrate 2>err
	says "no temperature fits: the label always has" err
	four | fails 1 score --calibrate 2>err
	says "no temperature fits: the probabilities do not depend" err
	four | sed "2s/0\.5/1.5/" | fails 1 score --calibrate 2>err
	says ":2: probability 1.5: want 0 to 1" err
	four >a
	sed "1s/neutral/calm/; s/	neutral/	calm/g" a >b
	fails 1 score --calibrate a b 2>err
	says "b:1: other classes than in the table before" err
	awk -F "\t" -v OFS="\t" "{ NF--; print }" a >fewer
	fails 1 score --calibrate a fewer 2>err
	says "fewer:1: other classes than in the table before" err
	fails 2 score --calibrate --json a
	fails 2 score --calibrate --compare a a
	fails 2 score --temperature 0 a
'
# seen: four, two rows of it of a speaker from training
seen() {
	four | awk -F "\t" -v OFS="\t" '{
		$5 = $5 OFS (NR == 1 ? "seen" : $4 == "s2" ? "speaker" : "")
	} 1'
}
check 'rows from training are no test, unless that is wanted and said' '
	seen >table
	four >plain
	for option in "" --json --tsv --calibrate
	do
		fails 1 score $option table >out 2>err
		test ! -s out
		says "teacher was trained with 2 of the 4 rows" err
		says "their speakers (s2): --allow-seen" err
	done
	score --allow-seen table >out
	grep -q "NOT A TEST: .* trained with 2 of these" out
	score --allow-seen plain | fails 1 grep "NOT A TEST"
	score -j --allow-seen table | grep -q "\"seen\":2,\"other_seen\":0"
	score -t --allow-seen table >out
	test "$(cell seen <out)$(cell seen 3 <out)" = 22
	score -t --allow-seen table | sed "s/	[^	]*\$//" >a
	score -t plain | cmp - a
'
check 'rows that the other model was trained with are no comparison' '
	seen >table
	four >plain
	fails 1 score --compare table plain 2>err
	says "the model or its teacher was trained with 2" err
	score --allow-seen --compare table plain >out
	grep -q "NOT A TEST: the other model was trained with 2" out
	score -j --allow-seen --compare table plain |
		grep -q "\"seen\":0,\"other_seen\":2"
	# by the labels of the first, where the other has none
	sed "s/	[^	]*	speaker/		speaker/" table >bare
	fails 1 score --compare bare plain 2>err
	says "the model or its teacher was trained with 2" err
	awk -F "\t" -v OFS="\t" "\$4 == \"s2\" { \$5 = \"\" } 1" plain >half
	score -B 0 --compare bare half | grep "^all  *2"
'
check 'a row from training that has no label does not matter' '
	seen | sed "s/	[^	]*	speaker/		speaker/" >table
	score -B 0 table | grep "^all  *2"
'
check 'impossible options are usage errors' '
	fails 2 score -t -j
	fails 2 score --bootstrap -1
	fails 2 score --seed x
'
check 'a picture of what was in training says so' '
	table "a 0 en s1 anger anger .9" "b 0 en s2 anger neutral .9" >table
	score --plot x.svg table >out 2>err
	test ! -s err
	score --plot x.png table >out 2>err
	says "x.png: this is an SVG file" err
	cmp x.svg x.png
	! grep -q "NOT A TEST" x.svg
	sed "1s/^id/id\tseen/; 2,\$s/^\(.\)/\1\tspeaker/" table >seen
	fails 1 score --plot y.svg seen 2>err
	score --allow-seen --plot y.svg seen >out
	grep -q "NOT A TEST: trained with 2 of these rows" y.svg
'
finish
