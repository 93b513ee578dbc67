#!/bin/sh
# augment(1): effects are as described, and repeatable.
. "$(dirname "$0")/lib.sh"

# speech FILE SECONDS: a signal with pauses, which every effect changes.
speech() {
	sox -D -R -n -r 16000 -b 16 "$1" synth "$2" sine 220:880 tremolo 3 90 \
		gain -6
}

# samples: those of the first utterance, one on each line.
samples() {
	framedump -n 1 --json | sed 's/.*"audio":\[//; s/\].*//' | tr , '\n'
}

# ratio A B: energy of A over that of B - A in decibels; see samples.
ratio() {
	paste "$1" "$2" | awk '
	{ signal += $1 * $1; noise += ($2 - $1) * ($2 - $1) }
	END { print 10 * log(signal / noise) / log(10) }'
}

# energy FILE: energy in decibels.
energy() {
	awk '{ sum += $1 * $1 } END { print 10 * log(sum) / log(10) }' "$1"
}

# near A B TOLERANCE
near() {
	awk -v a="$1" -v b="$2" -v t="$3" \
		'BEGIN { exit !(a - b <= t && b - a <= t) }' ||
		{ echo "$1 is not $2 within $3"; return 1; }
}

# said PATTERN: the number before a unit in "augment" of the first utterance.
said() {
	framedump -n 1 | sed -n "s/^  augment .*$1 \([-0-9.]*\).*/\1/p"
}

check 'options out of range, or no effect, are usage errors' '
	fails 2 augment </dev/null
	fails 2 augment --snr 5:20 </dev/null
	fails 2 augment -g 5:1 </dev/null
	fails 2 augment -g 1: </dev/null
	fails 2 augment -g 0:61 </dev/null
	fails 2 augment --speed .4 </dev/null
	fails 2 augment --reverb 0:1 </dev/null
	fails 2 augment --noise-color blue </dev/null
	fails 2 augment -g 0 -p 1.5 </dev/null
	for voices in 0 -1 65 2.5 many ""
	do
		fails 2 augment --noise-color white --babble "$voices" \
			</dev/null
	done
'
check 'babble without recordings is a usage error' '
	for with in "" "--noise-color pink" "-g 1"
	do
		fails 2 augment --babble 1 $with </dev/null 2>err
		grep -qF -e "--babble needs recordings (--noise or" err
	done
	fails 2 augment --noise-list - </dev/null 2>err
	grep -qF -e "--noise-list -: the stream is read from" err
'
check 'the signal-to-noise ratio is the one in "augment"' '
	speech x.wav 2
	sox -R -n -r 44100 -c 2 noise.wav synth .7 brownnoise
	wavread x.wav >in
	samples <in >clean
	for noise in "--noise-color white" "--noise-color pink" \
		"--noise noise.wav"
	do
		for seed in 1 2 3
		do
			augment $noise --snr -5:25 -s $seed <in >out
			samples <out >noisy
			decibels=$(said "noise [a-z.]*" <out)
			near "$(ratio clean noisy)" "$decibels" .1
		done
	done
'
check 'the ratio to babble is the one in "augment"' '
	speech x.wav 2
	for i in 1 2 3 4
	do
		sox -R -n -r 8000 voice$i.wav synth .$((3 * i)) pinknoise \
			gain -$i
	done
	wavread x.wav >in
	samples <in >clean
	for voices in 2 5 64
	do
		augment --babble $voices --snr -5:25 voice*.wav <in >out
		samples <out >noisy
		decibels=$(said "babble of $voices" <out)
		near "$(ratio clean noisy)" "$decibels" .1
	done
'
check 'babble of one recording is noise as without --babble' '
	speech a.wav .5
	cp a.wav b.wav
	for i in 1 2 3
	do
		sox -R -n -r 8000 voice$i.wav synth .$((3 * i)) pinknoise
	done
	wavread a.wav b.wav >in
	for seed in 1 2 3
	do
		set -- -s $seed --noise-color white -g -6:6 voice*.wav
		augment "$@" a.wav <in >without
		augment --babble 1 "$@" a.wav <in >with
		framecmp -t 0 without with
	done
