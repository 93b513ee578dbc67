#!/bin/sh
# encode(1): its fields and refusals, independence; heads over encodings.
. "$(dirname "$0")/lib.sh"

python_find msgpack_numpy
whisper=$top/tests/golden/whisper
w2v2=$top/tests/golden/w2v2

# tones SECONDS...: frames of audio, t0, t1, ... of these lengths
tones() {
	i=0
	for seconds
	do
		sox -n -r 16000 -b 16 "$dir/t$i.wav" synth "$seconds" \
			sine $((200 + 150 * i)) vol .3
		wavread --speaker "s$((i % 2))" --label \
			"$(test $((i % 2)) = 0 && echo anger || echo sadness)" \
			"$dir/t$i.wav"
		i=$((i + 1))
	done
}

# field KEY <FRAMES: one field of each utterance, as JSON
field() {
	framecut --keep "id,$1" | framedump --json |
		grep '"utterance"' | sed 's/.*"'"$1"'"://'
}

tones 1 .4 1.5 .8 1.2 .6 >"$dir/six"
six=$dir/six
encode -m "$whisper/clip" "$six" >"$dir/encoded"
encoded=$dir/encoded

check 'a network must be given, and be one' '
	fails 2 encode "$six" >out 2>err
	grep -qF "encode: --model is missing" err
	fails 1 encode -m missing "$six" >out 2>err
	fails 1 encode -m "$top/pipelines/default/model.safetensors" "$six" \
		>out 2>err
	says "want a network of Hugging Face" err
	fails 2 encode -m "$whisper/clip" -l 3 "$six" >out 2>err
	grep -qF "has 2" err
'
check 'an encoding has a row for each state, and names its network' '
	framedump "$encoded" | grep -c "encoding  *\[3,48\]" | grep -qx 6
	field encoding.model <"$encoded" | sort -u >name
	grep -q "^\"xxh128:.*, layers 2\"" name || { cat name; false; }
	test "$(wc -l <name)" -eq 1
	framecut -d "encoding*" "$encoded" | framecmp -t 0 - "$six"
'
check 'fewer layers are the first of all' '
	encode -m "$whisper/clip" -l 1 "$six" >one
	$python - "$encoded" one <<-"END"
	import sys, msgpack, msgpack_numpy, numpy
	def read(path):
	    with open(path, "rb") as f:
	        return [x["encoding"] for x in msgpack.Unpacker(
	            f, object_hook=msgpack_numpy.decode) if "encoding" in x]
	whole, part = (read(path) for path in sys.argv[1:])
	assert len(whole) == 6
	for a, b in zip(whole, part):
	    assert b.shape == (2, 48)
	    assert (a[:2] == b).all()
	END
'
check 'an encoding is the mean and the deviation over time' '
	encode -m "$w2v2/base" "$six" >w2v2.frames
	encode -m "$w2v2/wavlm-large" "$six" >wavlm.frames
	encode --full -m "$whisper/clip" "$six" >full.frames
	fails 1 framecmp -t 1e-3 "$encoded" full.frames >out
	$python - w2v2.frames wavlm.frames full.frames <<-"END"
	import sys, msgpack, msgpack_numpy, numpy
	for path in sys.argv[1:]:
	    with open(path, "rb") as f:
	        n = 0
	        for x in msgpack.Unpacker(
	                f, object_hook=msgpack_numpy.decode):
	            if "encoding" in x:
	                e = x["encoding"]
	                assert e.shape == (3, 48) and numpy.isfinite(e).all()
	                assert (e[:, 24:] >= 0).all() and e[:, 24:].any()
	                n += 1
	        assert n == 6, n
	END
'
check 'an encoding does not depend on others, order or threads' '
	shuffle -s 3 "$six" | encode -j 1 -m "$whisper/clip" >mixed
	framejoin "$six" mixed >joined
	framecmp -t 0 "$encoded" joined
'
check 'bfloat16 is near, and not the same' '
	encode -p bf16 -m "$whisper/clip" "$six" >rounded
	fails 1 framecmp -t 1e-5 "$encoded" rounded >out
	framecmp -t .1 "$encoded" rounded
'
check 'what is too short is dropped, what is too long is cut' '
	tones .01 3 >two
	fails 1 encode -m "$whisper/clip" two >out 2>err
	grep -q "t0.wav: dropped: too short" err
	grep -q "t1.wav: is 3.0 s long, .* reads the first 2 s" err
	field encoding <out | wc -l | grep -qx 1
