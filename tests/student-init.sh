#!/bin/sh
# student-init(1): what it writes, what it refuses.
. "$(dirname "$0")/lib.sh"
# python that has what we import; not always the first on PATH
python_find msgpack

check 'bad options are usage errors that say what is wanted' '
	fails 2 student-init
	fails 2 student-init -o m operand
	fails 2 student-init -o m --arch huge
	fails 2 student-init -o m --width 5000
	fails 2 student-init -o m -c ""
	fails 2 student-init -o m -c a,,b
	for list in "a, b" "a ,b" "a,b "
	do
		fails 2 student-init -o m -c "$list" 2>err
		grep -q "begins or ends with a blank" err
	done
	student-init -o two -c "very sad,b" -a small
	fails 1 student-init -o nodir/x 2>err
	says "student-init: nodir/x: No such file" err
	fails 2 student-init -o m -c "$(printf "a\001,b")"
	fails 2 student-init -o m -c "$(printf "a%.0s" $(seq 256)),b"
	fails 2 student-init -o m -c a,b,a 2>err
	grep -qF "a twice" err
	fails 2 student-init -o m -f nonsense 2>err
	grep -qF "want a type such as" err
	fails 2 student-init -o m -f "fbank80 16000/400" 
	fails 2 student-init -o m -f "fbank0 16000/400/160"
	fails 2 student-init -o m -f "fbank80 16000/400/160 "
	fails 2 student-init -o m --blocks ccccccccccccccccc
	fails 2 student-init -o m -c "$(seq -s , 65)"
	test ! -e m
'
check 'shapes that cannot be are refused' '
	fails 1 student-init -o m --width 30 --heads 4 2>err
	says "multiple of heads" err
	fails 1 student-init -o m --width 15 --heads 3 2>err
	says "odd" err
	fails 1 student-init -o m --blocks cax 2>err
	says "blocks other than" err
	test ! -e m
'
check 'the same command writes the same bytes, another seed others' '
	student-init -o a
	student-init -o b
	student-init -s 2 -o c
	cmp a b
	fails 1 cmp -s a c
	test "$(wc -c <a)" -eq "$(wc -c <c)"
'
check 'each architecture is a model that predicts' '
	head -c 32000 /dev/zero | tr "\000" "\101" | wavread --raw - |
		featurize >f
	for arch in small base large
	do
		student-init -a $arch -o m
		predict -m m f >out
		test "$(wc -l <out)" -eq 2
	done
'
check 'classes, features and shape are what was asked for' '
	student-init -c joy,fear,boredom -f "fbank20 8000/200/80" --width 16 \
		--heads 4 --blocks "" -o m
	head -c 32000 /dev/zero | tr "\000" "\101" | wavread -r 8000 --raw - |
		featurize -t fbank -b 20 -r 8000 | predict -m m >out
	head -1 out | grep -q "confidence	joy	fear	boredom$"
	test "$(tail -n 1 out | awk -F "\t" "{print NF}")" = 12
'
check 'one of functionals has their rows, and only where there are such' '
	student-init --blocks f --width 16 --heads 2 -o m
	test "$(modeldump -k blocks m)" = f
	modeldump m | grep -q "^front.0.weight  *F32  *.16,1,428.$"
	fails 1 student-init --blocks f -f "mfcc13 16000/400/160" -o n 2>err
	says "these features have no functionals" err
	fails 1 student-init --blocks fc -o n 2>err
	says "blocks other than" err
	test ! -e n
