#!/bin/sh
# votes(1): ids, logits, use as a teacher, and tables that are refused.
. "$(dirname "$0")/lib.sh"

# table LINE...: a heading, then each line as printf expands it.
table() {
	printf 'path\tanger\tfear\tneutral\n'
	for line
	do
		printf "$line\\n"
	done
}

# field NAME <FRAMES: a field of each utterance, as JSON.
field() {
	framedump --json | sed 's/.*"'"$1"'":\(\[[^]]*\]\|"[^"]*"\).*/\1/'
}

# logits X COUNT...: the logits of these votes by awk, one on each line.
logits() {
	added=$1
	shift
	echo "$@" | awk -v x="$added" '{
		for (k = 1; k <= NF; k++)
			sum += $k
		for (k = 1; k <= NF; k++)
			printf "%.5f\n", log(($k + x) / (sum + NF * x))
	}'
}

# rounded KEY <FRAMES: the values of tensors, one on each line, as logits does.
rounded() {
	field "$1" | tr -d '[]' | tr ',' '\n' | awk '{ printf "%.5f\n", $1 }'
}

# drops ROW TEXT: ROW between two good ones is dropped with a message of TEXT.
drops() {
	table 'a.wav\t1\t2\t3' "$1" 'z.wav\t4\t5\t6' >t.tsv
	fails 1 votes t.tsv >out 2>err
	says "votes: $2" err
	test "$(field id <out | tr '\n' ' ')" = '"a.wav" "z.wav" '
	framedump -jH out | grep -q '"utterances":2,"dropped":1'
}

# refuses TEXT OPTION...: t.tsv is an error with a message of TEXT, no output.
refuses() {
	want_text=$1
	shift
	fails 1 votes "$@" t.tsv >out 2>err
	says "$want_text" err
	test ! -s out
}

table 'a.wav\t8\t0\t2' 'b.wav\t0\t0\t4' 'c/d.wav\t1\t1\t1' >"$dir/good.tsv"
good=$dir/good.tsv

check 'bad usage exits 2 and writes nothing' '
	for wrong in "-s 0" "-s -1" "-s nan" "-s 1001" "-t a.b" "-t a:b" \
		"-t a=b" "-k anger,anger" "-k anger,,fear" "a b"
	do
		fails 2 votes $wrong "$good" >out 2>err
		test ! -s out
		grep -q "^votes: " err
	done
	fails 2 votes -t "" "$good" 2>err
	fails 2 votes -k "" "$good" 2>err
	fails 2 votes -l "" "$good" 2>err
	fails 2 votes -t "$(printf "%0201d" 1)" "$good" 2>err
	fails 2 votes -t "$(printf "\377")" "$good" 2>err
	fails 2 votes -l "$(printf "\377")" "$good" 2>err
	votes -t "$(printf "%0200d" 1)" "$good" >out
	framedump out >/dev/null
'
check 'an utterance has an id and the teacher only' '
	votes -t people -l fi "$good" | framedump --json --values 0 >out
	cat >want <<-END
	{"frame":"utterance","id":"a.wav","teacher.people.logits":[],\
	"teacher.people.classes":["anger","fear","neutral"],\
	"teacher.people.language":"fi"}
	END
	tr -d "\t" <want >line
	head -n 1 out | sed "s/logits\":.*,\"teacher.people.c/logits\":[],\
\"teacher.people.c/" | diff line -
	votes "$good" >out
	test "$(framedump out | grep -c "^  teacher.listeners.logits \[3\]")" \
		-eq 3
	! framedump out | grep language
'
check 'logits are logarithms of smoothed shares, as in awk' '
	votes "$good" >out
	{ logits .5 8 0 2; logits .5 0 0 4; logits .5 1 1 1; } >want
	rounded teacher.listeners.logits <out | diff want -
	for x in .001 .25 1 1000
	do
		{ logits $x 8 0 2; logits $x 0 0 4; logits $x 1 1 1; } >want
		votes --smoothing $x "$good" |
			rounded teacher.listeners.logits | diff want -
	done
'
check 'votes may be fractions' '
	table "a.wav\t.25\t0.5\t2.5e-1" >t.tsv
	logits .05 .25 .5 .25 >want
	votes -s .05 t.tsv | rounded teacher.listeners.logits | diff want -
'
check 'any number of votes gives finite logits' '
	table "a.wav\t1e308\t0\t0" "b.wav\t1e-300\t0\t0" >t.tsv
	votes -s .001 t.tsv | field teacher.listeners.logits >out
	test "$(wc -l <out)" -eq 2
	! grep -i "inf\|nan\|null" out
