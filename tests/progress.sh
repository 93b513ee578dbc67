#!/bin/sh
# How far, how fast, how long still: on a terminal, with -v, or not at all.
. "$(dirname "$0")/lib.sh"
clips=$top/examples

# terminal COMMAND: run it where standard input, output and error are a
# terminal; print what is on the screen in the end.
terminal() {
	TERM=${term-xterm} python3 -c '
import os, pty, re, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp("sh", ["sh", "-c", sys.argv[1]])
text = b""
while True:
    try:
        got = os.read(terminal, 65536)
    except OSError:
        break
    if not got:
        break
    text += got
status = os.waitpid(child, 0)[1]
for line in text.decode().split("\r\n"):
    shown, at = "", 0
    for part in re.split("(\r|\033\\[K)", line):
        if part == "\r":
            at = 0
        elif part == "\033[K":
            shown = shown[:at]
        else:
            shown = shown[:at] + part + shown[at + len(part):]
            at += len(part)
    if shown:
        print(shown)
sys.exit(os.waitstatus_to_exitcode(status))' "$1"
}

wavread "$clips"/*.flac >"$dir/a.frames"
featurize <"$dir/a.frames" >"$dir/x.frames"
a=$dir/a.frames x=$dir/x.frames
export a x clips

check 'where there is no terminal nothing is said' '
	(sleep 1.2; cat "$x") | predict >out 2>err
	test ! -s err
'
check '-v prints progress anyway: count, total and rate' '
	featurize -v <"$a" >out 2>err
	says "featurize: 4 utterances, " err
	cat "$a" | featurize -v 2>err >out
	says "featurize: 4/4 utterances, " err
	predict -v "$x" >out 2>err
	says "predict: 4 utterances, " err
	wavread -v "$clips"/*.flac 2>err >out
	says "wavread: 4/4 utterances, " err
	wavread -v --window 1 "$clips"/*.flac 2>err >out
	says "wavread: 14 utterances, " err
'
check '-v works in every program that reads frames' '
	wavread --label anger "$clips"/*.flac | featurize |
		predict --frames >in
	for command in "augment --gain 1:2" cmvn featurize framecut \
		"kd-loss -L 0" "predict --frames" framedump
	do
		$command -v <in 2>err >out
		says "${command%% *}: 4 utterances, " err
	done
	framejoin -v "$a" "$x" 2>err >out
	says "framejoin: 4 utterances, " err
	framecmp -v "$x" "$x" 2>err >out
	says "framecmp: 4 utterances, " err
	printf "id\tanger\na\t1\nb\t2\n" >votes.tsv
	votes -v votes.tsv 2>err >out
	says "votes: 2/2 utterances, " err
	predict "$x" | score -v 2>err >out
	grep -q "score: 4 rows, " err
'
check 'of two passes the second one counts' '
	cmvn -v --by stream "$x" 2>err >out
	says "cmvn: 4 utterances, " err
'
check '-q and -v: the last one counts' '
	featurize -v -q <"$a" >out 2>err
	test ! -s err
'
check 'streams that follow one another add up' '
	cat "$a" "$a" | featurize -v 2>err >out
	says "featurize: 8/8 utterances, " err
	wavread --label anger "$clips"/*.flac | featurize |
		predict --frames | kd-loss -v -L 0 -b 3 2>err >out
	says "kd-loss: 4/4 utterances, " err
'
check 'the header expects what will come, where somebody knows' '
	expected() {
		framedump -H -n 0 | sed -n "s/^  expected  *//p"
	}
	test "$(expected <"$a")" = 4
	test "$(framecut <"$a" | expected)" = 4
	test -z "$(framecut -w label=anger <"$a" | expected)"
	test -z "$(wavread --window 1 "$clips"/*.flac | expected)"
	test "$(shuffle -n 7 -b id "$a" | expected)" = 7
	printf "path\n\n$clips/sad-de.flac\r\nnone.wav" >m.tsv
	test "$(wavread -M m.tsv "$clips/angry-en.flac" 2>/dev/null |
		expected)" = 3
	test -z "$(wavread -M - <m.tsv 2>/dev/null | expected)"
'
check 'an expectation that is none is no harm' '
	for expected in "\000" "\377" "\313\177\360\0\0\0\0\0\0" \
		"\317\377\377\377\377\377\377\377\377" "\2414"
	do
		{
			printf "\203\245frame\246header\247version\001"
			printf "\250expected$expected"
			printf "\203\245frame\243end\252utterances\000"
			printf "\247dropped\000"
		} | framecut -v >out 2>err
		says "framecut: 0 utterances, 0.00/s" err
	done
'
# nothing but the programs of a system without terminals can be missing
python3 -c 'import os; os.openpty()' 2>/dev/null || finish

check 'on a terminal a short run is silent' '
	terminal "wavread $clips/*.flac | featurize >out" >shown
	test ! -s shown
'
check 'the last program of a pipeline prints progress, in one line' '
	terminal "{ sleep 1.2; cat $a; } | featurize | predict >out" >shown
	says "predict: 4/4 utterances, " shown
	predict "$x" >table
	terminal "{ head -n 2 table; sleep 1.2; tail -n +3 table; } |
		score" >shown
	grep -q "^score: 4 rows, " shown
'
check 'no program prints progress where the last one is not ours' '
	terminal "{ sleep 1.2; cat $a; } | featurize | cat >out" >shown
	test ! -s shown
'
check 'rows take the place of the line, which moves below them' '
	terminal "{ sleep 1.2; cat $a; } | featurize | predict" >shown
	predict "$x" | expand >want
	sed "\$d" shown | expand | diff want -
	tail -n 1 shown | grep -qx "predict: 4/4 utterances, [0-9.]*/s"
'
check 'messages take the place of the line, whoever writes them' '
	printf "path\n$clips/sad-de.flac\nnone.wav\n$clips/happy-pl.flac\n" \
		>m.tsv
	terminal "{ sleep 1.2; wavread -M m.tsv; } | featurize |
		predict >out" >shown
	grep -qx "wavread: none.wav: dropped: No such file or directory" shown
	grep -qx "predict: 2/3 utterances, [0-9.]*/s" shown
'
check '-q is silent on a terminal too' '
	terminal "{ sleep 1.2; cat $a; } | featurize -q >out" >shown
	test ! -s shown
'
check 'a terminal that cannot rewrite a line is spared' '
	term=dumb terminal "{ sleep 1.2; cat $x; } | predict" >shown
	predict "$x" | diff - shown
'
check 'a terminal is no stream, neither to read nor to write' '
	for name in "augment --gain 1:2" cmvn featurize framecut framedump \
		kd-loss predict
	do
		fails 2 terminal "$name" >shown
		grep -q "^${name%% *}: standard input is a terminal" shown
	done
	fails 2 terminal "wavread $clips/sad-de.flac" >shown
	grep -q "^wavread: standard output is a terminal" shown
	fails 2 terminal "shuffle $a" >shown
	grep -q "^shuffle: standard output is a terminal" shown
'
finish