'
check 'a table of noise equals files on the command line, from any folder' '
	speech x.wav .5
	mkdir voices
	printf "path\n" >voices/list.tsv
	for i in 1 2 3
	do
		sox -R -n -r 8000 voices/$i.wav synth .$((3 * i)) pinknoise
		echo $i.wav >>voices/list.tsv
	done
	wavread x.wav >in
	for voices in 1 4
	do
		augment --babble $voices voices/*.wav <in >named
		augment --babble $voices --noise-list voices/list.tsv <in \
			>listed
		framecmp -t 0 named listed
	done
	echo missing.wav >>voices/list.tsv
	fails 1 augment --noise-list voices/list.tsv <in 2>err >out
	says "voices/missing.wav: No such file" err
	test ! -s out
	printf "path\n1.wav\t2\n" >voices/list.tsv
	fails 1 augment --noise-list voices/list.tsv <in 2>err >out
	says "voices/list.tsv:2: 2 fields, but the heading has 1" err
'
check 'babble leaves out the recording of the utterance, by path or id' '
	speech a.wav .5
	cp a.wav c.wav
	sox -D -R -n -r 16000 -b 16 b.wav synth .25 pinknoise
	printf "path\tid\na.wav\tone\n" >one.tsv
	printf "b.wav\ttwo\n" | cat one.tsv - >list.tsv
	for input in "a.wav" "-w .25 a.wav" "-M one.tsv"
	do
		wavread $input >in
		for seed in 1 2 3
		do
			set -- -s $seed --babble 3
			augment "$@" --noise-list list.tsv <in >either
			augment "$@" b.wav <in >other
			framecmp -t 0 either other
		done
	done
	wavread c.wav >in
	augment --babble 9 --noise-list list.tsv <in >either
	augment --babble 9 b.wav <in >other
	fails 1 framecmp -t 1e-3 either other
'
check 'draws fill the range and do not leave it' '
	speech x.wav .1
	for i in $(seq 40)
	do
		cp x.wav $i.wav
	done
	wavread [0-9]*.wav | augment -g -6:-2 | framedump |
		sed -n "s/.*gain \(.*\) dB\"/\1/p" | sort -g >gains
	test "$(wc -l <gains)" -eq 40
	awk "\$1 < -6 || \$1 > -2 { exit 1 }" gains
	near "$(head -1 gains)" -6 .5
	near "$(tail -1 gains)" -2 .5
'
check 'a gain is exact, beyond full scale too' '
	speech x.wav 1
	wavread x.wav >in
	augment -g 20 <in >out
	samples <in >clean
	samples <out >loud
	near "$(energy loud)" "$(awk "{ print \$1 + 20 }" <<-END
	$(energy clean)
	END
	)" .01
	sort -g loud | tail -1 | grep -q "^[2-9]"
'
check 'speed changes the length by its factor' '
	speech x.wav 1
	wavread x.wav | augment --speed 1.25 >out
	framedump out | grep -q "audio  *\[12800\]"
	framedump out | grep -qF "\"speed 1.250\""
	wavread x.wav | augment --speed .5 | framedump |
		grep -q "audio  *\[32000\]"
	wavread x.wav >in
	augment --speed 1 <in | framecut -d augment >out
	framecmp -t 0 in out
'
check 'reverberation keeps length and level, and fills pauses' '
	speech x.wav 1
	wavread x.wav >in
	augment --reverb .5 <in >out
	samples <in >dry
	samples <out >wet
	test "$(wc -l <wet)" -eq 16000
	near "$(energy wet)" "$(energy dry)" .01
	near "$(ratio dry wet)" 0 6
'
check 'a telephone keeps 300 to 3400 Hz' '
	for hertz in 50 1000 7000
	do
		sox -R -n -r 16000 -b 16 x.wav synth 1 sine $hertz gain -6
		wavread x.wav >in
		samples <in >before
		augment --telephone band <in | samples >after
		energy before >$hertz
		energy after | paste $hertz - >>$hertz.both
	done
	near "$(awk "{ print \$2 - \$1 }" 1000.both)" 0 .5
	awk "{ exit !(\$2 - \$1 < -40) }" 50.both
	awk "{ exit !(\$2 - \$1 < -20) }" 7000.both
'
check 'mu-law gives at most 255 values' '
	speech x.wav 2
	wavread x.wav | augment --telephone mulaw | samples | sort -u >values
	test "$(wc -l <values)" -le 255
	test "$(wc -l <values)" -gt 100
'
check 'the draws depend only on seed and id' '
	speech a.wav .5
	cp a.wav b.wav
	for i in 1 2 3
	do
		sox -R -n -r 16000 voice$i.wav synth $i pinknoise
	done
	for noise in "--noise-color white" \
		"--babble 4 voice1.wav voice2.wav voice3.wav"
	do
		set -- -g -6:6 --speed .9:1.1 --reverb .1:.3 $noise
		wavread a.wav b.wav | augment "$@" >ab
		wavread b.wav a.wav | augment "$@" >ba
		wavread b.wav | augment "$@" >b
		framecut -w id=b.wav ba >x
		framecmp -t 0 b x
		framecut -w id=b.wav ab >x
		framecmp -t 0 b x
		framecut -w id=a.wav ab | samples >one
		framecut -w id=b.wav ab | samples >other
		! cmp -s one other
		wavread b.wav | augment "$@" -s 1 >x
		fails 1 framecmp -t 1e-3 b x
	done
'
check 'an effect does not change the draws of another' '
	speech x.wav .5
	wavread x.wav | augment --noise-color white >alone
	wavread x.wav | augment --noise-color white -g 9 --telephone band >both
	test "$(said "noise white" <alone)" = "$(said "noise white" <both)"
	sox -R -n -r 16000 voice.wav synth 3 pinknoise
	set -- --babble 3 voice.wav
	wavread x.wav | augment "$@" | framecut -d augment >alone
	wavread x.wav | augment "$@" -g 0 | framecut -d augment >both
	framecmp -t 0 alone both
'
check '--probability is the share of utterances that are changed' '
	speech x.wav .1
	wavread x.wav >in
	augment -g 6 -p 0 <in >out
	framedump out | grep -q "augment  *\"none\""
	framecut -d augment out >same
	framecmp -t 0 in same
	for i in $(seq 100)
	do
		cp x.wav $i.wav
	done
	wavread [0-9]*.wav | augment -g 6 -p .3 | framedump |
		grep -c "gain 6.0 dB" >changed
	near "$(cat changed)" 30 15
'
check '"augment" keeps the changes made before' '
	speech x.wav .1
	wavread x.wav | augment -g 3 | augment --speed 2 | framedump |
		grep -qF "\"gain 3.0 dB; speed 2.000\""
'
check 'noise is drawn from all recordings, operands too' '
	speech x.wav .1
	for i in $(seq 40)
	do
		cp x.wav $i.wav
	done
	for name in p q r
	do
		sox -R -n -r 8000 $name.flac synth .05 pinknoise
	done
	wavread [0-9]*.wav | augment --noise p.flac q.flac r.flac >out
	for name in p q r
	do
		framedump out | grep -q "noise $name.flac"
	done
'
check 'draws are the same for a speaker of one corpus' '
	gain() {
		framedump | sed -n "s/^  augment .*gain \([-0-9.]*\).*/\1/p"
	}
	speech b.wav .1
	cp b.wav c.wav
	cp b.wav s
	wavread --speaker s b.wav c.wav >none
	wavread --speaker s --corpus one b.wav c.wav >one
	wavread --speaker s --corpus two b.wav >two
	augment -b speaker -g -60:60 <none | gain >own
	augment -b speaker -g -60:60 <one | gain >first
	augment -b speaker -g -60:60 <two | gain >second
	test "$(sort -u own | wc -l)" -eq 1
	test "$(sort -u first | wc -l)" -eq 1
	test "$(sort -u own first second | wc -l)" -eq 3
	wavread s | augment -g -60:60 | gain >id
	head -n 1 own | cmp id -
	wavread b.wav | fails 1 augment -b speaker -g 3 2>err >out
	says "no speaker, which --by speaker needs" err
