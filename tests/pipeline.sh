#!/bin/sh
# wavread | featurize | predict as its users run it: good input, bad input, in
# pieces, trained in small, installed elsewhere.
. "$(dirname "$0")/lib.sh"
examples=$top/examples model=$dir/student.safetensors
case ${BIN:-bin} in
*san*) san=SAN=1 ;;
*) san= ;;
esac

# run NAME COMMAND...: its errors in NAME.err, its exit status in NAME.status.
run() {
	name=$1 status=0
	shift
	"$@" 2>"$name.err" || status=$?
	echo "$status" >"$name.status"
}

# pipeline FILE...: the table in out; without ids, for a name is not a voice,
# in table.
pipeline() {
	run wavread wavread "$@" | run featurize featurize |
		run predict predict -m "$model" >out
	sed 1d out | cut -f 2- >table
}

# ended WAVREAD FEATURIZE PREDICT: the exit statuses.
ended() {
	set -- "$*" "$(cat wavread.status featurize.status predict.status |
		tr '\n' ' ')"
	test "$1 " = "$2" || { echo "exit $2, want $1"; cat ./*.err; return 1; }
}

silent() {
	for name
	do
		test ! -s "$name.err" || { cat "$name.err"; return 1; }
	done
}

# between BAD: BAD among good clips, which come through as they do alone.
between() {
	cp "$examples/angry-en.flac" a.flac
	cp "$examples/sad-de.flac" b.flac
	pipeline a.flac b.flac
	ended 0 0 0
	cp table alone
	pipeline a.flac "$1" b.flac
}

# refused BAD TEXT: wavread leaves it out and says so in one line.
refused() {
	between "$1"
	ended 1 0 0
	says "wavread: $1: dropped: $2" wavread.err
	silent featurize predict
	diff alone table
}

# damaged TEXT: x.frames ends each filter that reads it, with one line.
damaged() {
	run featurize featurize <x.frames >featurize.out
	run predict predict -m "$model" <x.frames >predict.out
	for name in featurize predict
	do
		test "$(cat $name.status)" -eq 1
		says "$name: <stdin>: $1" $name.err
	done
}

student-init -o "$model" || exit 1

check 'a clip gives a heading and a line, and nothing is said' '
	pipeline "$examples/angry-en.flac"
	ended 0 0 0
	silent wavread featurize predict
	test "$(wc -l <out)" -eq 2
	head -n 1 out | tr "\t" " " |
		grep -q "^id start end .* emotion confidence anger "
	sed 1d out | grep -q "^$examples/angry-en.flac	0.000	2.399	"
'
check 'its recipe trains all of it, although what it makes is there' '
	make -n -C "$top/pipelines/default" CORPORA=. WORK="$PWD/none" >out
	test "$(grep -c "^./train.sh network" out)" -eq 6
	test "$(grep -c "^./train.sh functionals" out)" -eq 18
	grep -q "model.tmp model.safetensors" out
	grep -q "card.tmp MODEL_CARD.md" out
'
check 'the README has the figures of the model card' '
	awk "/^corpus=/ && NF == 8 {
		n = ++seen[\$1]
		row[n] = row[n] \" | \" \$3
	}
	END { print row[1]; print row[2] }" \
		"$top/pipelines/default/MODEL_CARD.md" >rows
	test "$(wc -l <rows)" -eq 2
	while read -r row
	do
		grep -qF "$row |" "$top/README.md"
	done <rows
'
check 'the model built in is the one in pipelines/default' '
	wavread "$examples"/*.flac | featurize >x.frames
	predict <x.frames >out
	test "$(wc -l <out)" -eq 5
	predict -m "$top/pipelines/default/model.safetensors" x.frames |
		diff out -
'
check 'probabilities add up to one, and the greatest is the emotion' '
	pipeline "$examples"/*.flac
	awk -F "\t" "NR == 1 { split(\$0, name) ; next }
	{
		sum = best = 0
		for (i = 10; i <= NF; i++) {
			sum += \$i
			if (\$i > \$best || !best)
				best = i
		}
		if (sum < .999 || sum > 1.001 || name[best] != \$8 ||
		    \$best != \$9)
			exit 1
	}" out
'
check 'a text file is refused' 'echo hello >x; refused x "not audio"'
check 'an empty file is refused' ': >x; refused x "an empty file"'
check 'a missing file is refused' 'refused x "No such file or directory"'
check 'a directory is refused' 'mkdir x; refused x ""'
check 'random bytes are refused' '
	awk "BEGIN { srand(1); for (i = 0; i < 9999; i++)
		printf \"%c\", 128 + rand() * 127 }" >x
	refused x "not audio"
'
check 'a recording without a sample is refused' '
	sox -n -r 16000 -b 16 x.wav trim 0 0
	refused x.wav "no audio in it"
'
check 'a recording that was cut is refused, not taken for a short one' '
	sox "$examples/angry-en.flac" whole.wav
	head -c 20000 whole.wav >x.wav
	refused x.wav "cut short: has 0.62 of 2.40 s"
	head -c 20000 "$examples/angry-en.flac" >x.flac
	refused x.flac ""
'
check 'a NaN among the samples is refused' '
	sox -D "$examples/angry-en.flac" -t wav -e float -b 32 x.wav
	at=$(grep -abo data x.wav | head -n 1 | cut -d : -f 1)
	printf "\0\0\300\177" |
		dd of=x.wav bs=1 seek=$((at + 8 + 4000)) conv=notrunc
	refused x.wav "NaN, infinite or huge sample at 0.0625 s"
'
check '10 ms are too short for featurize, which says so' '
	sox -n -r 16000 -b 16 x.wav trim 0 .01
	between x.wav
	ended 0 1 0
	says "featurize: x.wav: dropped: shorter than one" featurize.err
	silent wavread predict
	diff alone table
'
check 'silence is no error, and leaves its neighbours alone' '
	sox -D -n -r 16000 -b 16 x.wav trim 0 1
	between x.wav
	ended 0 0 0
	silent wavread featurize predict
	sed 2d table | diff alone -
	! grep -i nan table
'
check 'a stream cut short is an error all the way down' '
	wavread "$examples/angry-en.flac" >whole
	head -c 30000 whole >x.frames
	damaged "the stream is cut inside a frame (did the filter"
	featurize <x.frames 2>/dev/null | fails 1 predict -m "$model" >out 2>err
	says "(did the filter before it fail?)" err
'
check 'a header alone is an error' '
	cp "$top/tests/data/bad-header-only.frames" x.frames
	damaged "ends without its end frame"
'
check 'nothing at all is an error' ': >x.frames; damaged "empty"'
check 'text for a stream is an error' '
	echo "id	emotion" >x.frames
	damaged "not a stream of frames"
'
check 'a frame that announces 2^31 items or bytes is an error' '
	for name in array map bin text ext
	do
		cp "$top/tests/data/bad-$name-2g.frames" x.frames
		damaged ""
	done
'
check 'a tensor that announces 2^31 values is left out, the next one not' '
	{
		printf "\202\245frame\246header\247version\001"
		printf "\204\245frame\251utterance\242id\241x"
		printf "\244rate\315\076\200\245audio\205\304\002nd\303"
		printf "\304\004type\243<f4\304\004kind\304\000"
		printf "\304\005shape\221\316\200\000\000\000"
		printf "\304\004data\304\004\000\000\000\000"
		printf "\203\245frame\243end\252utterances\001\247dropped\000"
		wavread "$examples/angry-en.flac"
	} >x.frames
	run featurize featurize <x.frames >y.frames
	test "$(cat featurize.status)" -eq 1
	says "featurize: x: dropped: audio: " featurize.err
	test "$(predict -m "$model" y.frames | wc -l)" -eq 2
'
check 'a model whose header lies is refused, and nothing is printed' '
	wavread "$examples/angry-en.flac" | featurize >x.frames
	sed "s/\"shape\":\[4,/\"shape\":[9,/" "$model" >more
	sed "s/data_offsets\":\[0,/data_offsets\":[4,/" "$model" >hole
	sed "s/classifier.bias/classifier.bins/" "$model" >name
	head -c 100 "$model" >cut
	head -c 100000 "$model" >half
	printf "\377\377\377\377\377\377\377\177{}" >huge
	for file in more hole name cut half huge "$top/README.md" none .
	do
		fails 1 predict -m "$file" x.frames >out 2>err
		says "predict: $file" err
		test ! -s out
	done
'
check 'a full disk ends each filter with one line' '
	test -w /dev/full || exit 0
	wavread "$examples/angry-en.flac" >a.frames
	featurize <a.frames >x.frames
	run wavread wavread "$examples/angry-en.flac" >/dev/full
	run featurize featurize <a.frames >/dev/full
	run predict predict -m "$model" <x.frames >/dev/full
	ended 1 1 1
	for name in wavread featurize predict
	do
		says "$name: write <stdout>: No space left on device" $name.err
	done
'
check 'a closed pipe ends each filter in silence' '
	closed() {
		mkfifo pipe
		(exec 3<pipe; exec 3<&-) &
		exec 4>pipe
		wait
		rm pipe
		run "$@" >&4
		test "$(cat $1.status)" -eq 1
		test ! -s $1.err
	}
	wavread "$examples/angry-en.flac" >a.frames
	featurize <a.frames >x.frames
	closed wavread wavread "$examples/angry-en.flac"
	closed featurize featurize <a.frames
	closed predict predict -m "$model" x.frames
'
check 'a prediction is the same to the bit, whoever stands beside it' '
	wavread "$examples/sad-de.flac" | featurize >alone
	wavread "$examples"/*.flac "$examples"/*.flac | featurize |
		framecut -w "id=$examples/sad-de.flac" >among
	cat alone alone >want
	predict -m "$model" -f want >x.frames
	predict -m "$model" -f among >y.frames
	framecmp -t 0 x.frames y.frames
'
check 'and whether audio comes whole or by the second through pipes' '
	sox -D "$examples/sad-de.flac" -t raw -e signed -b 16 x.raw
	wavread --raw - <x.raw >a.frames
	featurize <a.frames | predict -m "$model" -f >whole
	for i in 0 1 2 3 4 5
	do
		dd if=x.raw bs=32000 skip=$i count=1
		sleep .2
	done | wavread --raw - | featurize | predict -m "$model" -f >pieces
	framecmp -t 0 whole pieces
'
check 'windows of a recording are the same from a file and from a pipe' '
	sox "$examples/sad-de.flac" x.wav
	wavread -w 1 -s .5 x.wav | featurize | predict -m "$model" >file
	cat x.wav | wavread -w 1 -s .5 - | featurize |
		predict -m "$model" >pipe
	test "$(wc -l <file)" -ge 8
	cut -f 2- file >want
	cut -f 2- pipe | diff want -
'
check 'a live pipeline prints a window before the next has come' '
	mkfifo sound
	: >out
	wavread --raw sound -w 1 -s 1 | featurize | predict -m "$model" >out &
	exec 3>sound
	head -c 40000 /dev/zero >&3
	i=0
	while test "$(wc -l <out)" -lt 2 -a $i -lt 300
	do
		sleep .1
		i=$((i + 1))
	done
	test "$(wc -l <out)" -eq 2
	exec 3>&-
	wait
'

# corpus: clips.frames, of each clip with the emotion in its name.
corpus() {
	printf "path\tlanguage\tlabel\tspeaker\n" >clips.tsv
	for line in angry-en:anger happy-pl:happiness neutral-it:neutral \
		sad-de:sadness
	do
		clip=${line%:*}
		printf "%s\t%s\t%s\t%s\n" "$examples/$clip.flac" \
			"${clip#*-}" "${line#*:}" "$clip" >>clips.tsv
	done
	wavread -M clips.tsv | featurize >clips.frames
}

# passes FROM TO MODEL: so many passes over them, in another order each.
passes() {
	i=$1
	while test "$i" -le "$2"
	do
		shuffle -s "$i" clips.frames |
			student-step -q -p "$i" -r .003 -b 4 -j 1 -m "$3"
		i=$((i + 1))
	done
}

check 'a student learns four clips by heart' '
	corpus
	student-init -a small -o s.safetensors
	passes 1 20 s.safetensors
	predict -m s.safetensors clips.frames >out
	awk -F "\t" "NR > 1 && \$7 != \$9 { exit 1 }" out
	fails 1 score -B 0 out 2>err
	says "the model or its teacher was trained with 4 of the 4 rows" err
	score -B 0 --allow-seen out >scores
	grep -q "^all  *4  *100.0" scores
	grep -q "NOT A TEST: .* trained with 4 of these" scores
	test "$(modeldump -k passes s.safetensors)" = 20
'
check 'training that was stopped goes on to the same model' '
	corpus
	student-init -a small -o whole
	cp whole parts
	passes 1 3 whole
	passes 1 1 parts
	passes 2 3 parts
	passes 1 3 parts
	cmp whole parts
'
check 'the examples of README.md work as printed' '
	ln -s "$examples" examples
	sed -n "/^## Examples/,/^## The programs/s/^    //p" "$top/README.md" |
		sed "/^arecord/,/predict/d; /^make/d; /^import/,\$d
			/^pipelines/,/manifest.tsv/d" >script
	test "$(wc -l <script)" -ge 15
	sh -ex script
	test "$(modeldump -k passes mine.safetensors)" = 20
	test "$(wc -l <emotions.tsv)" -eq 5
'
check 'an installed copy works, with no other PATH' '
	make -s -C "$top" $san install DESTDIR="$dir/a root" PREFIX=/usr
	bin="$dir/a root/usr/bin"
	test -s "$dir/a root/usr/share/man/man7/tunne.7"
	corpus
	student-init -a small -o s.safetensors
	cat >script <<-"END"
	set -e
	wavread -M clips.tsv | featurize | predict -m s.safetensors | score
	student-step -q -j 1 -m s.safetensors clips.frames
	END
	env -i PATH="$bin" /bin/sh script >out 2>err
	test ! -s err
	grep -q UAR out
	test "$(modeldump -k passes s.safetensors)" = 1
'
finish