'
check 'a head is made of encodings, trained, and used' '
	student-init --encodings "$encoded" -c anger,sadness --hidden 16 \
		-o head
	for e in 1 2 3 4 5 6 7 8
	do
		shuffle -s $e "$encoded" | student-step -q -p $e -b 4 -r .01 \
			--head-dropout 0 -m head
	done
	predict -m head "$encoded" >table
	score --allow-seen --cluster none -B 0 --by "" table >scores
	grep -Eq "^all  *6 +100\.0" scores || { cat scores; false; }
	teacher-logits -t a=head "$encoded" | field teacher.a.logits >a
	predict --frames -m head "$encoded" | field logits | cmp - a
	modeldump head >dump
	grep -q "^format  *tunne-head-1" dump
	grep -q "hidden.weight .*F32 *\[16,48\]" dump
'
check 'training a head is the same with any number of threads' '
	student-init --encodings "$encoded" -c anger,sadness -o one
	cp one two
	student-step -q -j 1 -b 4 -m one "$encoded"
	student-step -q -j 3 -b 4 -m two "$encoded"
	cmp one two
'
check 'a head refuses encodings of another network or shape' '
	student-init --encodings "$encoded" -c anger,sadness -o head
	encode -m "$w2v2/base" "$six" >other
	fails 1 predict -m head other >out 2>err
	grep -q "its encoding is of .*, the head head reads" err
	framecut -d encoding.model "$encoded" >nameless
	predict -m head nameless >out
	encode -m "$whisper/clip" -l 1 "$six" |
		framecut -d encoding.model >small
	fails 1 predict -m head small >out 2>err
	says "encoding [2,48], the head head reads" err
	fails 1 predict -m head "$six" >out 2>err
	grep -qF "no \"encoding\" in the stream" err
'
check 'encodings are normalised by speaker, and a head knows it' '
	cmvn --field encoding --by speaker "$encoded" >normal 2>err
	field encoding.cmvn <normal | grep -cx "\"speaker\"}" | grep -qx 6
	$python - normal <<-"END"
	import sys, msgpack, msgpack_numpy, numpy
	by = {}
	with open(sys.argv[1], "rb") as f:
	    for x in msgpack.Unpacker(f, object_hook=msgpack_numpy.decode):
	        if "encoding" in x:
	            by.setdefault(x["speaker"], []).append(x["encoding"])
	assert len(by) == 2
	for e in by.values():
	    e = numpy.array(e, "f8")
	    assert e.shape == (3, 3, 48)
	    assert abs(e.mean(0)).max() < 1e-4
	    deviation = e.std(0)
	    assert abs(deviation[deviation > .9] - 1).max() < 1e-3
	    assert (deviation > .9).mean() > .9
	END
	student-init --encodings normal -c anger,sadness -o head
	predict -m head normal >out 2>err
	test ! -s err
	predict -m head "$encoded" >out 2>err
	says "encodings normalised by no, the head head was made for" err
	fails 2 cmvn --field encoding "$encoded" >out 2>err
	grep -qF "needs --by" err
	encode -m "$whisper/clip" normal >again
	framecmp -t 0 again "$encoded"
'
check 'what does not apply to a head is refused' '
	student-init --encodings "$encoded" -o head
	for option in --unfreeze "--freeze 1" --plain --spec-augment
	do
		fails 2 student-step $option -m head "$encoded" 2>err
		grep -q "does not apply to a head" err
	done
	fails 2 student-init --hidden 5 -o x 2>err
	fails 2 student-init --encodings "$encoded" -a small -o x 2>err
	fails 1 student-init --encodings "$six" -o x 2>err
	grep -qF "no \"encoding\" in the stream" err
	test ! -e x
'
check 'a head that is damaged is refused in one line' '
	student-init --encodings "$encoded" -o head
	for change in "s/tunne-head-1/tunne-head-9/" \
		"s/\"layers\"/\"layerz\"/" \
		"s/\"hidden\":\"192\"/\"hidden\":\"193\"/" \
		"s/\"width\":\"48\"/\"width\":\"-8\"/" \
		"s/\"encoder\"/\"encodes\"/" "s/hidden.bias/hidden.bios/"
	do
		LC_ALL=C sed "1$change" head >bad
		cmp -s head bad && false
		fails 1 predict -m bad "$encoded" >out 2>err
		test "$(wc -l <err)" -eq 1
		fails 1 modeldump -k nothing bad >out 2>err
	done
	head -c 3000 head >bad
	fails 1 predict -m bad "$encoded" >out 2>err
	test "$(wc -l <err)" -eq 1
'
finish
