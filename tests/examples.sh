#!/bin/sh
# examples/: what a stranger would copy works, and the page shows the same.
. "$(dirname "$0")/lib.sh"
examples=$top/examples page=$top/man/tunne-frame.5

# python that has what the examples import; not always the first on PATH
python_find msgpack_numpy

# msgpack-c 6 renamed its library
msgpack=-lmsgpackc
echo 'int main(void) { return 0; }' |
	cc -x c -o "$dir/none" - -lmsgpack-c 2>/dev/null && msgpack=-lmsgpack-c

# built: barefilter, by the line that the page gives.
built() {
	cc -Wall -o barefilter "$examples/barefilter.c" $msgpack -lm
}

# listing FILE: what the page shows of a file of this folder.
listing() {
	awk -v mark=".\\\\\" examples/$1;" '
		index($0, mark) == 1 { found = 1 }
		/^\.Ed/ && inside { exit }
		inside { print }
		found && /^\.Bd/ { inside = 1 }
	' "$page" | sed 's/^\\&//; s/\\e/\\/g'
}

# python_reads EXPRESSION FILE: a line of Python for each utterance.
python_reads() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$examples $python -c "
import sys
import numpy as np
from read_frames import read_frames
for frame in read_frames(open(sys.argv[1], 'rb')):
    print($1)" "$2"
}

check 'the page shows newfilter.c as it is' '
	listing newfilter.c | diff - "$examples/newfilter.c"
'
check 'newfilter.c is a whole filter in thirty lines' '
	test "$(wc -l <"$examples/newfilter.c")" -le 30
'
check 'newfilter.c builds on the library and adds the level' '
	case ${B:-build} in
	*san*) san=-fsanitize=address,undefined ;;
	*) san= ;;
	esac
	cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -fopenmp $san \
		-I"$top/common" -o newfilter "$examples/newfilter.c" \
		"$top/${B:-build}/libcommon.a" $msgpack -lm
	wavread "$examples"/*.flac | ./newfilter >y.frames
	python_reads "abs(frame[\"lab.level\"] - 20 * np.log10(np.sqrt(
		np.mean(frame[\"audio\"].astype(float) ** 2)) + 1e-5)) < 1e-3" \
		y.frames >out
	test "$(grep -c True out)" -eq 4
	fails 1 ./newfilter </dev/null 2>err
	says "empty, not even a header" err
	fails 1 ./newfilter <"$top/tests/data/corpus.frames" 2>err >out
	says "newfilter: u00: no \"audio\" in the stream (put wavread" err
	fails 1 ./newfilter <y.frames >/dev/full 2>err
	says "newfilter: write <stdout>: No space left on device" err
	$python -c "
import msgpack, msgpack_numpy, numpy as np, sys
for frame in ({\"frame\": \"header\", \"version\": 1},
              {\"frame\": \"utterance\", \"id\": \"a\",
               \"audio\": np.array([np.nan], \"<f4\")},
              {\"frame\": \"end\", \"utterances\": 1}):
    sys.stdout.buffer.write(msgpack.packb(frame,
                                          default=msgpack_numpy.encode))
" >nan.frames
	fails 1 ./newfilter <nan.frames 2>err >z.frames
	says "newfilter: a: dropped: audio: NaN or infinite values" err
	framedump -H z.frames | grep -q "dropped  *1\$"
'
check 'the page shows barefilter.c as it is' '
	listing barefilter.c | diff - "$examples/barefilter.c"
'
check 'the page shows read_frames.py and newfilter.py as they are' '
	listing read_frames.py | diff - "$examples/read_frames.py"
	listing newfilter.py | diff - "$examples/newfilter.py"
'
check 'the page names every key that the filters know' '
	sed -n "s/^#define FIELD_[A-Z_]* \"\([a-z._]*\)\".*/\1/p" \
		"$top/common/stream/fields.h" >keys
	test -s keys
	while read -r key
	do
		grep -qE "^\.(It|Ql)( [a-z., ]*,)? $key" "$page" || {
			echo "no $key in the page"
			exit 1
		}
	done <keys
