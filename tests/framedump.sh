#!/bin/sh
# framedump(1): text, JSON, how much of it.
. "$(dirname "$0")/lib.sh"
data=$top/tests/data

check 'a line for each field' '
	framedump "$data/python.frames" >out
	cat >want <<-\END
	utterance "python"
	  floats           [3]  min -3  mean 0.166667  max 2.5  1 2.5 -3
	  doubles          [2,2]  min 0.1  mean 0.25  max 0.4  0.1 0.2 0.3 0.4
	END
	head -n 3 out | diff want -
	grep -F "  empty            [0,4]" out
	grep -F "  loss             0.75" out
	grep -F "  label            \"ilo\"" out
	grep -F "  nested           {\"a\":[1,{\"b\":\"c\"}]}" out
'
check 'keys of text are read as those of bytes' '
	framedump "$data/python-text.frames" >text
	framedump "$data/python.frames" | diff - text
'
check 'JSON has a line for each utterance, tensors in full' '
	framedump --json "$data/corpus.frames" >out
	test "$(wc -l <out)" -eq 12
	framedump --json "$data/python.frames" >out
	grep -F "\"floats\":[1,2.5,-3],\"doubles\":[[0.1,0.2],[0.3,0.4]]" out
	grep -F "\"note\":\"$(printf "\303\244\360\237\230\200")\"" out
	grep -F "\"negative\":-70000,\"real\":0.1,\"nothing\":null" out
	grep -F "\"raw\":{\"bin\":\"00ff\"}" out
'
check 'controls do not reach the terminal' '
	{
		printf "\202\245frame\246header\247version\001"
		printf "\204\245frame\251utterance\242id\244a\033[m"
		printf "\244k\033[m\247b\302\233m\033\nc\243l\tm\306"
		printf "\000\000\000\001\033"
		printf "\203\245frame\243end\252utterances\001\247dropped\000"
	} >x.frames
	framedump x.frames >out
	cat >want <<-\END
	utterance "a\u001b[m"
	  k\u001b[m             "b\u009bm\u001b\nc"
	  l\tm              {"bin":"1b"}
	END
	diff want out
	framedump --json x.frames >out
	grep -F "\"k\\u001b[m\":\"b\\u009bm\\u001b\\nc\"" out
	fails 1 framecmp x.frames "$data/none.frames" >out
	fails 1 featurize <x.frames 2>>out
	fails 0 framecmp -v x.frames x.frames >>out
	predict x.frames 2>>out || :
	fails 1 grep "$(printf "[\001-\010\013-\037\177]")" out
	fails 1 grep "$(printf "\302\233")" out
'
check 'values that are not finite are counted' '
	{
		printf "\202\245frame\246header\247version\001"
		printf "\203\245frame\251utterance\242id\241a"
		printf "\241x\205\304\002nd\303\304\004type\243<f4"
		printf "\304\004kind\304\000\304\005shape\221\003"
		printf "\304\004data\304\014"
		printf "\000\000\200\077\000\000\300\177\000\000\200\177"
		printf "\203\245frame\243end\252utterances\001\247dropped\000"
	} >odd
	framedump odd >out
	grep -q "x  *\[3\]  min 1  mean 1  max 1  2 not finite  1 nan inf" out
	framedump --json --values 1 odd >out
	grep -q "\"max\":1,\"not_finite\":2,\"values\":\[1\]" out
'
check '--values cuts tensors down to their first values' '
	framedump --json --values 2 -n 1 "$data/corpus.frames" >out
	grep -F "\"logits\":{\"shape\":[3],\"min\":-1,\"mean\":-0.1666" out
	grep -F "\"max\":0.5,\"values\":[0,-1]}" out
	framedump --values 1 -n 1 "$data/corpus.frames" >out
	grep -F "max 0.5  0 ..." out
	framedump --values 0 -n 1 "$data/corpus.frames" >out
	grep "logits .*max 0.5 $" out
'
check '-n stops after N utterances, over all files' '
	framedump -n 14 "$data/corpus.frames" "$data/corpus.frames" >out
	test "$(grep -c ^utterance out)" -eq 14
	framedump -n 0 "$data/corpus.frames" >out
	test ! -s out
'
check '-n does not look at the rest' '
	head -c 2000 "$data/corpus.frames" >cut
	framedump -n 2 cut >out
	test "$(grep -c ^utterance out)" -eq 2
	fails 1 framedump cut >out 2>err
	says "framedump: cut: the stream is cut inside a frame" err
'
check '--header shows header and end' '
	framedump --header "$data/none.frames" >out
	cat >want <<-\END
	header
	  version          1
	  history          ["make.py"]
	end
	  utterances       0
	  dropped          2
	END
	diff want out
	framedump -H -n 0 "$data/corpus.frames" >out
	head -n 3 want | diff - out
'
check 'what is not UTF-8, not finite or a control is escaped' '
	{
		printf "\202\245frame\246header\247version\001"
		printf "\204\245frame\251utterance\242id\243\377\"\n"
		printf "\241n\313\177\370\000\000\000\000\000\000"
		printf "\241x\325\005\001\002"
		printf "\203\245frame\243end\252utterances\001\247dropped\000"
	} >odd
	framedump --json odd >out
	cat >want <<-\END
	"id":"\ufffd\"\n","n":null,"x":{"ext":5,"bin":"0102"}}
	END
	cut -d , -f 2- out | diff want -
'
check 'a full disk is an error' '
	test -w /dev/full || exit 0
	fails 1 framedump "$data/corpus.frames" >/dev/full 2>err
	says "framedump: write <stdout>: No space left on device" err
'
check 'a bad option value is a usage error' '
	fails 2 framedump -n x 2>err
	fails 2 framedump --values -2 2>err
'
check 'a file that is not there is named, and the others are printed' '
	framedump "$data/corpus.frames" >want
	fails 1 framedump missing "$data/corpus.frames" . 2>err >out
	cmp want out
	printf "framedump: missing: No such file or directory\n%s\n" \
		"framedump: .: is a directory, not a stream of frames" |
		diff - err
'
finish