'
check '--classes selects and orders classes; others are ignored' '
	votes -k neutral,anger "$good" >out
	test "$(field teacher.listeners.classes <out | uniq)" = \
		"[\"neutral\",\"anger\"]"
	{ logits .5 2 8; logits .5 4 0; logits .5 1 1; } >want
	rounded teacher.listeners.logits <out | diff want -
	table "a.wav\t1\tnot a number\t2" >t.tsv
	votes -k anger,neutral t.tsv >out
	fails 1 votes -k anger,fear "$good" >out 2>err
	says "b.wav: dropped: no votes for any class" err
'
check 'columns of tunne-manifest(5) are not classes' '
	{
		printf "label\tpath\tspeaker\tjoy\tcorpus\tlanguage\tid\t"
		printf "start\tend\tfear\n"
		printf "joy\ta.wav\ts1\t3\tc\ten\tone\t0\t1\t4\n"
	} >t.tsv
	votes t.tsv >out
	test "$(field teacher.listeners.classes <out)" = "[\"joy\",\"fear\"]"
	logits .5 3 4 >want
	rounded teacher.listeners.logits <out | diff want -
	test "$(field id <out)" = "\"one\""
'
check 'ids are those of wavread with the same table' '
	mkdir data data/c
	for clip in a.wav b.wav c/d.wav
	do
		sox -n -r 16000 -b 16 data/$clip synth .1 sine 300
	done
	cp "$good" data/t.tsv
	wavread -M data/t.tsv | field id >want
	votes data/t.tsv | field id | diff want -
	printf "id\tpath\tfear\tstart\tend\nA\ta.wav\t1\t.01\t.05\n" >data/t.tsv
	printf "\tb.wav\t1\t\t\n" >>data/t.tsv
	wavread -M data/t.tsv | field id >want
	votes data/t.tsv | field id | diff want -
	printf "\"A\"\n\"b.wav\"\n" | diff - want
'
check 'a table of ids is read, from standard input too' '
	printf "id\tfear\none\t1\n" | votes >out
	printf "id\tfear\none\t1\n" | votes - | framecmp -t 0 out -
	test "$(field id <out)" = "\"one\""
	sed "s/^path/id/" "$good" | votes >out
	votes "$good" | framecmp -t 0 out -
'
check 'framejoin --partial adds the teacher to utterances with votes' '
	mkdir c
	for clip in a.wav x.wav c/d.wav
	do
		sox -n -r 16000 -b 16 $clip synth .1 sine 300
	done
	printf "path\nx.wav\na.wav\nc/d.wav\n" >m.tsv
	wavread -M m.tsv >a.frames
	votes "$good" >v.frames
	framejoin --partial a.frames v.frames >out
	framecut -d "teacher.*" out | framecmp -t 0 a.frames -
	{ logits .5 8 0 2; logits .5 1 1 1; } >want
	framecut -w id!=x.wav out | rounded teacher.listeners.logits |
		diff want -
	framecut -w id=x.wav out | framedump >x
	! grep teacher x
	framedump -H -n 0 out | grep -q "votes .*good.tsv.*framejoin"
'
check 'kd-loss uses it as any other teacher' '
	cp "$top/examples/angry-en.flac" a.flac
	cp "$top/examples/sad-de.flac" b.flac
	printf "path\tlanguage\tlabel\na.flac\ten\tanger\n" >m.tsv
	printf "b.flac\tde\tsadness\n" >>m.tsv
	printf "id\tsadness\tneutral\thappiness\tanger\na.flac\t1\t2\t0\t7\n" |
		votes -t people --language en >v.frames
	wavread -M m.tsv | featurize | predict --frames |
		framejoin --partial - v.frames >in
	kd-loss --partial -w language in >out
	framecut -w id=a.flac out | framedump --json |
		grep "weight.people\":1[,}]"
	framecut -w id=b.flac out | framedump >b
	grep "^  loss " b
	! grep weight b
	kd-loss --partial -L 1 -T 1 in | framecut -w id=a.flac |
		framedump --json >out
	# KL divergence from the softmax of the student, in its order
	sed "s/.*\"logits\":\[\([^]]*\)\].*\"loss.kd\":\([^,}]*\).*/\1 \2/" \
		out | tr "," " " | awk "{
			n = split(\"7.5 .5 2.5 1.5\", share, \" \")
			for (k = 1; k <= n; k++)
				sum += exp(\$k)
			for (k = 1; k <= n; k++)
				kl += share[k] / 12 * \
					log(share[k] / 12 / (exp(\$k) / sum))
			d = kl - \$5
			exit !(NF == 5 && d < 1e-4 && d > -1e-4)
		}"
