#!/bin/sh
# framecmp(1): equal within a tolerance, or what differs.
. "$(dirname "$0")/lib.sh"
data=$top/tests/data

# stream NUMBER TEXT FLOAT32: an utterance "a"; FLOAT32 in octal, big-endian
stream() {
	printf "\202\245frame\246header\247version\001"
	printf "\205\245frame\251utterance\242id\241a\241n$1\241t\243$2\241x"
	printf "\205\304\002nd\303\304\004type\243<f4\304\004kind\304\000"
	printf "\304\005shape\221\002\304\004data\304\010\000\000\200\077$3"
	printf "\203\245frame\243end\252utterances\001\247dropped\000"
}

check 'a stream equals itself' '
	framecmp -t 0 "$data/corpus.frames" "$data/corpus.frames" >out
	test ! -s out
	framecmp - "$data/corpus.frames" <"$data/corpus.frames"
'
check 'a number within the tolerance is equal, one beyond it is not' '
	stream "\001" abc "\000\000\200\077" >a
	stream "\001" abc "\001\000\200\077" >b
	framecmp a b
	fails 1 framecmp -t 0 a b >out
	says "a: x: 1 and 1.00000012 at [1], the most of 1 that differ" out
	stream "\002" abc "\000\000\200\077" >c
	fails 1 framecmp a c >out
	says "a: n: 1 and 2" out
	framecmp -t .34 a c
	fails 1 framecmp -t .33 a c >out
'
check 'numbers of 64 bits are compared as they are' '
	for octet in 067 107
	do
		stream "\317\020\0\0\0\0\0\0\001" abc "" |
			sed "s/<f4/<f8/" >whole
		head -c $(($(wc -c <whole) - 38)) whole
		printf "\304\020\0\0\0\0\0\0\0\0"
		printf "\234\165\0\210\074\344\\$octet\176"
		tail -c 32 whole
	done >both
	size=$(($(wc -c <both) / 2))
	head -c $size both >a
	tail -c $size both >b
	fails 1 framecmp -t .1 a b >out
	says "a: x: 1e+300 and 2e+300 at [1]" out
	framecmp -t 1 a b
	stream "\317\020\0\0\0\0\0\0\001" abc "\000\000\200\077" >a
	stream "\317\020\0\0\0\0\0\0\002" abc "\000\000\200\077" >b
	framecmp a b
	fails 1 framecmp -t 0 a b >out
	says "a: n: " out
'
check 'NaN equals NaN and nothing else' '
	stream "\001" abc "\000\000\300\177" >a
	stream "\001" abc "\000\000\200\077" >b
	framecmp -t 0 a a
	fails 1 framecmp -t 1e9 a b >out
	says "a: x: nan and 1 at [1]" out
	fails 1 framecmp -t 1e9 b a >out
'
check 'texts must be equal' '
	stream "\001" abc "\000\000\200\077" >a
	stream "\001" abd "\000\000\200\077" >b
	fails 1 framecmp a b >out
	says "a: t: \"abc\" and \"abd\"" out
	framecmp --keys "x,n" a b
'
check 'a field on one side alone is a difference' '
	framecut -d label,rate "$data/corpus.frames" | framecut -w start=0 >a
	framecut -d rate "$data/corpus.frames" | framecut -w start=0 >b
	fails 1 framecmp a b >out
	says "u00: label: only in the second" out
	fails 1 framecmp b a >out
	says "u00: label: only in the first" out
'
check 'the number of utterances counts' '
	framecut -w start!=16.5 "$data/corpus.frames" >a
	fails 1 framecmp a "$data/corpus.frames" >out
	says "11 and 12 utterances" out
'
check 'their order counts' '
	shuffle -s 1 "$data/corpus.frames" >a
	fails 1 framecmp a "$data/corpus.frames" >out
	says "utterance 1: " out
'
check 'at most ten differences are printed' '
	framecut -d rate "$data/corpus.frames" >a
	fails 1 framecmp a "$data/corpus.frames" >out
	test "$(wc -l <out)" -eq 10
	fails 1 framecmp -q a "$data/corpus.frames" >out
	test ! -s out
'
check '-v prints the difference of each field' '
	stream "\001" abc "\000\000\200\077" >a
	stream "\003" abc "\000\000\000\100" >b
	fails 1 framecmp -v a b >out
	grep "^n  *differs by at most 2 in 1 utterances" out
	grep "^x  *differs by at most 1 in 1 utterances" out
'
check 'a misspelt key proves nothing' '
	fails 1 framecmp -k lable "$data/corpus.frames" \
		"$data/corpus.frames" 2>err
	says "framecmp: no utterance has \"lable\"" err
	framecut -w id!=u00 "$data/corpus.frames" >later
	fails 1 framecmp -k audio "$data/corpus.frames" later 2>err
	fails 1 grep "no utterance has" err
'
check 'a stream that is cut is an error, also after a difference' '
	head -c 4000 "$data/corpus.frames" >cut
	fails 1 framecmp "$data/python.frames" cut >out 2>err
	says "framecmp: cut: " err
'
check 'a full disk is an error' '
	test -w /dev/full || exit 0
	fails 1 framecmp "$data/python.frames" "$data/corpus.frames" \
		>/dev/full 2>err
	says "framecmp: write <stdout>: No space left on device" err
'
check 'bad usage exits 2' '
	fails 2 framecmp "$data/corpus.frames" 2>err
	fails 2 framecmp - - 2>err
	fails 2 framecmp -t -1 a b 2>err
'
finish
