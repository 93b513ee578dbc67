#!/bin/sh
# pipelines/corpora: small trees in the layout of each corpus's owners.
# shellcheck disable=SC2016,SC2154,SC2317 # checks are evaluated by lib.sh
. "$(dirname "$0")/lib.sh"
recipes=$top/pipelines/corpora

# files NAME...: empty ones, with their folders
files() {
	for file
	do
		mkdir -p "$(dirname "$file")"
		: >"$file"
	done
}

# partly CORPUS DIR: a manifest of what is there, though much is missing
partly() {
	fails 1 "$recipes/$1.sh" "$2" >out 2>err
	says 'of' err
	sound out
}

# whole CORPUS DIR: a manifest of all of it, with nothing to say
whole() {
	"$recipes/$1.sh" "$2" >out 2>err
	test ! -s err
	sound out
}

# sound MANIFEST: ten columns a line, ids and paths once, a speaker in one
# fold, folds from 0
sound() {
	awk -F '\t' '
	NR == 1 {
		ok = $0 == "path\tid\tlanguage\tlabel\tspeaker\tcorpus\t" \
			"fold\tintensity\tstyle\ttext"
		next
	}
	NF != 10 || $4 == "" || $7 !~ /^[0-9]+$/ || seen[$1]++ || seen[$2]++ ||
	(($5 in fold) && fold[$5] != $7) { print "line " NR ": " $0; ok = 0 }
	{ fold[$5] = $7 }
	END { exit !ok }
	' "$1"
}

# row ID: the line of out with it, without its path, a blank for each tab
row() {
	awk -F '\t' -v id="$1" '$2 == id {
		sub(/^[^\t]*\t/, ""); gsub(/\t/, " "); print
	}' out
}

# row_is ID REST
row_is() {
	test "$(row "$1")" = "$1 $2" && return
	echo "want '$1 $2', got '$(row "$1")'"
	return 1
}

# count [FIELD VALUE]: lines of out, or those where the column is so
count() {
	awk -F '\t' -v c="${1-0}" -v v="${2-}" '
		NR > 1 && (c == 0 || $c == v) { n++ } END { print n + 0 }' out
}

# turns SESSION COUNT: what EmoEvaluation says of so many, in four classes, and
# their sound; two of them frustrated
turns() {
	dialog=Ses0$1F_impro01
	mkdir -p "Session$1/dialog/EmoEvaluation" \
		"Session$1/dialog/transcriptions" \
		"Session$1/sentences/wav/$dialog"
	awk -v d="$dialog" -v n="$2" '
	function turn(i, label) {
		printf "[%.4f - %.4f]\t%s_%s%03d\t%s\t[2.5, 2.5, 2.5]\n", \
			i, i + .9, d, i % 2 ? "F" : "M", i, label
		print "C-E2:\tNeutral;\t()"
	}
	BEGIN {
		split("ang hap exc neu sad", label, " ")
		print "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]"
		for (i = 0; i < n; i++)
			turn(i, label[i % 5 + 1])
		turn(n, "fru")
		turn(n + 1, "xxx")
	}' >"Session$1/dialog/EmoEvaluation/$dialog.txt"
	(cd "Session$1/sentences/wav/$dialog" &&
		sed -n 's/^\[.*\(Ses[^	]*\).*/\1.wav/p' \
		"../../../dialog/EmoEvaluation/$dialog.txt" | xargs touch)
	printf '%s_F001 [001.0000-001.9000]: Excuse me.\r\n' "$dialog" \
		>"Session$1/dialog/transcriptions/$dialog.txt"
}

check 'IEMOCAP: four classes by session, excited among the happy' '
	turns 1 1085; turns 2 1023; turns 3 1151; turns 4 1031; turns 5 1241
	files Session1/dialog/EmoEvaluation/._Ses01F_impro01.txt \
		Session1/dialog/EmoEvaluation/Categorical/Ses01F_e1_cat.txt \
		Session1/dialog/wav/Ses01F_impro01.wav
	whole iemocap .
	test "$(count)" -eq 5531
	test "$(count 4 happiness)" -eq 2212
	test "$(count 7 0)" -eq 1085 -a "$(count 7 4)" -eq 1241
	row_is iemocap/Ses01F_impro01_F001 \
"en happiness iemocap_Ses01F iemocap 0  improvised Excuse me."
	row_is iemocap/Ses01F_impro01_M000 \
