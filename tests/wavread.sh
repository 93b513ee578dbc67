#!/bin/sh
# wavread(1): formats, pipes, windows, manifests, and files that are not audio.
. "$(dirname "$0")/lib.sh"

# bytes COUNT NUMBER...: each number in COUNT bytes, little-endian.
bytes() {
	count=$1
	shift
	for number
	do
		i=0
		while test $i -lt "$count"
		do
			printf "\\$(printf %03o $((number >> 8 * i & 255)))"
			i=$((i + 1))
		done
	done
}

# wav ENCODING CHANNELS RATE BITS LENGTH: a WAV file with standard input as its
# samples, whose header announces LENGTH bytes of them.
wav() {
	printf RIFF
	bytes 4 $((36 + $5))
	printf 'WAVEfmt '
	bytes 4 16
	bytes 2 "$1" "$2"
	bytes 4 "$3" $(($2 * $3 * $4 / 8))
	bytes 2 $(($2 * $4 / 8)) "$4"
	printf data
	bytes 4 "$5"
	cat
}

# tone FILE SECONDS OPTION...: a faded tone of 440 Hz.
tone() {
	file=$1 seconds=$2
	shift 2
	sox -D -R -n "$@" "$file" synth "$seconds" sine 440 gain -6 \
		fade .1 "$seconds" .1
}

# field NAME: the values of a field of the stream, one on each line.
field() {
	framedump | sed -n "s/^  $1  *//p"
}

# grows FILE BYTES: waits, ten seconds at most, until FILE has more.
grows() {
	tries=0
	until test "$(wc -c <"$1")" -gt "$2" || test $tries -gt 100
	do
		sleep .1
		tries=$((tries + 1))
	done
	test "$(wc -c <"$1")" -gt "$2"
}

check 'options out of range are usage errors' '
	fails 2 wavread
	fails 2 wavread -r 3999 x.wav
	fails 2 wavread -c 0 x.wav
	fails 2 wavread -c left x.wav
	fails 2 wavread -s 1 x.wav
	fails 2 wavread -w .001 x.wav
	fails 2 wavread -w 1 -s 2 x.wav 2>err
	grep -q "audio between windows would be lost" err
'
check 'a sample is the integer divided by full scale, bit for bit' '
	bytes 2 0 16384 32767 32768 65535 | wav 1 1 16000 16 10 >x.wav
	wavread x.wav | framedump --json --values 9 >out
	grep -qF "[0,0.5,0.9999695,-1,-3.05175781e-05]" out
'
check '16, 24, 32 and 64 bits, integer and float, are the same audio' '
	mkdir a b
	tone a/x.wav 1 -r 16000 -b 16
	wavread -r 16000 a/x.wav >16.frames
	for form in "-b 24" "-b 32" "-e float -b 32" "-e float -b 64"
	do
		sox -D a/x.wav $form b/x.wav
		(cd a && wavread x.wav) >want
		(cd b && wavread x.wav) >got
		framecmp -t 0 want got
	done
	sox -D a/x.wav -b 8 b/x.wav
	(cd b && wavread x.wav) >got
	framecmp -t .005 want got
	fails 1 framecmp -t .001 want got
'
check 'flac, aiff, au, caf and w64 are the same audio, from a pipe too' '
	tone x 1 -t wav -r 16000 -b 16
	wavread x >want
	cp x x.wav
	for type in flac aiff au caf w64
	do
		sox -D -t wav x.wav -t $type x
		wavread x >got
		framecmp -t 0 want got
		wavread - <x >seen
		cat x | wavread - >got
		framecmp -t 0 seen got
	done
'
check 'Ogg Vorbis is about the same audio' '
	tone x.wav 1 -r 16000 -b 16
	sox x.wav -C 9 x.ogg
	wavread - <x.wav >want
	wavread - <x.ogg >got
	framecmp -t .02 want got
