#!/bin/sh
# What every filter does with a stream, good or bad, shown on framecut.
. "$(dirname "$0")/lib.sh"
data=$top/tests/data

check 'a stream passes unchanged but for the history' '
	framecut <"$data/corpus.frames" >out
	framecmp -t 0 out "$data/corpus.frames"
	framedump -n 0 --header out | grep -F "[\"make.py\",\"framecut\"]"
'
check 'values pass byte for byte, whatever they are' '
	framecut <"$data/python.frames" >out
	tail -c 400 "$data/python.frames" >want
	tail -c 400 out | cmp - want
'
check 'the history quotes words as the shell does' "
	framecut -w \"label=it's so\" <\"\$data/corpus.frames\" |
		framedump -n 0 -H |
		grep -F \"framecut -w 'label=it'\\\\\\\\''s so'\"
"
check 'an empty stream is fine, and its dropped count passes' '
	framecut <"$data/none.frames" | framedump --json --header >out
	grep -F "{\"frame\":\"end\",\"utterances\":0,\"dropped\":2}" out
'
check 'nobody drops fewer than none' '
	sed "s/dropped.$/dropped$(printf "\375")/" "$data/none.frames" >less
	fails 1 framecut <less >out 2>err
	says "the end frame counts -3 utterances as dropped" err
'
check 'two streams, one after the other, are a stream' '
	cat "$data/corpus.frames" "$data/none.frames" "$data/python.frames" |
		framecut >out
	test "$(framedump out | grep -c ^utterance)" -eq 13
	test "$(framedump -H out | grep -c ^header)" -eq 3
'
for file in "$data"/bad-*.frames
do
	check "refused with one line: $(basename "$file" .frames)" '
		fails 1 framecut <"$file" >out 2>err
		says "framecut: <stdin>: " err
		fails 1 framecut "$file" >out 2>err
		says "framecut: $file: " err
	'
done
check 'an utterance that lacks what a filter needs is dropped by name' '
	wavread --label anger "$top/examples/sad-de.flac" >audio
	featurize <audio >features
	predict --frames features >logits
	# odd KEY STREAM FILTER...: two utterances about one without the key
	odd() {
		framecut -d "$1" <"$2" | cat "$2" - "$2" >mixed
		key=$1 stream=$2
		shift 2
		fails 1 "$@" <mixed >out 2>err
		says "sad-de.flac: dropped: $key: missing" err
		framecut -d "$key" <"$stream" | cat - "$stream" >mixed
		fails 1 "$@" <mixed 2>err >none
		says "no \"$key\"" err
	}
	odd features features predict
	test "$(wc -l <out)" -eq 3
	for filter in "featurize" "augment --gain 1:2"
	do
		odd audio audio $filter
		test "$(framedump out | grep -c ^utterance)" -eq 2
	done
	for by in utterance stream
	do
		odd features features cmvn --by $by
		test "$(framedump out | grep -c ^utterance)" -eq 2
	done
	for scope in utterance batch
	do
		odd logits logits kd-loss -L 0 --scope $scope
		odd classes logits kd-loss -L 0 --scope $scope
		test "$(framedump out | grep -c ^utterance)" -eq 2
	done
'
check 'the reasons are said' '
	reason() {
		fails 1 framecut <"$data/bad-$1.frames" >out 2>err
		says "$2" err
	}
	reason array-2g-filled "more than 65536 items"
	reason bin-2g "more than 1 GiB"
	reason bin-900m "cut inside a frame (did the filter before it fail?)"
	reason fields-2g "more than 1024 fields"
	reason nested-9 "nested more than 8 deep"
	reason key-long "a key that is not text of at most 255 bytes"
	reason key-twice "two \"a\""
	reason header-only "without its end frame (did the filter before"
	reason header-twice "a header where the end frame should be"
	reason header-old "stream version 0"
	reason end-wrong "the end frame counts 3 utterances, but there were 0"
	reason trailing "after the end frame"
	reason empty "empty, not even a header (did the filter before"
	reason text "not a stream of frames"
'
check 'an end frame without a count is an error' '
	sed "s/utterances/utterancez/" "$data/none.frames" >x
	fails 1 framecut x 2>err >out
	says "the end frame does not count its utterances" err
'
check 'what is announced is not allocated before it has come' '
	case ${BIN-} in *san*) exit 0 ;; esac
	ulimit -v 150000
	for name in array-2g map-2g bin-900m array-2g-filled fields-2g
	do
		fails 1 framecut <"$data/bad-$name.frames" >out 2>err
		says "framecut: <stdin>: " err
		! grep "out of memory" err
	done
