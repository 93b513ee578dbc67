#!/bin/sh
# shuffle(1): order, draws, parts.
. "$(dirname "$0")/lib.sh"
data=$top/tests/data

# ids FILE: all ids, one a line
ids() {
	framedump --values 0 "$1" | sed -n "s/^utterance .\(.*\).$/\1/p"
}

# labels FILE: "count label" lines
labels() {
	framedump --values 0 "$1" | sed -n "s/^  label *.\(.*\).$/\1/p" |
		sort | uniq -c | sed "s/^ *//"
}

check 'every utterance comes once, whole, in another order' '
	shuffle -s 1 "$data/corpus.frames" >out
	ids "$data/corpus.frames" >want
	ids out >got
	fails 1 cmp -s want got
	sort got | diff want -
	framejoin "$data/corpus.frames" out | framecmp -t 0 - \
		"$data/corpus.frames"
'
check 'the seed decides the order' '
	shuffle -s 1 "$data/corpus.frames" | framecut >a
	shuffle -s 1 "$data/corpus.frames" | framecut >b
	cmp a b
	shuffle -s 2 "$data/corpus.frames" | framecut >b
	fails 1 framecmp -q a b
'
check 'several files, and several runs, become one run' '
	cat "$data/corpus.frames" "$data/none.frames" >two
	shuffle two "$data/python.frames" >out
	framedump -H out >text
	test "$(grep -c ^header text)" -eq 1
	test "$(grep -c ^utterance text)" -eq 13
	tail -n 3 text >end
	printf "end\n  utterances       13\n  dropped          2\n" | diff - end
'
check '--keep-order keeps it' '
	shuffle -k "$data/corpus.frames" | framecmp -t 0 - "$data/corpus.frames"
'
check '--count below the number takes each at most once' '
	shuffle -n 7 -s 5 "$data/corpus.frames" >out
	test "$(ids out | wc -l)" -eq 7
	test "$(ids out | sort -u | wc -l)" -eq 7
'
check '--count above it repeats each as often, give or take one' '
	shuffle -n 31 "$data/corpus.frames" >out
	test "$(ids out | wc -l)" -eq 31
	ids out | sort | uniq -c | awk "\$1 < 2 || \$1 > 3 { exit 1 }"
	test "$(ids out | sort -u | wc -l)" -eq 12
'
check '--balance with power 1 makes groups equal' '
	shuffle -n 36 -b label -p 1 "$data/corpus.frames" >out
	labels out >got
	printf "12 anger\n12 neutral\n12 sadness\n" | diff - got
'
check '--balance with power 0 changes nothing' '
	shuffle -b label -p 0 "$data/corpus.frames" >out
	test "$(ids out | sort -u | wc -l)" -eq 12
'
check '--balance with power .5 gives groups the root of their share' '
	shuffle -n 541 -b label "$data/corpus.frames" >out
	labels out | awk "
		\$2 == \"anger\" && \$1 >= 99 && \$1 <= 101 { n++ }
		\$2 == \"sadness\" && \$1 >= 140 && \$1 <= 143 { n++ }
		\$2 == \"neutral\" && \$1 >= 291 && \$1 <= 309 { n++ }
		END { exit n != 3 }"
'
check 'a group is all of the fields together' '
	shuffle -n 50 -b language,label -p 1 "$data/corpus.frames" >out
	for group in "fi anger" "en sadness" "fi neutral" "en neutral"
	do
		set -- $group
		framecut -w "language=$1" -w "label=$2" out >some
		test "$(ids some | wc -l)" -ge 11
		test "$(ids some | wc -l)" -le 14
	done
'
check 'a field to balance by that nothing has is an error' '
	fails 1 shuffle -b lable "$data/corpus.frames" >out 2>err
	says "shuffle: no utterance has a \"lable\" to balance by" err
	test ! -s out
'
check '--where chooses' '
	shuffle -w language=fi "$data/corpus.frames" >out
	test "$(ids out | sort | tr "\n" " ")" = "u00 u03 u06 u09 "
	shuffle -w language=sv "$data/corpus.frames" >out 2>err
	says "no utterance matches --where" err
	framedump -jH out | grep "\"utterances\":0"
'
check 'the two parts of a split share nothing and lack nothing' '
	shuffle --split 1:1 --part 1 "$data/corpus.frames" >a
	shuffle --split 1:1 --part 2 -s 9 "$data/corpus.frames" >b
	test -n "$(ids a)"
	test -n "$(ids b)"
	ids "$data/corpus.frames" >want
	{ ids a; ids b; } | sort | diff want -