'
clips() {
	wavread -M "$top"/examples/clips.tsv | featurize >raw.frames
}
# tensor NAME MODEL: its bytes, in hexadecimal.
tensor() {
	python3 -c "
import json, struct, sys
b = open(sys.argv[2], 'rb').read()
n = 8 + struct.unpack('<Q', b[:8])[0]
at = json.loads(b[8:n])[sys.argv[1]]['data_offsets']
print(b[n + at[0]:n + at[1]].hex())" "$@"
}
check 'whitening is by the stream alone, and training leaves it as it is' '
	clips
	for seed in 1 2
	do
		student-init --blocks fw --width 16 --heads 2 -s $seed \
			--whiten raw.frames -o $seed
		tensor whiten.weight $seed >$seed.whiten
		tensor front.0.weight $seed >$seed.front
	done
	test "$(modeldump -k blocks 1)" = fw
	modeldump 1 | grep -q "^whiten.weight  *F32  *.214,214.$"
	cmp 1.whiten 2.whiten
	fails 1 cmp -s 1.front 2.front
	grep -q "[1-9]" 1.whiten
	student-step -q -m 1 raw.frames
	tensor whiten.weight 1 | cmp - 1.whiten
	tensor front.0.weight 1 >trained
	fails 1 cmp -s trained 1.front
	framecut --where language=de raw.frames |
		student-init --blocks fw --whiten - -o other
	tensor whiten.weight other >other.whiten
	fails 1 cmp -s other.whiten 1.whiten
'
check 'fw needs frames to whiten by, and nothing else does' '
	clips
	fails 2 student-init --blocks fw -o m <raw.frames 2>err
	grep -q -e "--blocks fw needs --whiten" err
	fails 2 student-init --whiten raw.frames -o m 2>err
	grep -q -e "--whiten is for --blocks fw" err
	fails 2 student-init -a w2v2-tiny --whiten raw.frames -o m 2>err
	grep -q -e "--whiten is for compact students" err
	cp raw.frames m
	fails 2 student-init --blocks fw --whiten m -o m 2>err
	grep -q "m: would be read and replaced" err
	cmp raw.frames m
'
check 'what cannot be whitened is refused, and no model written' '
	clips
	fails 1 student-init --blocks fw --whiten /dev/null -o m 2>err
	cmvn --by stream raw.frames >cmvn.frames
	fails 1 student-init --blocks fw --whiten cmvn.frames -o m 2>err
	says "no utterance with raw features" err
	head -c 100000 raw.frames >short.frames
	fails 1 student-init --blocks fw --whiten short.frames -o m 2>err
	test "$(wc -l <err)" -eq 1
	for what in "f[\"features\"][b\"data\"] = nan" "del f[\"features\"]"
	do
		student-init -o old
		cp old kept
		$python -c "
