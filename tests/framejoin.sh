#!/bin/sh
# framejoin(1): fields of other streams, by id.
. "$(dirname "$0")/lib.sh"
data=$top/tests/data
base=$dir/base
logits=$dir/logits
framecut -d logits,classes "$data/corpus.frames" >"$base"
framecut -k logits,classes "$data/corpus.frames" >"$dir/inorder"
shuffle -s 3 "$dir/inorder" >"$logits"

check 'fields come together by id, in whatever order' '
	framejoin "$base" "$logits" >out
	framecmp -t 0 out "$data/corpus.frames"
'
check 'the first may be standard input' '
	framejoin - "$logits" <"$base" >out
	framecmp -t 0 out "$data/corpus.frames"
'
check 'the others may not be pipes' '
	cat "$logits" | fails 1 framejoin "$base" - >out 2>err
	says "must be a file, not a pipe" err
	test ! -s out
'
check '--prefix renames and --keys chooses' '
	framejoin -k logits -p logits=teacher.en.logits "$base" "$logits" >out
	framedump -n 1 out | grep "^  teacher.en.logits \[3\]"
	! framedump -n 1 out | grep classes
	framejoin --prefix =teacher.fi. "$base" "$logits" >out
	fails 2 framejoin -p a=b,c=d "$base" "$logits" 2>err
	fails 2 framejoin -p a "$base" "$logits" 2>err
	fails 2 framejoin -p "a=$(printf "\377")" "$base" "$logits" 2>err
	framedump -n 1 out | grep "^  teacher.fi.logits \[3\]"
	framedump -n 1 out | grep "^  teacher.fi.classes \["
'
check 'several files are joined at once' '
	framecut -k logits "$logits" >l
	framecut -k classes "$logits" >c
	framejoin "$base" l c >out
	framecmp -t 0 out "$data/corpus.frames"
'
check 'what is said alike on both sides is no conflict' '
	framejoin "$data/corpus.frames" "$data/corpus.frames" >out
	framecmp -t 0 out "$data/corpus.frames"
'
check 'another value is an error without --replace' '
	fails 1 framejoin -p start=rate "$base" "$data/corpus.frames" \
		>out 2>err
	says "framejoin: u00: has \"rate\" already, with another value" err
	framejoin --replace -k start -p start=rate "$base" \
		"$data/corpus.frames" >out
	framecut -w rate=16.5 out | framedump | grep -F "\"u11\""
'
check 'an id that a file lacks is dropped and named' '
	framecut -w speaker!=s1 "$data/corpus.frames" |
		framecut -k logits,classes >some
	fails 1 framejoin "$base" some >out 2>err
	test "$(wc -l <err)" -eq 3
	grep "^framejoin: u05: dropped: not in some$" err
	framedump -jH out | grep "\"utterances\":9,\"dropped\":3"
'
check 'long tensors of other streams are few values' '
	wavread "$top"/examples/*.flac >sound
	featurize sound >heard
	framejoin sound heard >out
	framecmp -t 0 out heard
'
check '--partial passes it on' '
	framecut -k logits,classes,speaker "$data/corpus.frames" |
		framecut -w speaker!=s1 >some
	framejoin --partial "$base" some >out
	test "$(framedump out | grep -c "^utterance")" -eq 12
	test "$(framedump out | grep -c "^  logits")" -eq 9
'
check 'a file of which nothing is wanted is said to be so' '
	wavread "$top"/examples/*.flac | framecut -d audio >other
	framejoin --partial "$base" other "$logits" >out 2>err
	says "other: none of its ids is in the stream: its first is \"" err
	framejoin --partial "$base" "$logits" >out 2>err
	test ! -s err
'
check 'an id twice in a file is an error, twice in the first is fine' '
	cat "$base" "$base" >two
	framejoin two "$logits" >out
	test "$(framedump out | grep -c "^  logits")" -eq 24
	cat "$logits" "$logits" >two
	fails 1 framejoin "$base" two >out 2>err
	says "framejoin: two: has \"u" err
'
check 'the history takes in how both were made' '
	framejoin "$base" "$logits" | framedump -n 0 -H >out
	grep "framecut -d logits.*framecut -k logits.*shuffle.*framejoin" out
'
check 'a cut file is an error at once' '
	head -c 1000 "$logits" >cut
	fails 1 framejoin "$base" cut >out 2>err
	says "framejoin: cut: " err
	test ! -s out
'
check 'a misspelt key is said' '
	framejoin -k logitz "$base" "$logits" >out 2>err
	says "framejoin: no utterance has \"logitz\"" err
'
check 'bad usage exits 2' '
	fails 2 framejoin "$base" 2>err
	fails 2 framejoin -p nothing "$base" "$logits" 2>err
	fails 1 framejoin -p "logits=id" "$base" "$logits" >out 2>err
	says "which cannot be a field" err
'
finish