'
check 'a file name that is not UTF-8 is repaired in the stream' '
	speech x.wav .1
	name=$(printf "a\377.wav")
	sox -R -n -r 8000 "$name" synth .1 pinknoise
	wavread x.wav | augment --noise "$name" | framedump -H >out
	grep -qF "\"noise a?.wav" out
	fails 1 grep -F "\\ufffd" out
'
check 'silence gets no noise, and silent noise drops the utterance' '
	head -c 3200 /dev/zero >zero
	sox -t raw -r 16000 -b 16 -e signed zero silent.wav
	wavread silent.wav | augment --noise-color white | framedump |
		grep -qF "\"noise none (silence)\""
	speech x.wav .1
	wavread x.wav | fails 1 augment --noise silent.wav 2>err >out
	says "x.wav: dropped: the noise drawn is silent (noise silent.wav)" err
	wavread x.wav | fails 1 augment --babble 3 silent.wav 2>err >out
	says "x.wav: dropped: the noise drawn is silent (babble of 3)" err
	cp x.wav y.wav
	wavread x.wav | augment --babble 9 silent.wav y.wav | framedump |
		grep -q "\"babble of 9 "
'
check 'noise that cannot be read is an error before any output' '
	echo text >text
	fails 1 augment -g 3 "$top/tests/data/none.frames" </dev/null 2>err >out
	says "(augment reads its stream from standard input)" err
	fails 1 grep -e --raw err
	for name in missing text
	do
		fails 1 augment --noise $name </dev/null 2>err >out
		says "$name: no" err || says "$name: No" err
		test ! -s out
	done
'
check 'missing audio is an error that says what to do' '
	speech x.wav .1
	wavread x.wav | framecut -d audio | fails 1 augment -g 1 2>err >out
	grep -qF "(put wavread before augment)" err
	wavread x.wav | framecut -d rate | fails 1 augment -g 1 2>err >out
	says "x.wav: dropped: no rate" err
'
check 'fields computed from the audio are removed' '
	speech x.wav .5
	wavread --speaker a x.wav x.wav | featurize >feats
	cmvn --by speaker feats | predict --frames | augment -g 1 >out
	framedump out | grep "^  audio "
	for field in features functionals cmvn logits classes embedding
	do
		framedump out | grep "^  $field" && exit 1
	done
	fails 1 predict <out 2>err
	says "(put featurize before predict)" err
'
check 'audio is changed where it follows those fields, too' '
	speech x.wav .5
	wavread x.wav >audio
	featurize audio | framecut -d audio >feats
	student-init -o st
	framejoin feats audio | teacher-logits -t t=st | augment -g 6 |
		samples >out
	augment -g 6 <audio | samples | cmp - out
'
check 'a stream cut short and a full disk are errors' '
	speech x.wav .1
	wavread x.wav >in
	head -c 2000 in | fails 1 augment -g 1 >out
	fails 1 augment -g 1 <in >/dev/full
'
finish