"en anger iemocap_Ses01M iemocap 0  improvised "
	cut -f 5 out | sed 1d | sort -u | wc -l | grep -qx 10
	rm -r Session3
	fails 1 "$recipes/iemocap.sh" . >out 2>err
	says "iemocap: Session 3 is missing; 4,380 of 5,531 utterances" err
	test "$(count)" -eq 4380
	rm Session1/sentences/wav/Ses01F_impro01/*F00*
	fails 1 "$recipes/iemocap.sh" . >out 2>err
	says "Session 3 is missing; Session 1 has 1,080 of 1,085;" err
	rm -r Session2/dialog
	fails 1 "$recipes/iemocap.sh" . >out 2>err
	grep -q "^iemocap: Session2 has audio but no labels (Session2/d" \
		err
'
check 'FESC: by a table of labels, as its layout is not known' '
	files TIRE/a1.wav TIRE/a2.WAV "x y/jaka_a1.wav" PEKO/b.wav TIPE/c.wav
	printf "a1.wav\t1\r\na2\t2\nTIPE/c.wav\tNeutral\nb\t5\n" >labels.tsv
	printf "jaka_a1.wav\t4\n" >>labels.tsv
	fails 1 "$recipes/fesc.sh" . >out 2>err
	says "speakers ANRO, JARA, MIKO, PEKO, RIGR and 1 more are missing" err
	sound out
	row_is fesc/TIRE_a2 "fi happiness fesc_TIRE fesc 0   "
	row_is fesc/JAKA_jaka_a1 "fi sadness fesc_JAKA fesc 8   "
	test "$(count)" -eq 4
	files TIPE/a1.wav
	printf "TIRE/a1.wav\t1\nTIPE/a1.wav\t4\n" >labels.tsv
	fails 1 "$recipes/fesc.sh" . >out 2>err
	row_is fesc/TIRE_a1 "fi anger fesc_TIRE fesc 0   "
	row_is fesc/TIPE_a1 "fi sadness fesc_TIPE fesc 1   "
	printf "a1.wav\t1\na1.wav\t4\na2\t1\n" >labels.tsv
	fails 1 "$recipes/fesc.sh" . >out 2>err
	grep -q "^fesc: labels.tsv has two labels for a1 (add its folder)" err
	test "$(count)" -eq 1
	rm labels.tsv
	fails 1 "$recipes/fesc.sh" . >out 2>err
	says labels.tsv err
	test ! -s out
'
check 'CaFE: 936 by actor, with or without an intensity of neutral' '
	mkdir -p Joie/Fort Neutre
	for actor in 01 02 03 04 05 06 07 08 09 10 11 12
	do
		for sentence in 1 2 3 4 5 6
		do
			: >Neutre/$actor-N-$sentence.wav
			for letter in C D J P S T
			do
				: >Joie/Fort/$actor-$letter-1-$sentence.wav
				: >Joie/Fort/$actor-$letter-2-$sentence.wav
			done
		done
	done
	whole cafe .
	row_is cafe/12-J-2-6 "fr happiness cafe_12 cafe 1 high  6"
	row_is cafe/05-C-1-1 "fr anger cafe_05 cafe 2 low  1"
	row_is cafe/01-N-3 "fr neutral cafe_01 cafe 0   3"
	test "$(count 4 neutral)" -eq 72 -a "$(count 4 fear)" -eq 144
	rm Joie/Fort/07-T-1-4.wav
	mv Neutre/08-N-1.wav Neutre/08-N-1-1.aiff
	fails 1 "$recipes/cafe.sh" . >out 2>err
	says "cafe: speaker 07 has 77 of 78; 935 of 936 utterances" err
	row_is cafe/08-N-1-1 "fr neutral cafe_08 cafe 0   1"
'
check 'RAVDESS: speech, not song' '
	files Actor_01/03-01-06-01-02-01-01.wav \
		Actor_24/03-01-03-02-01-02-24.WAV \
		Actor_24/03-01-02-01-01-02-24.wav \
		Actor_24/03-01-08-01-01-02-24.wav \
		Actor_01/03-02-06-01-02-01-01.wav
	partly ravdess .
	row_is ravdess/03-01-06-01-02-01-01 \
		"en fear ravdess_01 ravdess 0 normal  02"
	row_is ravdess/03-01-03-02-01-02-24 \
		"en happiness ravdess_24 ravdess 3 strong  01"
	row_is ravdess/03-01-02-01-01-02-24 \
		"en calm ravdess_24 ravdess 3 normal  01"
	row_is ravdess/03-01-08-01-01-02-24 \
		"en surprise ravdess_24 ravdess 3 normal  01"
	test "$(count)" -eq 4
	says "speakers 02, 03, 04, 05, 06 and 17 more are missing" err
	says "speaker 01 has 1 of 60, speaker 24 has 3 of 60; 4 of 1,440" err
'
check 'CREMA-D: not the silent one, and no pointers of git-lfs' '
	files AudioWAV/1001_IEO_ANG_HI.wav AudioWAV/1076_MTI_SAD_XX.wav \
		AudioWAV/1076_IEO_FEA_LO.wav AudioWAV/1040_ITH_SAD_X.wav \
		AudioMP3/1001_IEO_ANG_HI.mp3
	partly cremad .
	row_is cremad/1001_IEO_ANG_HI "en anger cremad_1001 cremad 0 high  IEO"
	row_is cremad/1076_IEO_FEA_LO "en fear cremad_1076 cremad 0 low  IEO"
	row_is cremad/1040_ITH_SAD_XX "en sadness cremad_1040 cremad 4   ITH"
	test "$(count)" -eq 3
	says "and 83 more are missing; 3 of 7,441 utterances" err
	echo "version https://git-lfs.github.com/spec/v1" \
		>AudioWAV/1001_IEO_ANG_HI.wav
	fails 1 "$recipes/cremad.sh" . >out 2>err
	says "git lfs pull" err
	test ! -s out
'
check 'EmoDB: letters of German words' '
	files wav/03a01Fa.wav wav/16b10Wb.wav wav/08a02La.wav wav/09a04Ea.wav \
		wav/10a05Ab.wav wav/11a07Ta.wav wav/12b01Nb.wav wav/13b02N.wav
	partly emodb .
	cut -f 4,7 out | sed 1d | tr "\t\n" " ;" >got
	grep -qx "happiness 0;boredom 1;disgust 2;fear 3;sadness 4;neutral 5;n\
eutral 6;anger 9;" got
	row_is emodb/03a01Fa "de happiness emodb_03 emodb 0   a01"
'
check 'nEMO: words from its table' '
	files samples/EB0_anger_1.wav samples/WR0_surprised_64.wav
	printf "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\n" \
		>data.tsv
	printf "EB0_anger_1.wav\tanger\tLubię czytać.\tlubię\t    EB0\n" \
		>>data.tsv
	partly nemo .
	row_is nemo/EB0_anger_1 "pl anger nemo_EB0 nemo 0   Lubię czytać."
	row_is nemo/WR0_surprised_64 "pl surprise nemo_WR0 nemo 8   64"
'
check 'TESS: alone or in folders, and a slip' '
	files OAF_back_angry.wav OAF_neutral/OA_bite_neutral.wav \
		YAF_happy/YAF_back_happy.wav YAF_ps/YAF_back_ps.wav
	partly tess .
	row_is tess/OAF_bite_neutral "en neutral tess_OAF tess 0   bite"
	row_is tess/YAF_back_ps "en surprise tess_YAF tess 1   back"
	test "$(count)" -eq 4
'
check 'SAVEE: 480 by folder, though files have one name' '
	for man in DC JE JK KL
	do
		mkdir -p AudioData/$man
		for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15
		do
			for letter in a d f h sa su n
			do
				: >AudioData/$man/$letter$i.wav
			done
			: >AudioData/$man/n$((${i#0} + 15)).wav
		done
	done
	: >AudioData/Info.txt
	whole savee .
	test "$(count)" -eq 480 -a "$(count 4 neutral)" -eq 120
	row_is savee/JE_sa03 "en sadness savee_JE savee 1   sa03"
	row_is savee/JE_su03 "en surprise savee_JE savee 1   su03"
	cp -r AudioData copy
	"$recipes/savee.sh" . >out 2>err
	says "savee: 480 more" err
	test "$(count)" -eq 480
'
check 'EMOVO: 588 by actor' '
	for actor in f1 f2 f3 m1 m2 m3
	do
		mkdir $actor
		for label in dis gio neu pau rab sor tri
		do
			for s in b1 b2 b3 d1 d2 l1 l2 l3 l4 n1 n2 n3 n4 n5
			do
				: >$actor/$label-$actor-$s.wav
			done
		done
	done
	whole emovo .
	: >m3/rab-m3-l5.wav
	fails 1 "$recipes/emovo.sh" . >out 2>err
	says "emovo: 589 utterances, 1 more than expected" err
	row_is emovo/rab-m3-l2 "it anger emovo_m3 emovo 5   l2"
	row_is emovo/sor-f1-b1 "it surprise emovo_f1 emovo 0   b1"
	rm -r f2 m2 m3/rab-m3-l5.wav
	fails 1 "$recipes/emovo.sh" . >out 2>err
	says "emovo: speakers f2, m2 are missing; 392 of 588 utterances" err
'
# grid EMOTION SENTENCE: as Praat writes it
grid() {
	printf "File type = \"ooTextFile\"\nsize = 2\nitem []:\n"
	printf "    item [1]:\n        name = \"sentence\"\n"
	printf "        intervals [1]:\n            text = \"%s\"\n" "$2"
	printf "    item [2]:\n        name = \"emotion\"\n"
	printf "        intervals [1]:\n            text = \"%s\"\n" "$1"
}
check 'EKORPUS: labels and words from TextGrids' '
	files 105.wav 107.wav 109.wav
	grid joy "Ta ütles: \"\"Ei.\"\"" >105.TextGrid
	grid anger "Ei." >107.TextGrid
	fails 1 "$recipes/ekorpus.sh" . >out 2>err
	grep -qF "1 file is skipped (label or speaker is unknown): $PWD/1" err
	grep -qF "2 of 1,164 utterances" err
	sound out
	row_is ekorpus/105 \
		"et happiness ekorpus_1 ekorpus 0   Ta ütles: \"Ei.\""
	row_is ekorpus/107 "et anger ekorpus_1 ekorpus 0   Ei."
'
check 'Oréau: of two versions the second' '
	files OréauFR_01/m/sessc/07a01Ca.wav OréauFR_02/m/sessc/07a01Ca.wav \
		OréauFR_02/f/sesst/42a10Ta.wav OréauFR_01/f/sesss/10a01Sa.wav
	partly oreau .
	row_is oreau/07a01Ca "fr anger oreau_07 oreau 2   a01"
	row_is oreau/42a10Ta "fr sadness oreau_42 oreau 2   a10"
	test "$(count)" -eq 2
	grep -q OréauFR_02/m/sessc out
	partly oreau OréauFR_02/
'
check 'names with blanks are fine, those that are not UTF-8 are named' '
	files "a b/Joie/Fort/01-J-2-1.wav" \
		"a b/Col$(printf "\212")re/01-C-1-1.wav"
	fails 1 "$recipes/cafe.sh" "a b" >out 2>err
	grep -q "1 file is skipped (name is not UTF-8;" err
	test "$(count)" -eq 1
	grep -qF "$PWD/a b/Joie/Fort/01-J-2-1.wav	" out
	wc -l <err | grep -qx 2
'
check 'a wrong directory, or none, is one line' '
	mkdir empty
	for recipe in cafe cremad ekorpus emodb emovo fesc iemocap nemo oreau \
		ravdess savee tess
	do
		fails 1 "$recipes/$recipe.sh" empty >out 2>err
		says "$recipe: $PWD/empty has no utterances (expected" err
		test ! -s out
		fails 1 "$recipes/$recipe.sh" "./no where" 2>err
		says "$recipe: ./no where is not a directory" err
		fails 2 "$recipes/$recipe.sh" 2>err
		says "usage: $recipe.sh DIR" err
	done
'
check 'several corpora in one manifest, which wavread reads' '
	mkdir -p tess savee/AudioData/DC
	sox -n -r 16000 -b 16 tess/YAF_back_ps.wav synth .3 sine 200
	cp tess/YAF_back_ps.wav savee/AudioData/DC/a01.wav
	fails 1 "$recipes/manifest.sh" tess=tess savee=savee >out 2>err
	sound out
	test "$(count)" -eq 2
	wc -l <err | grep -qx 2
	wavread -M out | framedump --json >frames
	grep -qF "\"id\":\"savee/DC_a01\"" frames
	grep -qF "\"label\":\"anger\"" frames
	grep -qF "\"label\":\"surprise\"" frames
	grep -qF "\"fold\":\"1\"" frames
	fails 2 "$recipes/manifest.sh" lib=. 2>err
	says "no recipe for lib" err
	fails 2 "$recipes/manifest.sh" emo=. 2>err
	says "no recipe for emo, only for cafe cremad" err
	fails 2 "$recipes/manifest.sh" 2>err
	says "savee tess; usage:" err
	fails 2 "$recipes/manifest.sh" tess 2>err
	says "tess is not CORPUS=DIR" err
'
finish