'
check 'every rate is resampled to the rate wanted, with level and length kept' '
	for rate in 4000 8000 11025 22050 44100 48000 96000 192000
	do
		tone x.wav 1 -r $rate -b 16
		wavread x.wav >out
		test "$(field rate <out)" = 16000
		field audio <out | grep -q "^\[16000\].*max 0\.50[01]"
	done
'
check '48 kHz stereo becomes 16 kHz mono' '
	tone mono 1 -t wav -r 16000 -b 16
	tone left.wav 1 -r 48000 -b 16
	sox -M left.wav left.wav -t wav stereo
	cp mono x.wav; wavread x.wav >want
	cp stereo x.wav; wavread x.wav >got
	framecmp -t 5e-4 want got
	cp left.wav x.wav; wavread x.wav >want
	framecmp -t 0 want got
'
check 'a channel is chosen by number, or all are averaged' '
	bytes 2 16384 8192 16384 8192 | wav 1 2 16000 16 8 >x.wav
	wavread x.wav | framedump --json | grep -qF "[0.375,0.375]"
	wavread -c 1 x.wav | framedump --json | grep -qF "[0.5,0.5]"
	wavread -c 2 x.wav | framedump --json | grep -qF "[0.25,0.25]"
	fails 1 wavread -c 3 x.wav 2>err >out
	says "x.wav: dropped: no channel 3: it has 2" err
'
check 'channels that cancel in the mix cause a warning, others do not' '
	bytes 2 16384 -16384 8000 -8000 | wav 1 2 16000 16 8 >x.wav
	wavread x.wav 2>err | framedump --json | grep -qF "[0,0]"
	says "x.wav: its channels cancel each other" err
	bytes 2 16384 0 0 -8000 | wav 1 2 16000 16 8 >y.wav
	bytes 2 0 0 0 0 | wav 1 2 16000 16 8 >z.wav
	wavread -c 2 x.wav 2>err >out
	wavread y.wav z.wav 2>>err >out
	test ! -s err
'
check 'raw samples are read in every format' '
	bytes 2 16384 | wavread --raw - | framedump --json | grep -qF "[0.5]"
	bytes 3 4194304 >x
	wavread --raw -f s24 x | framedump --json | grep -qF "[0.5]"
	bytes 4 1073741824 >x
	wavread --raw -f s32 x | framedump --json | grep -qF "[0.5]"
	bytes 1 192 >x
	wavread --raw -f u8 x | framedump --json | grep -qF "[0.5]"
	bytes 4 1056964608 >x
	wavread --raw -f f32 x | framedump --json | grep -qF "[0.5]"
	bytes 1 255 >x
	wavread --raw -f ulaw x | framedump --json | grep -qF "[0]"
	head -c 960 /dev/zero >x
	wavread --raw --channels 2 --raw-rate 48000 x >out
	field audio <out | grep -q "^\[80\]"
	fails 1 wavread --raw -f s24 --channels 7 x 2>err >out
	says "x: dropped: 960 bytes are not a whole number of frames of 21" err
'
check 'raw samples that end inside a frame are dropped, from files and pipes' '
	head -c 32001 /dev/zero >x
	for options in "" "-w .3" "-w .3 -s .1 -r 8000 --raw-rate 16000"
	do
		fails 1 wavread --raw $options - <x 2>err >want
		says "dropped: 32001 bytes are not a whole number of" \
			err
		cat x | fails 1 wavread --raw $options - 2>err >got
		says "dropped: 32001 bytes are not a whole number of" \
			err
		framecmp -t 0 want got
	done
	wavread --raw -w .3 - <x 2>err | framedump | grep -c ^utterance |
		grep -qx 3
'
check 'an audio file that is read as raw samples causes a warning' '
	tone x.wav 1 -r 16000 -b 16
	sox x.wav x.flac
	wavread --raw x.wav x.flac 2>err >out
	test "$(grep -c "out --raw" err)" = 2
	head -c 32000 /dev/zero >zeros
	wavread --raw zeros 2>err >out
	test ! -s err
