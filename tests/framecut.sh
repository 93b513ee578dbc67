#!/bin/sh
# framecut(1): which fields, which utterances.
. "$(dirname "$0")/lib.sh"
data=$top/tests/data

# fields FILE: the names of the fields of its first utterance, on one line
fields() {
	framedump -n 1 "$1" | sed -n "s/^  \([^ ]*\) .*/\1/p" | tr "\n" " "
}

# ids FILE: all ids, on one line
ids() {
	framedump "$1" | sed -n "s/^utterance .\(.*\).$/\1/p" | tr "\n" " "
}

check '--keep leaves the named fields, and the id' '
	framecut --keep rate,label "$data/corpus.frames" >out
	test "$(fields out)" = "label rate "
	test "$(ids out | wc -w)" -eq 12
'
check '--drop removes them' '
	framecut --drop features,logits,classes "$data/corpus.frames" >out
	test "$(fields out)" = "language label speaker rate start "
'
check 'a star stands for any ending' '
	framecut --drop "l*,s*" "$data/corpus.frames" >out
	test "$(fields out)" = "rate features classes "
	framecut --keep "*" "$data/corpus.frames" >out
	framecmp -t 0 out "$data/corpus.frames"
	framecut --drop "*" "$data/corpus.frames" >out
	test "$(ids out | wc -w)" -eq 12
	test -z "$(fields out)"
'
check 'a pattern that matches nothing is said' '
	framecut --keep "lable,la*" "$data/corpus.frames" >out 2>err
	says "framecut: no utterance has \"lable\"" err
'
check 'a condition on a key that no utterance has is said' '
	framecut --where "lable!=neutral" --where label=sadness \
		"$data/corpus.frames" 2>err >out
	says "framecut: no utterance has \"lable\"" err
	shuffle --where "lable!=neutral" "$data/corpus.frames" 2>err >out
	says "shuffle: no utterance has \"lable\"" err
'
check 'a condition that no utterance meets is said' '
	framecut --where label=anger,fear "$data/corpus.frames" 2>err >out
	says "corpus.frames: no utterance of 12 matches --where" err
'
check '--where selects by text, and drops nothing' '
	framecut --where language=fi "$data/corpus.frames" >out
	test "$(ids out)" = "u00 u03 u06 u09 "
	framedump -jH out | grep -F "\"utterances\":4,\"dropped\":0}"
'
check '--where selects by number, however it is written' '
	framecut --where start=1.50 "$data/corpus.frames" >out
	test "$(ids out)" = "u01 "
	framecut --where rate=16e3 "$data/corpus.frames" >out
	test "$(ids out | wc -w)" -eq 12
	framecut --where rate=fast "$data/corpus.frames" >out
	test -z "$(ids out)"
'
check 'several --where must all hold' '
	framecut -w language=en -w label!=neutral "$data/corpus.frames" >out
	test "$(ids out)" = "u01 u02 "
'
check 'a missing field is as if it were empty' '
	framecut --where emotion!= "$data/corpus.frames" >out
	test -z "$(ids out)"
	framecut --where emotion= "$data/corpus.frames" >out
	test "$(ids out | wc -w)" -eq 12
'
check 'what is neither text nor number is not missing' '
	framecut --where features!= "$data/corpus.frames" >out
	test "$(ids out | wc -w)" -eq 12
	framecut --where features= "$data/corpus.frames" >out 2>err
	test -z "$(ids out)"
'
check 'a value may hold an equals sign' '
	framecut --where label=a=b "$data/corpus.frames" >out
	test -z "$(ids out)"
'
check 'bad options are usage errors' '
	fails 2 framecut --keep a --drop b "$data/corpus.frames" >out
	fails 2 framecut --keep "a*b" "$data/corpus.frames" >out
	fails 2 framecut --keep "" "$data/corpus.frames" >out
	fails 2 framecut --keep , "$data/corpus.frames" >out
	fails 2 framecut --where label "$data/corpus.frames" >out
	fails 2 framecut --where =fi "$data/corpus.frames" >out
	fails 2 framecut --where !=fi "$data/corpus.frames" >out
	test ! -s out
'
finish