'
check 'a student learns from votes only' '
	wavread "$top/examples/angry-en.flac" | featurize >x.frames
	id=$(field id <x.frames | tr -d \")
	{
		printf "path\tanger\thappiness\tneutral\tsadness\n"
		printf "$id\t9\t0\t1\t0\n"
	} | votes >v.frames
	student-init -a small -o s
	framejoin x.frames v.frames |
		student-step -q -b 1 -m s -l "kd-loss -L 1 -T 1"
	test "$(modeldump -k passes s)" = 1
'
check 'a row without valid votes is dropped, others are not' '
	for bad in -1 nan NaN inf -inf x 1,5 "1 2" " 1" 1e999 ""
	do
		drops "b.wav\t1\t$bad\t2" \
			"b.wav: dropped: fear: want a number of votes"
	done
	drops "b.wav\t0\t0\t0" "b.wav: dropped: no votes for any class"
	drops "b.wav\t-0\t0.0\t0e9" "b.wav: dropped: no votes for any class"
	drops "b.wav\t1e308\t1e308\t0" "b.wav: dropped: too many votes"
'
check 'a table of something else is refused at its first row' '
	printf "path\ttext\tfear\na.wav\thello\t1\nb.wav\t7\t2\n" >t.tsv
	fails 1 votes t.tsv 2>err >out
	says "t.tsv:2: column '\''text'\'' has no number of votes" err
	votes -k fear t.tsv >out
	fails 1 votes -k fear,text t.tsv 2>err >out
	says "a.wav: dropped: text: want a number of votes" err
'
check 'a bad row is dropped, with its line number' '
	drops "b.wav\t1\t2" "t.tsv:3: dropped: 3 fields, but the heading has 4"
	drops "b.wav\t1\t2\t3\t" \
		"t.tsv:3: dropped: 5 fields, but the heading has 4"
	drops "\t1\t2\t3" "t.tsv:3: dropped: no id"
	drops "b\377.wav\t1\t2\t3" "t.tsv:3: dropped: not UTF-8"
	drops "b.wav\t1\t2\t3\0" "t.tsv:3: dropped: a NUL byte"
'
check 'a class that no label can equal causes a warning' '
	printf "path\tHappy\tanger\na.wav\t1\t2\n" >t.tsv
	votes t.tsv 2>err | framedump | grep -qF "[\"Happy\",\"anger\"]"
	says "class '"'Happy'"': wavread maps labels" err
	says "to '"'happiness'"' (rename" err
'
check 'a second row of an id is dropped' '
	drops "a.wav\t9\t9\t9" "a.wav: dropped: a second row of this id"
	logits .5 1 2 3 >want
	rounded teacher.listeners.logits <out | head -n 3 | diff want -
'
check 'a part needs an id' '
	printf "path\tfear\tstart\tend\na.wav\t1\t0\t1\n" >t.tsv
	fails 1 votes t.tsv >out 2>err
	says "t.tsv:2: dropped: a part of a recording needs an id" err
'
check 'CR LF, CR, a byte order mark and empty lines are accepted' '
	votes "$good" >want
	sed "s/\$/$(printf "\r")/" "$good" >t.tsv
	votes t.tsv >out
	framecmp -t 0 want out
	tr "\n" "\r" <"$good" | votes >out
	framecmp -t 0 want out
	{ printf "\357\273\277"; sed G "$good"; } | votes >out
	framecmp -t 0 want out
'
check 'a table that cannot be used is an error with a reason' '
	refuses "t.tsv: No such file or directory"
	: >t.tsv
	refuses "t.tsv: an empty file: want a heading with a column '"'path'"'"
	printf "name\tfear\na\t1\n" >t.tsv
	refuses "t.tsv:1: no column '"'path' or 'id'"' in the heading"
	printf "path\tfear\tfear\na\t1\t2\n" >t.tsv
	refuses "t.tsv:1: two columns have the name '"'fear'"'"
	printf "path\t\tfear\na\t1\t2\n" >t.tsv
	refuses "t.tsv:1: column 2 has no name"
	printf "path\tlabel\na\tfear\n" >t.tsv
	refuses "t.tsv:1: no column of votes in the heading"
	printf "path\tfear\na\t1\n" >t.tsv
	refuses "t.tsv:1: no column '"'anger'"' in the heading" -k fear,anger
	head -c 3000000 /dev/zero | tr "\0" a >t.tsv
	refuses "t.tsv:1: a line of over 1 MiB"
'
check 'a heading alone is an empty stream' '
	table | votes >out
	framedump -jH out | grep -q "\"utterances\":0,\"dropped\":0"
'
check 'the header has the command and the expected number' '
	votes -s 1 "$good" | framedump -H -n 0 >out
	grep -q "\"votes -s 1 .*good.tsv\"" out
	grep -q "^  expected  *3\$" out
'
check 'a full disk is an error' '
	fails 1 votes "$good" >/dev/full 2>err
	grep -q "No space left" err
'
finish