'
check 'three parts, too, share nothing and lack nothing' '
	for part in 1 2 3
	do
		shuffle -k --split 2:1:1 --part $part "$data/corpus.frames" |
			framedump -j | sort >part.$part
		test -s part.$part
	done
	framedump -j "$data/corpus.frames" | sort >all
	sort part.1 part.2 part.3 | cmp - all
	shuffle -k --split 2:2 "$data/corpus.frames" >half
	shuffle -k --split 1:1 half | framedump -j | sort | cmp - part.1
	shuffle --split 1:1 --part 2 half 2>err | framedump -j >none
	test ! -s none
	says "this part is empty" err
	for split in 1:1:1:1:1:1:1:1:1:1 1:1: :1:1 1::1 1:x:1
	do
		fails 2 shuffle --split $split "$data/corpus.frames"
	done
	fails 2 shuffle --split 1:1:1 --part 4 "$data/corpus.frames"
	fails 2 shuffle --split 1:1:1 --part 0 "$data/corpus.frames"
	fails 2 shuffle --split 1:1:1 --part x "$data/corpus.frames"
'
check 'the seed does not change a split' '
	shuffle --split 2:1 -k -s 1 "$data/corpus.frames" >a
	shuffle --split 2:1 -k -s 2 "$data/corpus.frames" >b
	framecmp -t 0 a b
'
check '--by keeps a speaker on one side' '
	shuffle --split 1:1 --by speaker --part 1 "$data/corpus.frames" >a
	shuffle --split 1:1 --by speaker --part 2 "$data/corpus.frames" >b
	who() { framedump "$1" | grep "^  speaker" | sort -u; }
	who a >first
	who b >second
	test -s first
	test -s second
	test "$(cat first second | sort -u | wc -l)" -eq 4
	test "$(cat first second | wc -l)" -eq 4
'
check 'an utterance that cannot be split is an error' '
	fails 1 shuffle --split 1:1 --by singer "$data/corpus.frames" \
		>out 2>err
	says "shuffle: u00: no \"singer\" to split by" err
	test ! -s out
'
check 'long values are passed over and yet copied' '
	{
		printf "\202\245frame\246header\247version\001"
		for id in a b c
		do
			printf "\203\245frame\251utterance\242id\241$id"
			printf "\241x\305\177\377"
			head -c 32767 /dev/zero | tr "\\0" "$id"
		done
		printf "\203\245frame\243end\252utterances\003\247dropped"
		printf "\000"
	} >long
	framecut <long >/dev/null
	shuffle -k long | framecmp -t 0 - long
	shuffle -k --where x!= long 2>err | framecmp -t 0 - long
	test ! -s err
	size=$(wc -c <long)
	cat "$data/corpus.frames" long >both
	{
		head -c $(wc -c <"$data/corpus.frames") >/dev/null
		shuffle -k -
	} <both | framecmp -t 0 - long
	for cut in 60 1000 32000 33000 90000 $((size - 1))
	do
		head -c "$cut" long >part
		fails 1 shuffle part >out 2>err
		says "shuffle: part: " err
		test ! -s out
	done
'
check 'a pipe is refused' '
	cat "$data/corpus.frames" | fails 1 shuffle - >out 2>err
	says "must be a file, not a pipe" err
	shuffle - <"$data/corpus.frames" >out
'
check 'a full disk is an error' '
	test -w /dev/full || exit 0
	fails 1 shuffle "$data/corpus.frames" >/dev/full 2>err
	says "shuffle: write <stdout>: No space left on device" err
'
check 'a text is as long as it is' '
	long=$(printf "z%.0s" $(seq 20000))
	sox -n -r 16000 -b 16 x.wav synth .1 sine 300
	printf "path\tid\tlabel\nx.wav\t%s\t%s\n" "$long" "$long" >m.tsv
	wavread -M m.tsv >in
	shuffle -w label="$long" in | framecut -k id | framedump >out
	grep -q "$long" out
'
check 'bad usage exits 2' '
	fails 2 shuffle 2>err
	fails 2 shuffle --split 3 "$data/corpus.frames" 2>err
	fails 2 shuffle --split 0:1 "$data/corpus.frames" 2>err
	fails 2 shuffle --split a:b "$data/corpus.frames" 2>err
	fails 2 shuffle --split 1e-200:1e200 "$data/corpus.frames" 2>err
	fails 2 shuffle --split 1e308:1e308 "$data/corpus.frames" 2>err
	fails 2 shuffle --power .5 "$data/corpus.frames" >out 2>err
	grep -q "no effect without --balance" err
	fails 2 shuffle --part 2 "$data/corpus.frames" >out 2>err
	grep -q "no effect without --split" err
	test ! -s out
	fails 2 shuffle --by speaker "$data/corpus.frames" 2>err
	grep -q "no effect without --split" err
	fails 2 shuffle --split 1:1 --part 3 "$data/corpus.frames" 2>err
	grep -q "part 3: want 1 to 2" err
	fails 2 shuffle --part 3 "$data/corpus.frames" 2>err
	fails 2 shuffle --power 2 "$data/corpus.frames" 2>err
'
finish