'

check 'files that are missing or not audio are dropped, the rest is read' '
	mkdir folder
	: >empty
	echo "this is text, and not so very short either" >text
	head -c 5000 /bin/sh >program
	: | wav 1 1 16000 16 0 >none.wav
	tone x.wav 1 -r 16000 -b 16
	fails 1 wavread missing folder empty text program none.wav x.wav \
		2>err >out
	cat >want <<-END
	wavread: missing: dropped: No such file or directory
	wavread: folder: dropped: a folder, not a file (want FOLDER/*)
	wavread: empty: dropped: an empty file
	wavread: text: dropped: not audio (--raw reads raw samples)
	wavread: program: dropped: not audio (--raw reads raw samples)
	wavread: none.wav: dropped: no audio in it
	END
	diff want err
	framedump -H out | grep -q "dropped  *6"
	framedump out | grep -c utterance | grep -qx 1
'
check 'text and an empty pipe are not audio' '
	yes | fails 1 wavread - 2>err >out
	says "not audio (--raw reads raw samples)" err
	: | fails 1 wavread - 2>err >out
	says "nothing to read" err
'
check 'random bytes after a good magic number are dropped, not fatal' '
	tone x.wav .2 -r 16000 -b 16
	for magic in RIFFxxxxWAVE fLaC OggS FORM .snd riff caff ID3 RF64
	do
		{ printf $magic; tail -c 5000 x.wav; } >bad
		fails 1 wavread bad 2>err >out
		grep -q "^wavread: bad: dropped: " err
		cat bad | fails 1 wavread - 2>err >out
		grep -q "^wavread: -: dropped: " err
	done
'
check 'a file that was cut is distinguished from a short one' '
	tone x.wav 1 -r 16000 -b 16
	for type in wav flac aiff au w64 sph voc
	do
		test $type = wav || sox -D x.wav x.$type
		wavread x.$type >out
		head -c $(($(wc -c <x.$type) / 2)) x.$type >cut.$type
		fails 1 wavread cut.$type 2>err >out
		says "cut.$type: dropped: cut short" err
		cat cut.$type | fails 1 wavread - 2>err >out
		says "dropped: cut short" err
		grep -q "has [0-9.]* of [0-9.]* " err
	done
	fails 1 wavread cut.wav 2>err >out
	says "has 0.50 of 1.00 s" err
	sox x.wav -e mu-law -c 2 two.sph
	wavread two.sph >out
	head -c 17000 two.sph >cut.sph
	fails 1 wavread cut.sph 2>err >out
	says "has 17000 of 33024 bytes" err
	sed "s/\$/\r/" two.sph >crlf.sph
	fails 1 wavread crlf.sph 2>err >out
	says "crlf.sph: dropped: audio that cannot be read: " err
'
# data/tone.mp3 is 1.5 s of tone and noise at 16 kHz, by LAME at a variable bit
# rate; its first 288 bytes are a frame that announces the length
check 'MP3 is read to its end, with and without an announced length' '
	mp3=$top/tests/data/tone.mp3
	wavread $mp3 | field end | grep -qx 1.5
	cat $mp3 | wavread - | field end | grep -qx 1.5
	{
		printf "ID3\4\0\0\0\0\1\0"
		head -c 128 /dev/zero
		cat $mp3
		printf TAG
		head -c 125 /dev/zero
	} >tags.mp3
	wavread tags.mp3 2>err | field end | grep -qx 1.5
	wavread - <$mp3 >want
	wavread - <tags.mp3 | framecmp -t 0 want -
	tail -c +289 $mp3 >bare.mp3
	wavread bare.mp3 2>>err | field end | grep -q "^1.[56]"
	test ! -s err
'
check 'a damaged or cut MP3 file gives one message, in our form' '
	mp3=$top/tests/data/tone.mp3
	spoil() {
		head -c 1500 $1
		yes spoilt | head -c 500
		tail -c +2001 $1
	}
	spoil $mp3 >spoilt.mp3
	fails 1 wavread spoilt.mp3 2>err >out
	says "spoilt.mp3: dropped: damaged: 1." err
	fails 1 wavread -w .1 spoilt.mp3 2>err >out
	says "spoilt.mp3: dropped: damaged: 1." err
	framedump out | grep -q ^utterance
	tail -c +289 $mp3 >bare.mp3
	spoil bare.mp3 >x.mp3
	fails 1 wavread x.mp3 2>err >out
	says "x.mp3: dropped: damaged: " err
	head -c 3000 $mp3 >cut.mp3
	fails 1 wavread cut.mp3 2>err >out
	says "cut.mp3: dropped: cut short or damaged: has 0." err
	cat cut.mp3 | fails 1 wavread - 2>err >out
	says "dropped: cut short or damaged: has 0." err
	head -c 2500 bare.mp3 >x.mp3
	wavread x.mp3 2>err >out
	says "x.mp3: may be cut short: its last frame is incomplete" err
	{ printf "\377\373\220\304"; yes spoilt | head -c 5000; } >x.mp3
	fails 1 wavread x.mp3 2>err >out
	says "x.mp3: dropped: damaged" err
	head -c 22 $mp3 >x.mp3
	fails 1 wavread x.mp3 2>err >out
	says "x.mp3: dropped: not audio (--raw reads" err
'
check 'windows before the cut are written, from files and pipes' '
	tone x.wav 2 -r 44100 -b 16
	for type in wav flac aiff au w64
	do
		test $type = wav || sox -D x.wav x.$type
		head -c $(($(wc -c <x.$type) / 2)) x.$type >cut.$type
		for options in "-w .1" "-w .2 -s .1 -r 44100"
		do
			fails 1 wavread $options - <cut.$type 2>err >want
			grep -q -e "dropped: cut short" -e damaged err
			cat cut.$type | fails 1 wavread $options - 2>seen >got
			cmp err seen
			framecmp -t 0 want got
			framedump got | grep -c ^utterance | grep -qx "[89]"
		done
	done
	printf "path\tstart\tend\ncut.wav\t.2\t.7\ncut.wav\t.2\t\n" >m.tsv
	fails 1 wavread -M m.tsv 2>err | field end | grep -qx 0.7
	says "cut.wav: dropped: cut short: has 1.00 of 2.00 s" err
'
check 'an Ogg file without its last page is read, with a warning' '
	sox -R -n -r 16000 x.ogg synth 5 pinknoise
	wavread x.ogg 2>err | field end | grep -qx 5
	test ! -s err
	head -c $(($(wc -c <x.ogg) * 2 / 3)) x.ogg >cut.ogg
	wavread cut.ogg 2>err | field end | grep -qv "^5"
	says "cut.ogg: may be cut short: its last page is missing" err
'
check 'a WAV file of unknown length is read to its end, from files and pipes' '
	tone x.wav 1 -r 16000 -b 16
	wavread - <x.wav >want
	for length in 0 4294967295 2147483647 2147479552 2147483648
	do
		tail -c 32000 x.wav | wav 1 1 16000 16 $length >open.wav
		wavread - <open.wav >got
		framecmp -t 0 want got
		cat open.wav | wavread - >got
		framecmp -t 0 want got
	done
	tail -c 32000 x.wav | wav 1 1 16000 16 0 >open.wav
	bytes 4 4294967295 | dd of=open.wav bs=4 seek=1 conv=notrunc 2>err
	wavread - <open.wav >got
	framecmp -t 0 want got
	cat open.wav | wavread - >got
	framecmp -t 0 want got
'
check 'chunks behind the samples are not audio' '
	tone x.wav 1 -r 16000 -b 16
	wavread - <x.wav >want
	printf "LIST\4\0\0\0abcd" | cat x.wav - >tail.wav
	wavread - <tail.wav >got
	framecmp -t 0 want got
	cat tail.wav | wavread - >got
	framecmp -t 0 want got
	# an empty file that was closed: its length includes what follows
	printf "LIST\4\0\0\0abcd" | wav 1 1 16000 16 0 >empty.wav
	bytes 4 48 | dd of=empty.wav bs=4 seek=1 conv=notrunc 2>err
	fails 1 wavread empty.wav 2>err >out
	says "empty.wav: dropped: no audio in it" err
	cat empty.wav | fails 1 wavread - 2>err >out
	says "dropped: no audio in it" err
'
check 'concatenated recordings are recognised' '
	sox -n -r 16000 one.wav synth .5 sine 300
	for type in wav flac ogg
	do
		sox one.wav "x.$type"
		wavread -q - <"x.$type" >want
		cat "x.$type" "x.$type" >"two.$type"
		fails 1 wavread - <"two.$type" >got 2>err
		says "dropped: the recordings after the first one in it" err
		framecmp -t 0 want got
		cat "two.$type" | fails 1 wavread - >got 2>err
		says "dropped: the recordings after the first one in it" err
		framecmp -t 0 want got
	done
	# a chunk behind the samples may contain anything
	{
		printf "RIFF"
		bytes 4 $((2 * $(wc -c <x.wav)))
		tail -c +9 x.wav
		printf "id3 "
		bytes 4 "$(wc -c <x.wav)"
		cat x.wav
	} >holds.wav
	wavread -q - <x.wav >want
	wavread - <holds.wav >got
	framecmp -t 0 want got
	cat holds.wav | wavread - >got
	framecmp -t 0 want got
'
check 'a sample that is NaN or infinite is an error with its time' '
	{ head -c 32000 /dev/zero; bytes 4 2143289344; } >nan
	fails 1 wavread --raw -f f32 nan 2>err >out
	says "nan: dropped: NaN, infinite or huge sample at 0.5000 s" err
	{ head -c 64 /dev/zero; bytes 4 2139095040; } | wav 3 1 16000 32 68 >x
	fails 1 wavread x 2>err >out
	says "x: dropped: NaN, infinite or huge sample at 0.0010 s" err
'
check 'a sample whose energy overflows a float is an error, too' '
	{ head -c 32000 /dev/zero; bytes 4 1621981420; } >huge # 1e20
	fails 1 wavread --raw -f f32 huge 2>err >out
	says "huge: dropped: NaN, infinite or huge sample at 0.5000 s" err
'
check 'silence is audio, and so are samples beyond full scale' '
	head -c 3200 /dev/zero | wavread --raw - | field audio |
		grep -q "^\[1600\].*max 0 "
	bytes 4 1082130432 | wavread --raw -f f32 - | framedump --json |
		grep -qF "[4]"
'
check 'windows of one second have the same audio as the whole' '
	tone x.wav 4 -r 44100 -c 2 -b 16
	pieces() {
		head -c 100000 x.wav
		sleep .1
		tail -c +100001 x.wav | head -c 176400
		sleep .1
		tail -c +276401 x.wav
	}
	for options in "" "-w 1 -s .3" "-w .5 -r 8000" "-c 1 -r 44100"
	do
		wavread $options - <x.wav >want
		pieces | wavread $options - >got
		framecmp -t 0 want got
		pieces | wavread --raw --channels 2 --raw-rate 44100 \
			$options - >/dev/null
	done
'
check 'a recording is written when it is complete, before its pipe ends' '
	tone x.wav 1 -r 16000 -b 16
	mkfifo pipe
	wavread - <pipe >out &
	exec 3>pipe
	cat x.wav >&3
	grows out 64000
	exec 3>&-
	wait
'
check 'a window is written as soon as it is complete' '
	mkfifo pipe
	wavread --raw -w 1 pipe >out &
	exec 3>pipe
	head -c 32000 /dev/zero >&3
	grows out 64000
	exec 3>&-
	wait
	framedump out | grep -c utterance | grep -qx 1
'
check 'windows follow each other, and the last one ends with the audio' '
	tone x.wav 2.7 -r 16000 -b 16
	wavread -w 1 -s .5 x.wav >out
	framedump out | sed -n "s/^utterance //p" >ids
	cat >want <<-END
	"x.wav:0.000-1.000"
	"x.wav:0.500-1.500"
	"x.wav:1.000-2.000"
	"x.wav:1.500-2.500"
	"x.wav:1.700-2.700"
	END
	diff want ids
	field audio <out | grep -c "^\[16000\]" | grep -qx 5
	printf "path\tid\tstart\tend\n" >m.tsv
	sed "s/.*:\(.*\)-\(.*\)\"/\1 \2/" ids | while read -r start end
	do
		printf "x.wav\tx.wav:$start-$end\t$start\t$end\n"
	done >>m.tsv
	wavread -M m.tsv >parts
	framecmp -t 0 parts out
'
check 'a limit below one sample is one sample' '
	tone x.wav .1 -r 16000 -b 16
	wavread --max-seconds .00001 x.wav 2>/dev/null | framedump |
		grep -q "audio *\[1\]"
'
check 'audio of one window or less is one window' '
	tone x.wav .7 -r 16000 -b 16
	wavread -w 1 x.wav | field end | grep -qx 0.7
	wavread -w .7 x.wav | field end | grep -qx 0.7
'
check 'a limit is kept, with a warning' '
	tone x.wav 1 -r 48000 -b 16
	wavread --max-seconds .5 x.wav 2>err >out
	field audio <out | grep -q "^\[8000\]"
	says "x.wav: only the first 0.5 s are read (--max-seconds)" err
	wavread --max-seconds 1 x.wav 2>err >out
	test ! -s err
	wavread --max-seconds .6 -w .25 x.wav 2>err | field end >ends
	printf "0.25\n0.5\n0.6\n" | diff - ends
	says "only the first 0.6 s" err
'
check 'audio too long for a frame is dropped, with advice to use windows' '
	truncate -s 600M x
	fails 1 wavread --raw x 2>err >out
	says "x: dropped: longer than a frame can hold (use --window)" err
	wavread --raw --max-seconds 1 x 2>err | field end | grep -qx 1
'
check 'blanks around names of columns are ignored' '
	tone "a b.wav" 1
	cp "a b.wav" " c "
	printf " path\t label \tspeaker\na b.wav\tAnger\t x y\n" >m.tsv
	printf " c \t\t  \n" >>m.tsv
	wavread -M m.tsv 2>err | framecut -d audio,rate,channels |
		framedump --json | sed "s/\"frame\":\"utterance\",//" >out
	test ! -s err
	grep "^{\"id\":\"a b.wav\",\"label\":\"anger\",\"speaker\":\" x y\"" out
	grep "^{\"id\":\" c \"" out
'
check 'a manifest gives ids, fields and parts' '
	mkdir data data/wav
	tone data/wav/a.wav 1 -r 16000 -b 16
	{
		printf "path\tid\tlanguage\tlabel\tspeaker\tcorpus\tmood\t"
		printf "start\tend\n"
		printf "wav/a.wav\tone\tde\t\303\204RGER\ts1\tc1\tbad\t\t\n"
		printf "wav/a.wav\t\t\tExcited\t\t\t\t.25\t.5\n"
	} >data/m.tsv
	wavread -l en --speaker who --corpus what -M data/m.tsv |
		framedump --json --values 0 |
		sed "s/,\"audio\".*//; s/\"frame\":\"utterance\",//" >out
	cat >want <<-END
	{"id":"one","language":"de","label":"anger","speaker":"s1",\
	"corpus":"c1","mood":"bad","start":0,"end":1,"rate":16000
	{"id":"wav/a.wav:0.250-0.500","label":"happiness","language":"en",\
	"speaker":"who","corpus":"what","start":0.25,"end":0.5,"rate":16000
	END
	tr -d "\t" <want | diff - out
'
check 'CR LF, CR, a byte order mark and empty lines are accepted' '
	tone a.wav .1 -r 16000 -b 16
	printf "path\tlabel\na.wav\tang\n" >m.tsv
	wavread -M m.tsv >want
	printf "\357\273\277path\tlabel\r\na.wav\tang\r\n\r\n" >m.tsv
	wavread -M m.tsv >got
	framecmp -t 0 want got
	for mark in "" "\357\273\277"
	do
		printf "$mark\n\r\n\npath\tlabel\n\na.wav\tang\n" >m.tsv
		wavread -M m.tsv >got
		framecmp -t 0 want got
	done
	printf "path\tlabel\ra.wav\tang" >m.tsv
	wavread -M m.tsv >got
	framecmp -t 0 want got
	wavread -M - <m.tsv >got
	framecmp -t 0 want got
'
check 'a column of nearly the right name causes a warning' '
	tone x.wav .1
	printf "path\tLabel\tlang\tsex\nx.wav\tanger\ten\tf\n" >m.tsv
	wavread -M m.tsv 2>err >/dev/null
	test "$(wc -l <err)" -eq 2
	grep -q "^wavread: m.tsv:1: no column .label.; column .Label. " err
	grep -q "^wavread: m.tsv:1: no column .language.; column .lang. " err
	printf "path\tlabel\tEmotion\nx.wav\tanger\tfear\n" >m.tsv
	wavread -M m.tsv 2>err >/dev/null
	test ! -s err
'
check 'a bad line is dropped with its number, and the rest is read' '
	tone a.wav .5 -r 16000 -b 16
	{
		printf "path\tstart\tend\n"
		printf "a.wav\t\t\n"
		printf "a.wav\t\n"
		printf "a.wav\t\t\t\n"
		printf "\t\t\n"
		printf "a.wav\tx\t\n"
		printf "a.wav\t.2\t.1\n"
		printf "a.wav\t0\t\0\n"
		printf "a\377.wav\t\t\n"
		printf "b.wav\t\t\n"
		printf "a.wav\t.1\t9\n"
		printf "a.wav\t3\t\n"
		printf "a.wav\t.1\t.2\n"
	} >m.tsv
	fails 1 wavread -M m.tsv 2>err >out
	cat >want <<-END
	wavread: m.tsv:3: dropped: 2 fields, but the heading has 3
	wavread: m.tsv:4: dropped: 4 fields, but the heading has 3
	wavread: m.tsv:5: dropped: no path
	wavread: m.tsv:6: dropped: start: want seconds
	wavread: m.tsv:7: dropped: the end is not after the start
	wavread: m.tsv:8: dropped: a NUL byte: not a text file
	wavread: m.tsv:9: dropped: not UTF-8 (iconv converts)
	wavread: b.wav: dropped: No such file or directory
	wavread: a.wav: dropped: ends at 0.50 s, before its part does (9.00 s)
	wavread: a.wav: dropped: no audio at 3.00 s: it has 0.50 s
	END
	diff want err
	framedump -H out | grep -q "dropped  *10"
	field end <out | tr "\n" " " | grep -qx "0.5 0.2 "
'
check 'a manifest of one endless line is refused' '
	head -c 3000000 /dev/zero | tr "\0" a >long.tsv
	fails 1 wavread -M long.tsv >out 2>err
	says "long.tsv:1: a line of over 1 MiB" err
'
check 'a manifest that cannot be used is an error with a reason' '
	fails 1 wavread -M missing 2>err >out
	says "missing: No such file or directory" err
	: >m.tsv
	fails 1 wavread -M m.tsv 2>err >out
	says "m.tsv: an empty file: want a heading with a column" err
	echo file >m.tsv
	fails 1 wavread -M m.tsv 2>err >out
	says "m.tsv:1: no column" err
	printf "path\tx\tx\n" >m.tsv
	fails 1 wavread -M m.tsv 2>err >out
	says "m.tsv:1: two columns" err
	printf "path\t\tx\n" >m.tsv
	fails 1 wavread -M m.tsv 2>err >out
	says "m.tsv:1: column 2 has no name" err
	names=$(sed -n "s/^#define FIELD_[A-Z_]* \"\([^\"]*\)\".*/\1/p" \
		"$top/common/stream/fields.h" |
		grep -vxE "id|language|label|speaker|corpus|start|end")
	test "$(echo "$names" | grep -cxE "seen|functionals|expected")" -eq 3
	for name in $names teacher.en.logits weight.en
	do
		printf "path\t$name\n" >m.tsv
		fails 1 wavread -M m.tsv 2>err >out
		says "m.tsv:1: column '"'\$name'"' has the name of a field" err
	done
	fails 1 framedump out >/dev/null
'
check 'frames are written in the order of the operands' '
	for i in 1 2 3 4
	do
		tone $i.wav .$i -r 16000 -b 16
	done
	printf "path\n4.wav\n2.wav\n" >m.tsv
	wavread -M m.tsv 3.wav 1.wav | field end | tr "\n" " " |
		grep -qx "0.4 0.2 0.3 0.1 "
'
check 'a file name that is not UTF-8 is repaired in the stream' '
	name=$(printf "a\377.wav")
	tone "$name" .1 -r 16000 -b 16
	wavread "$name" | framedump -H >out
	grep -qF "utterance \"a?.wav\"" out
	grep history out | grep -qF "a?.wav"
	fails 1 grep -F "\\ufffd" out
	for option in --language --label --speaker --corpus
	do
		fails 2 wavread $option "$name" "$name" >out 2>err
		grep -qaF "not UTF-8 (iconv converts)" err
		test ! -s out
	done
'
check 'a full disk is an error' '
	tone a.wav .1 -r 16000 -b 16
	fails 1 wavread a.wav >/dev/full
'
check 'formats of telephones and browsers are recognised' '
	printf "\0\0\0\040ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0" >x.m4a
	printf "\032\105\337\243\237\102\206\201\001\102%020d" 0 >x.webm
	printf "wvpk%040d" 0 >x.wv
	for file in x.m4a x.webm x.wv
	do
		fails 1 wavread $file 2>err >out
		says "$file: dropped: a format that is not supported" err
		cat $file | fails 1 wavread - 2>err >out
		says "dropped: a format that is not supported" err
	done
'
check 'frames, and tables of other encodings, are refused with a reason' '
	tone a.wav .1 -r 16000 -b 16
	wavread --label anger --language fi --speaker x --corpus y a.wav |
		fails 1 wavread - 2>err >out
	says "dropped: a stream of frames, not audio" err
	printf "path\na.wav\n" | iconv -t UTF-16 >m.tsv
	fails 1 wavread -M m.tsv 2>err >out
	says "m.tsv:1: UTF-16 (save it as UTF-8" err
'
check 'the name - in a manifest is a file' '
	tone x.wav 1 -r 16000
	printf "path\n-\n" >m.tsv
	fails 1 wavread -M m.tsv <x.wav 2>err >out
	says "dropped: ./-: No such file" err
	cp x.wav ./-
	wavread -M m.tsv </dev/null | field end | grep -qx 1
'
check 'a message names the path that a manifest gave' '
	mkdir table
	printf "path\tlabel\nx/gone.wav\tanger\n" >table/m.tsv
	fails 1 wavread -M table/m.tsv 2>err >out
	says "wavread: x/gone.wav: dropped: table/x/gone.wav: No such" err
'
check 'options for raw samples need --raw, whatever their value' '
	tone x.wav .1
	for option in --channels=1 --format=s16 --raw-rate=0
	do
		fails 2 wavread $option x.wav 2>err >out
		grep -qF " needs --raw" err
	done
'
finish