'
check 'the bytes of a tensor that the page shows are that tensor' '
	sed -n "/bytes of a tensor/,/^\.Ed/p" "$page" |
		grep -E "^[0-9a-f]{2}( |\$)" | cut -c 1-38 >hex
	$python -c "
import msgpack, msgpack_numpy, numpy as np
shown = bytes.fromhex(open(\"hex\").read())
tensor = np.array([0.5, -0.5], \"<f4\")
assert msgpack.packb(tensor, default=msgpack_numpy.encode) == shown
assert (msgpack_numpy.unpackb(shown) == tensor).all()"
	tr -d " \n" <hex >"$dir/tensor.hex"
'
check 'they are what wavread writes' '
	printf "\000\100\000\300" | wavread --raw - >two.frames
	test -s "$dir/tensor.hex"
	od -An -v -tx1 two.frames | tr -d " \n" >two.hex
	grep -qFf "$dir/tensor.hex" two.hex
'
check 'read_frames.py prints the id and shapes of each utterance' '
	wavread "$examples"/*.flac | featurize >x.frames
	$python "$examples/read_frames.py" <x.frames >out
	$python "$examples/read_frames.py" x.frames | cmp out -
	test "$(wc -l <out)" -eq 4
	grep -qE "angry-en.*audio \[[0-9]+\].*features \[[0-9]+, [0-9]+\]" out
'
check 'read_frames.py does not take a cut stream for a short one' '
	wavread "$examples/angry-en.flac" >x.frames
	size=$(wc -c <x.frames)
	for keep in 0 5 $((size / 2)) $((size - 1))
	do
		head -c "$keep" x.frames >cut
		fails 1 $python "$examples/read_frames.py" <cut
	done
	{ cat x.frames; head -c 5 x.frames; } >cut
	fails 1 $python "$examples/read_frames.py" <cut
'
check 'read_frames.py says in a line what is no stream' '
	sox "$examples/sad-de.flac" x.wav
	for file in x.wav "$examples"/sad-de.flac "$examples"/clips.tsv
	do
		fails 1 $python "$examples/read_frames.py" <"$file" 2>err
		says "read_frames.py: not a stream of frames" err
	done
	for bad in "$top"/tests/data/bad-*.frames
	do
		case $bad in *nested-9*) continue ;; esac
		fails 1 $python "$examples/read_frames.py" <"$bad" 2>err >out
		says "read_frames.py: " err
	done
'
newfilter_py() {
	PYTHONDONTWRITEBYTECODE=1 $python "$examples/newfilter.py"
}
check 'newfilter.py adds the level and passes everything else on' '
	wavread "$examples"/*.flac | featurize >x.frames
	cat x.frames x.frames | newfilter_py >y.frames
	python_reads "abs(frame[\"lab.level\"] - 20 * np.log10(np.sqrt(
		np.mean(frame[\"audio\"].astype(float) ** 2)) + 1e-5)) < 1e-6" \
		y.frames >out
	test "$(grep -c True out)" -eq 8
	framecut -d lab.level <y.frames >z.frames
	cat x.frames x.frames | framecmp - z.frames
	framedump -n 0 -H y.frames | grep -q "history .*\"newfilter.py\""
	predict -k lab.level <y.frames | head -n 1 | grep -q "lab\.level"
'
check 'newfilter.py drops what it cannot use, and counts it' '
	fails 1 newfilter_py <"$top/tests/data/corpus.frames" >y.frames 2>err
	came=$(framedump "$top/tests/data/corpus.frames" |
		grep -c "^utterance ")
	test "$came" -eq "$(grep -c ": dropped: no audio" err)"
	framedump -H y.frames | grep -q "dropped  *$came\$"
	{ wavread "$examples/angry-en.flac"; newfilter_py <y.frames; } |
		newfilter_py | framedump -H >out
	grep -q "utterances  *1\$" out
	grep -q "dropped  *$came\$" out
'
check 'newfilter.py fails on a cut stream, no stream and a full disk' '
	wavread "$examples/angry-en.flac" >x.frames
	head -c 50000 x.frames >cut
	fails 1 newfilter_py <cut 2>err >out
	says "newfilter.py: the stream ends without its end frame" err
	fails 1 newfilter_py <"$examples/clips.tsv" 2>err
	says "newfilter.py: not a stream of frames" err
	fails 1 newfilter_py <x.frames 2>err >/dev/full
	says "newfilter.py: [Errno 28] No space left on device" err
	fails 1 $python "$examples/read_frames.py" <x.frames 2>err >/dev/full
	says "read_frames.py: [Errno 28] No space left on device" err
'
check 'barefilter.c adds the level that Python computes' '
	built
	wavread "$examples"/*.flac >x.frames
	./barefilter <x.frames >y.frames
	python_reads "abs(frame[\"lab.level\"] - 20 * np.log10(np.sqrt(
		np.mean(frame[\"audio\"].astype(float) ** 2)) + 1e-5)) < 1e-6" \
		y.frames >out
	test "$(grep -c True out)" -eq 4
'
check 'barefilter.c passes everything else on' '
	built
	wavread "$examples"/*.flac | featurize >x.frames
	cat x.frames x.frames | ./barefilter >y.frames
	framecut -d lab.level <y.frames >z.frames
	cat x.frames x.frames | framecut -d lab.level >w.frames
	framecmp w.frames z.frames
'
check 'barefilter.c does not take a cut stream for a short one' '
	built
	wavread "$examples/angry-en.flac" >x.frames
	size=$(wc -c <x.frames)
	for keep in 0 5 $((size / 2)) $((size - 1))
	do
		head -c "$keep" x.frames >cut
		fails 1 ./barefilter <cut >out 2>err
		says "ends without its end frame" err
	done
'
check 'barefilter.c refuses what is not a stream' '
	built
	fails 1 ./barefilter <"$examples/barefilter.c" 2>err
	says "not a stream of frames" err
'
check 'barefilter.c fails on a full disk' '
	built
	wavread "$examples/angry-en.flac" >x.frames
	fails 1 ./barefilter <x.frames >/dev/full 2>err
	says "cannot write" err
'
check 'loss.py gives a loss and its gradient' '
	wavread --label anger "$examples"/*.flac | featurize |
		predict --frames | $python "$examples/loss.py" >x.frames
	python_reads "frame[\"loss\"] > 0 and
		abs(frame[\"dlogits\"].sum()) < 1e-5 and
		frame[\"dlogits\"].shape == frame[\"logits\"].shape" \
		x.frames >out
	test "$(grep -c True out)" -eq 4
'
check 'loss.py learns nothing from what has no label' '
	wavread "$examples"/*.flac | featurize | predict --frames |
		$python "$examples/loss.py" >x.frames
	python_reads "frame[\"loss\"] == 0 and
		not frame[\"dlogits\"].any()" x.frames >out
	test "$(grep -c True out)" -eq 4
'
check 'archive.sh finds recordings behind a link, of any kind that is read' '
	mkdir "a b"
	sox -n -r 16000 "a b/x y.wav" synth 1 sine 300
	sox -n -r 16000 "a b/z.AIFF" synth 1 sine 300
	ln -s "a b" link
	sh "$examples/archive.sh" link >out
	grep -c "^link/x y.wav:\|^link/z.AIFF:" out | grep -qx 2
	fails 2 sh "$examples/archive.sh" link link 2>err >out
	says "usage: archive.sh DIRECTORY" err
	fails 1 sh "$examples/archive.sh" /proc/self/fdinfo 2>err >out
	says "no recordings in" err
'
loss="$python '$examples/loss.py'"
check 'student-step trains with loss.py' '
	wavread --label anger "$examples"/*.flac | featurize >x.frames
	student-init -a small -o m.safetensors
	student-step -m m.safetensors -o n.safetensors \
		-l "$loss" <x.frames
	test -s n.safetensors
'
check 'the demo names an emotion for each clip' '
	"$examples/demo.sh" >out
	test "$(grep -c "\.flac .*0\.[0-9]" out)" -eq 4
	case ${BIN-} in *san*) exit 0 ;; esac
	PATH=/usr/bin:/bin "$examples/demo.sh" | diff - out
'
check 'archive.sh says what it cannot read, and fails at the end' '
	mkdir -p ./-d
	cp "$examples"/sad-de.flac ./-d/
	ln -s "$examples"/angry-en.flac ./-d/linked.oga
	sh "$examples/archive.sh" -d >out
	grep -q "^./-d/linked.oga:" out
	echo text >./-d/bad.wav
	fails 1 sh "$examples/archive.sh" -d >out 2>err
	test "$(wc -l <out)" -eq 3
	says "./-d/bad.wav: dropped" err
	mkdir bad
	cp ./-d/bad.wav bad
	fails 1 sh "$examples/archive.sh" bad >out 2>err
'
check 'archive-each.sh does what is missing, and no more' '
	mkdir "in it"
	cp "$examples"/sad-de.flac "$examples"/angry-en.flac "in it"
	echo text >"in it/bad.wav"
	fails 1 sh "$examples/archive-each.sh" "in it" tables 2>err
	says "bad.wav: dropped" err
	test "$(find tables -type f | wc -l)" -eq 2
	echo kept >"tables/in it/sad-de.flac.tsv"
	rm "in it/bad.wav" "tables/in it/angry-en.flac.tsv"
	sh "$examples/archive-each.sh" "in it" tables
	grep -q kept "tables/in it/sad-de.flac.tsv"
	grep -q "^in it/angry-en.flac:" "tables/in it/angry-en.flac.tsv"
	fails 2 sh "$examples/archive-each.sh" "in it" 2>err
	says "usage: archive-each.sh DIRECTORY TABLES" err
'
check 'archive.sh cuts a folder of recordings into windows' '
	mkdir "a folder"
	cp "$examples"/sad-de.flac "a folder/with a blank.flac"
	cp "$examples"/angry-en.flac "a folder/LOUD.FLAC"
	"$examples/archive.sh" "a folder" >out
	head -n 1 out | grep -q "^id"
	test "$(grep -c "a folder/" out)" -eq 2
	fails 2 "$examples/archive.sh"
	mkdir empty
	fails 1 "$examples/archive.sh" empty >out 2>err
	says "archive.sh: no recordings in empty" err
	test ! -s out
'
check 'live.sh names emotions as sound arrives' '
	mkdir path
	printf "#!/bin/sh\ncat <samples\n" >path/arecord
	chmod +x path/arecord
	sox "$examples/sad-de.flac" -t raw -e signed -b 16 samples
	PATH=$PWD/path:$PATH "$examples/live.sh" >out
	test "$(wc -l <out)" -ge 2
	rm path/arecord
	fails 1 env PATH="$PWD/path" "$examples/live.sh" 2>err
	says "live.sh: arecord is missing" err
'
check 'the clips are small, mono, 16 kHz, ours and in the table' '
	for clip in "$examples"/*.flac
	do
		test "$(soxi -r "$clip")" -eq 16000
		test "$(soxi -c "$clip")" -eq 1
		name=$(basename "$clip" .flac)
		grep -q "^say $name " "$examples/make-clips.sh"
		grep -q "^$name\.flac	" "$examples/clips.tsv"
	done
	test "$(cat "$examples"/*.flac | wc -c)" -lt 300000
'
finish