import msgpack, struct, sys
for f in msgpack.Unpacker(sys.stdin.buffer):
    if f[\"frame\"] == \"utterance\" and f[\"id\"].startswith(\"happy\"):
        n = len(f[\"features\"][b\"data\"]) // 4
        nan = struct.pack(\"<f\", float(\"nan\")) * n
        $what
    sys.stdout.buffer.write(msgpack.packb(f))" <raw.frames >bad.frames
		fails 1 student-init --blocks fw --whiten bad.frames \
			-o old 2>err
		says "happy-pl.flac: features: " err
		cmp old kept
	done
	fails 1 student-init --blocks fw -f "fbank40+pitch 16000/400/160" \
		--whiten raw.frames -o m 2>err
	says "16000/400/160\", the student" err
	test ! -e m
'
check 'sixteen blocks and sixty-four classes are possible' '
	student-init -c "$(seq -s , 64)" --blocks cacacacacacacaca --width 8 \
		--heads 8 -o m
	head -c 32000 /dev/zero | wavread --raw - | featurize |
		predict -m m >out
	test "$(tail -n 1 out | awk -F "\t" "{print NF}")" = 73
'
check 'a failed write is reported and leaves nothing behind' '
	for out in /dev/full nowhere/m .
	do
		fails 1 student-init -o $out 2>err
		says "$out" err
	done
	echo old >m
	(ulimit -f 40; trap "" XFSZ; fails 1 student-init -o m) 2>err
	says "m" err
	test "$(cat m)" = old
	test "$(echo m*)" = m
'
check 'a class whose name would break a table is refused' '
	fails 2 student-init -c "a$(printf "\\t")b,c" -o m 2>err
	grep -q -e "--classes" err
	test ! -e m
'
check 'a network of each family is a directory that predicts' '
	head -c 32000 /dev/zero | tr "\000" "\101" | wavread --raw - >f
	for family in w2v2 hubert wavlm
	do
		student-init -a $family-tiny -c a,b,c -o $family
		predict -m $family f >out
		head -1 out | grep -q "confidence	a	b	c$"
	done
'
check 'a network keeps its encoder and gets another head' '
	student-init -a wavlm-tiny -o a
	student-init --from a -c joy,other --layer-sum --projector 7 -o b/
	modeldump b >out
	grep -q "^projector.weight  *F32  *\[7,64\]" out
	grep -q "^classifier.weight  *F32  *\[2,7\]" out
	grep -q "^layer_weights  *F32  *\[3\]" out
	test "$(ls b | wc -l)" = 3
	student-init --from a --keep-head -o c
	cmp a/model.safetensors c/model.safetensors
	student-init --from b --keep-head -c joy,other -o c
	fails 1 student-init --from b --keep-head -c other,joy -o c 2>err
	says "cannot be kept" err
'
check 'a network does not begin with what it would replace' '
	student-init -a w2v2-tiny -o net
	cp -r net was
	fails 2 student-init --from net -c a,b -o ./net 2>err
	grep -q -e "--out ./net: is the network of --from" err
	diff -r was net
'
check 'a class that no label can have is reported' '
	student-init -a small -c joy,other -o m 2>err
	grep "joy.*to .happiness." err
	student-init -a w2v2-tiny -c angry,other -o net 2>err
	grep "angry.*to .anger." err
	student-init -a small -c happiness,other,Other -o m 2>err
	grep "Other.*to .other." err
'
check 'a trained model is not replaced in silence' '
	wavread -M "$top/examples/clips.tsv" >clips
	featurize clips >features
	student-init -a small -o m 2>err
	student-init -a small -o m 2>>err
	test ! -s err
	student-step -q -m m features
	student-init -a small -o m 2>err
	says "m: replaces a trained model (passes: 1)" err
	student-init -a w2v2-tiny -c anger,happiness,neutral,sadness -o net
	student-step -q -m net clips
	student-init -a w2v2-tiny -o net 2>err
	says "net: replaces a trained model (passes: 1)" err
'
check 'a network with a weight that is not finite is not begun with' '
	student-init -a w2v2-tiny -o a
	python3 - <<-END
	bytes = bytearray(open("a/model.safetensors", "rb").read())
	bytes[-4:] = b"\0\0\200\177"
	open("a/model.safetensors", "wb").write(bytes)
	END
	for options in "--keep-head" "-c joy,other"
	do
		fails 1 student-init --from a $options -o b 2>err
		says "holds NaN or infinity" err
		test ! -e b
	done
'
check 'other files in a directory stay' '
	mkdir a
	echo mine >a/README.md
	student-init -a w2v2-tiny -o a
	student-init -a w2v2-tiny -s 2 -o a
	test "$(cat a/README.md)" = mine
'
check 'options of networks and of students do not mix' '
	fails 2 student-init -a w2v2-tiny --width 8 -o m 2>err
	grep -q "compact students" err
	fails 2 student-init -a w2v2-tiny -f "fbank20 8000/200/80" -o m
	fails 2 student-init --layer-sum -o m 2>err
	grep -q "is for networks" err
	fails 2 student-init -a w2v2-tiny --keep-head -o m
	fails 2 student-init --from m -a w2v2-tiny -o m2
	fails 2 student-init --from m --keep-head --projector 8 -o m2
	fails 2 student-init -a w2v2-huge -o m 2>err
	grep -q "w2v2-base" err
	test ! -e m -a ! -e m2
'
check 'a recording or a stream is not replaced by a model' '
	sox -n -r 16000 -b 16 x.wav synth 1 sine 300
	wavread x.wav >x.frames
	cp x.frames y.frames
	student-init -a small -o s
	for file in x.wav x.frames
	do
		cp $file kept
		fails 1 student-init -a small -o $file 2>err
		says "$file: is a " err
		says ", not a model, and is not replaced (remove it" err
		fails 1 student-init -a w2v2-tiny -o $file 2>err
		fails 1 student-export -m s -o $file 2>err
		says "$file: is a " err
		fails 1 student-step -m s -o $file y.frames 2>err
		says "$file: is a " err
		cmp $file kept
	done
'
check 'what is no network, or cannot be written, is named' '
	fails 1 student-init --from nowhere -o m 2>err
	says "nowhere/config.json: No such file" err
	student-init -a w2v2-tiny -o a
	sed -i s/wav2vec2/sew/ a/config.json
	fails 1 student-init --from a -o m 2>err
	says "model_type \"sew\" is not supported" err
	echo >file
	fails 1 student-init --from file -o m 2>err
	says "file: not a folder; want a network of Hugging Face" err
	fails 1 student-init -a w2v2-tiny -o file 2>err
	says "file: not a directory" err
	fails 1 student-init -a w2v2-tiny -o no/where 2>err
	says "no/where" err
'
check 'a Whisper network is made, trained, cut, and keeps what it came from' '
	student-init -a whisper-micro --full -o one
	grep -q "\"tunne_view\": \"full\"" one/config.json
	grep -q "WhisperForAudioClassification" one/config.json
	sed "s/^{/{\"odd\": [1, 2.50],/" one/config.json >config
	mv config one/config.json
	student-init --from one --layers 1 --pooling attention --layer-sum \
		-c anger,sadness -o two
	grep -q "\"odd\": \[1, 2.50\]" two/config.json
	grep -q "\"encoder_layers\": 1" two/config.json
	grep -q "\"tunne_view\": \"clip\"" two/config.json
	grep -q "\"tunne_pooling\": \"attention\"" two/config.json
	modeldump two >dump
	grep -q "pooling.attention .*\[2,64\]" dump
	! grep -q "layers.1" dump
	sox -R -n -r 16000 -b 16 a.wav synth 1 sine 300 vol .3
	sox -R -n -r 16000 -b 16 b.wav synth 3 sine 500 vol .3
	{
		wavread --label anger --speaker a a.wav
		wavread --label sadness --speaker b b.wav
	} >in
	predict -m two in >before 2>err
	says "b.wav: is 3.0 s long, two reads the first 2 s" err
	predict --max-seconds .5 -m two in >shorter 2>err
	grep -q "a.wav: is 1.0 s long, two reads the first 0.5 s" err
	! cmp before shorter
	student-step -q --freeze 1 -b 2 -r .01 -m two in 2>err
	predict -m two in >after 2>err
	! cmp before after
	cp -r two three
	student-step -q --unfreeze -b 2 -m three in 2>err
	fails 2 student-step --unfreeze --freeze 1 -m two in 2>err
	fails 1 student-step --freeze 2 -m two in 2>err
	says "two: has 1 layers, fewer than --freeze 2" err
	fails 1 student-init --from one --layers 3 -o four 2>err
	says "one: has 2 layers, fewer than --layers 3" err
	fails 2 student-init --layers 1 -o four 2>err
'
check 'frozen layers keep their bytes' '
	student-init -a whisper-micro -o one
	sox -R -n -r 16000 -b 16 a.wav synth 1 sine 300 vol .3
	wavread --label anger a.wav >in
	cp -r one two
	student-step -q --freeze 1 -b 1 -r .01 -m two in
	python_find numpy
	$python - one two <<-"END"
	import json, struct, sys
	def tensors(path):
	    with open(path + "/model.safetensors", "rb") as f:
	        size, = struct.unpack("<Q", f.read(8))
	        header, data = json.loads(f.read(size)), f.read()
	    return {n: data[slice(*t["data_offsets"])]
	            for n, t in header.items() if n != "__metadata__"}
	old, new = (tensors(path) for path in sys.argv[1:])
	changed = {n for n in old if old[n] != new[n]}
	assert not any("conv" in n or "layers.0." in n or "positions" in n
	               for n in changed), changed
	assert any("layers.1." in n for n in changed)
	assert {"encoder.layer_norm.weight", "classifier.bias"} <= changed
	END
'
finish