'
check 'a stream cut at any byte is an error of one line' '
	framecut -w label=anger <"$data/corpus.frames" >short
	size=$(wc -c <short)
	test "$size" -gt 200
	i=0
	while test "$i" -lt "$size"
	do
		head -c "$i" short >cut
		fails 1 framecut <cut >out 2>err
		says "framecut: <stdin>: " err
		i=$((i + 1))
	done
	framecut <short >out
'
check 'a failed filter fails the one after it' '
	{ framecut <"$data/bad-end-cut.frames" 2>first || :; } |
		fails 1 framecut >out 2>err
	says "framecut: <stdin>: " first
	says "did the filter before it fail?" err
'
check 'a full disk is an error' '
	test -w /dev/full || exit 0
	fails 1 framecut <"$data/corpus.frames" >/dev/full 2>err
	says "framecut: write <stdout>: No space left on device" err
'
check 'a closed pipe is a failure, but no news' '
	mkfifo pipe
	(exec 3<pipe; exec 3<&-) &
	exec 4>pipe
	wait
	status=0
	framecut <"$data/corpus.frames" >&4 2>err || status=$?
	test "$status" -eq 1
	test ! -s err
'
check 'a directory is no stream' '
	fails 1 framecut . 2>err
	says "framecut: .: is a directory" err
	fails 1 framecut <. 2>err
	says "framecut: read <stdin>: Is a directory" err
'
check 'a recording is no stream, and known as one' '
	fails 1 framecut "$top/examples/sad-de.flac" 2>err
	says "sad-de.flac: a recording, not a stream of frames (wavread" err
	for begin in "RIFF\1\2\3\4WAVE" OggS "ID3\4"
	do
		printf "$begin" | fails 1 framecut 2>err
		says "<stdin>: a recording, not a stream" err
	done
	for begin in R RIF RIFE IDE Ogg
	do
		printf "$begin" | fails 1 framecut 2>err
		says "<stdin>: not a stream" err
	done
'
check 'a missing file is named' '
	fails 1 framecut nowhere 2>err
	says "framecut: nowhere: No such file or directory" err
'
check 'a name with control characters stays one line' '
	fails 1 framecut "$(printf "a\nb\033[2J")" 2>err
	says "framecut: a?b?[2J: No such file" err
'
check 'frames leave as they come, not at the end of the stream' '
	mkfifo to from
	framecut <to >from &
	exec 3>to 4<from
	head -c 4000 "$data/corpus.frames" >&3
	head -c 1000 <&4 >out
	test "$(wc -c <out)" -eq 1000
	kill $!
'
check 'help and version go to standard output' '
	framecut --help >out 2>err
	grep "^usage: framecut" out
	test ! -s err
	framecut --version >out
	grep "^framecut (tunne) [0-9]" out
	test -w /dev/full || exit 0
	fails 1 framecut --help >/dev/full 2>err
	says "write <stdout>" err
'
check 'a usage error is two lines and exit 2' '
	fails 2 framecut --nonsense 2>err
	grep "^framecut: unrecognized option" err
	grep "^Try .framecut --help" err
	fails 2 framecut --keep 2>err
	fails 2 framecut a b 2>err
	grep "unexpected operand: b" err
	test "$(wc -l <err)" -eq 2
'
check 'a history that no frame has room for begins later' '
	{
		printf "\203\245frame\246header\247version\001"
		printf "\247history\335\000\000\377\360"
		yes "$(printf "\241x")" | head -n 65520 | tr -d "\n"
		printf "\203\245frame\243end\252utterances\000\247dropped\000"
	} >long
	framecut long >out
	framedump -j -H out | head -n 1 >head
	grep -q "\[\"...\",\"x\".*cut long\"\]" head
	framecut out >again
'
check 'a test finds its programs whatever CDPATH says' '
	cd "$top"
	export CDPATH="$top"
	tests/framecut.sh
'
check 'what is read and written at once is refused, not read for ever' '
	cp "$top/tests/data/corpus.frames" f
	cp f kept
	fails 1 framecut f >>f 2>err
	says "f: is also the output" err
	fails 1 framecut <f >>f 2>err
	says "<stdin>: is also the output" err
	cmp f kept
	fails 1 framecut f >f 2>err
	says "f: is also the output" err
'
finish
