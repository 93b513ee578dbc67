#!/bin/sh
# student-step(1) on networks of Hugging Face: what learns, chance, resuming.
. "$(dirname "$0")/lib.sh"

# python of any kind; only its standard library is used
python=python3

network=$top/tests/golden/w2v2

tones() {
	i=0
	for label in anger sadness neutral
	do
		sox -n -r 16000 -b 16 "$dir/t$i.wav" synth $((i + 1)) \
			sine $((200 + 150 * i)) vol .3
		wavread --label $label --speaker s$i "$dir/t$i.wav"
		i=$((i + 1))
	done
}

# tuned NETWORK DIR OPTIONS...: a copy of it after two passes
tuned() {
	cp -r "$network/$1" "$2"
	chmod -R u+w "$2"
	to=$2
	shift 2
	student-step -q -m "$to" -b 2 "$@" "$dir/tones"
	student-step -q -m "$to" -b 2 "$@" "$dir/tones"
}

# dropping NETWORK: a copy with all kinds of chance in its config.json
dropping() {
	cp -r "$network/$1" "$2"
	chmod -R u+w "$2"
	sed -i -e "s/\"\([a-z_]*dropout\)\": 0.0/\"\1\": 0.2/" \
		-e "s/\"layerdrop\": 0.0/\"layerdrop\": 0.3/" \
		-e "s/\"mask_\([a-z]*\)_prob\": 0.0/\"mask_\1_prob\": 0.4/" \
		-e "s/\"num_hidden/\"mask_time_length\": 3, \
	\"mask_feature_length\": 3, &/" \
		-e "/apply_spec_augment/s/false/true/" \
		"$2/config.json"
}

# weights DIR: each tensor's name and checksum
weights() {
	$python - "$1/model.safetensors" <<-end
	import json, struct, sys, zlib
	bytes = open(sys.argv[1], "rb").read()
	n, = struct.unpack("<Q", bytes[:8])
	for name, t in sorted(json.loads(bytes[8:8 + n]).items()):
	    if name != "__metadata__":
	        begin, end = t["data_offsets"]
	        print(name, zlib.crc32(bytes[8 + n + begin:8 + n + end]))
	end
}

# outputs DIR PRECISION: all that inference computes
outputs() {
	teacher-logits -q -e -p "$2" -t "en=$1" "$dir/tones" |
		encode -q -p "$2" -m "$1" |
		framecut -d teacher.en.model,encoding.model
}

tones >"$dir/tones"

check 'a network learns, and its convolutions stay unless asked for' '
	tuned base frozen
	tuned base free --unfreeze --weight-decay 0
	weights "$network/base" >old
	weights frozen >new
	comm -12 old new | grep -v masked_spec >same
	test "$(grep -c feature_extractor same)" -eq "$(wc -l <same)"
	test "$(grep -c feature_extractor same)" -eq 9
	weights free | comm -12 old - | grep -v masked_spec >same || :
	test ! -s same
'
check 'a network ends in the same weights whatever the threads and memory' '
	for t in wavlm large
	do
		dropping $t $t.chance
		for how in "-j 1" "-j 3" "-j 2 --memory 0"
		do
			cp -r $t.chance this
			student-step -q -m this -b 2 $how "$dir/tones"
			weights this | cksum >>$t.sums
			rm -r this
		done
		test "$(sort -u $t.sums | wc -l)" -eq 1
	done
'
check 'chance comes from the seed, and --plain is without it' '
	dropping base chance
	for how in "-s 1" "-s 2" "-s 1 --plain" "-s 2 --plain"
	do
		cp -r chance this
		student-step -q -m this $how --log log "$dir/tones"
		rm -r this
	done
	sed "s/.*\"loss\":\([0-9.]*\).*/\1/" log >losses
	test "$(sort -u losses | wc -l)" -eq 3
	test "$(sed -n 3p losses)" = "$(sed -n 4p losses)"
'
check 'a network whose input was cut goes on to the same weights' '
	for how in "" --unfreeze "--precision bf16" "--lora 3"
	do
		rm -rf once twice
		dropping base once
		cp -r once twice
		student-step -q -m once $how -b 1 --checkpoint 1 "$dir/tones"
		head -c $(($(wc -c <"$dir/tones") * 3 / 4)) "$dir/tones" |
			fails 1 student-step -q -m twice $how -b 1 \
				--checkpoint 1 - 2>err
		test "$(modeldump --key batches twice)" -gt 0
		student-step -q -m twice $how -b 1 --checkpoint 1 "$dir/tones"
		weights once >a
		weights twice | cmp - a
	done
'
check 'adapters and the head learn, and all else stays bit for bit' '
	for t in base wavlm hubert-batch data2vec ../whisper/attention
	do
		rm -rf net
		tuned $t net --lora 3
		grep -q "\"tunne_lora\": 3" net/config.json
		modeldump net | grep -q "^adapters *rank 3$"
		weights "$network/$t" >old
		weights net | grep -v "_proj\.lora_[AB] " >new
		comm -13 old new >changed
		test -s changed
		! grep -vE "^(layer_w|projector|pooling|classifier)" changed
		weights net | grep -c lora_ >count
		grep -c "q_proj.weight" old | awk "{ print 4 * \$1 }" |
			cmp - count
	done
'
check 'adapters come from the seed, and all of them learn' '
	for seed in 1 1 2
	do
		rm -rf net
		cp -r "$network/large" net
		student-step -q -m net --lora 3 -s $seed --plain "$dir/tones"
		weights net | cksum >>sums
	done
	test "$(uniq -c sums | awk "{ printf \"%s \", \$1 }")" = "2 1 "
	weights net | grep lora_ >old
	student-step -q -m net --lora 3 -s 2 --plain "$dir/tones"
	weights net | grep lora_ | comm -12 old - >same
	test ! -s same
'
check 'the optimiser keeps no state of what adapters leave as it is' '
	rm -rf net
	tuned large whole
	tuned large net --lora 3
	test "$(wc -c <net/training.safetensors)" -lt \
		"$(($(wc -c <whole/training.safetensors) / 2))"
	student-step -q -m whole --lora 3 "$dir/tones" 2>err
	says "whole: the optimiser starts again" err
'
check 'with adapters below frozen layers, those above alone learn' '
	tuned large net --lora 3
	weights net | grep lora_ >old
	student-step -q -m net --lora 3 --freeze 1 "$dir/tones"
	weights net | comm -12 old - >same
	test "$(grep -c "layers.0" same)" -eq 4
	test "$(wc -l <same)" -eq 4
'
check 'with all layers frozen the head learns, its attention as well' '
	for sum in "" --layer-sum
	do
		for how in "" "--lora 3"
		do
			student-init -q -a whisper-micro --pooling attention \
				$sum -o net
			weights net >old
			for pass in 1 2
			do
				student-step -q -m net --freeze 2 $how -b 2 \
					"$dir/tones" 2>/dev/null
			done
			weights net | comm -13 old - |
				grep -v "lora_\|^encoder.layer_norm" |
				sed "s/[. ].*//" | sort -u | xargs >names
			test "$(cat names)" = "classifier \
${sum:+layer_weights }pooling projector"
			rm -r net
		done
	done
'
check 'exported, adapters are merged: the same to all programs' '
	for t in base wavlm ../whisper/clip
	do
		rm -rf net merged
		tuned $t net --lora 3 -r .01
		student-export -m net -o merged
		! grep -q tunne_lora merged/config.json
		weights "$network/$t" | cut -d " " -f 1 >old
		weights merged | cut -d " " -f 1 | cmp - old
		for how in fp32 bf16 int8
		do
			outputs net $how >a
			outputs merged $how | framecmp -t 1e-5 a -
			outputs "$network/$t" $how >b
			fails 1 framecmp -t 1e-4 a b >/dev/null
		done
		student-init --from net --keep-head -o kept
		weights kept >a
		weights merged | cmp - a
		student-init --from net --classes anger,neutral -o new
		weights new | grep _proj >a
		weights merged | grep _proj | cmp - a
		rm -r kept new
		student-step -q -m merged --lora 7 "$dir/tones"
	done
'
check 'what does not go with adapters is refused' '
	tuned base net --lora 3
	weights net >old
	fails 1 student-step -m net "$dir/tones" 2>err
	says "net: has adapters of rank 3 (give --lora 3; student-export " err
	fails 1 student-step -m net --lora 4 "$dir/tones" 2>err
	says "net: has adapters of rank 3, not of --lora 4" err
	fails 2 student-step -m net --lora 3 --unfreeze "$dir/tones" 2>err
	grep -q "unfreeze and --lora: want one of them" err
	fails 2 student-step -m net --lora 257 "$dir/tones"
	weights net | cmp - old
	student-init -a small -o compact
	fails 2 student-step --lora 3 -m compact -o x "$dir/tones" 2>err
	grep -q "compact: --lora is for networks, this is a compact" err
	encode -q -m net "$dir/tones" >encodings
	student-init --encodings encodings --classes anger,neutral -o head
	fails 2 student-step --lora 3 -m head -o x encodings 2>err
	grep -q "head: --lora does not apply to a head" err
	sed -i "s/\(tunne_lora.: \)3/\12/" net/config.json
	fails 1 predict -m net "$dir/tones" 2>err
	says "q_proj.lora_A is [3,24], want [2,24]" err
	sed -i "s/\(tunne_lora.: \)2/\1257/" net/config.json
	fails 1 predict -m net "$dir/tones" 2>err
	says "tunne_lora: want a whole number in 1..256" err
	sed -i s/tunne_lora/other/ net/config.json
	fails 1 predict -m net "$dir/tones" 2>err
	says "q_proj.lora_A has no place in this architecture" err
'
check 'options for the other kind of model are usage errors' '
	fails 2 student-step -a -m "$network/base" -o x "$dir/tones" 2>err
	grep -q "base: --spec-augment is for compact students; the" err
	for option in "--dropout .3" "--head-dropout 0" "--average 0"
	do
		fails 2 student-step $option -m "$network/base" -o x \
			"$dir/tones" 2>err
		grep -q "base: ${option% *} is for compact students" err
	done
	student-init -a small -o compact
	fails 2 student-step --plain -m compact -o x "$dir/tones" 2>err
	grep -q "compact: --plain is for networks, this is a compact" err
	fails 2 student-step --unfreeze -m compact -o x "$dir/tones"
	test ! -e x
'
check 'a network whose optimiser was lost or cut says so' '
	dropping base whole
	student-step -q -m whole "$dir/tones"
	cp -r whole cut
	truncate -s -4 cut/training.safetensors
	fails 1 student-step -q -m cut "$dir/tones" 2>err
	says "cut: training.safetensors: tensor optimizer.v: ends 4 bytes" err
	rm cut/training.safetensors
	student-step -q -m cut "$dir/tones" 2>err
	says "cut: the optimiser starts again: training.safetensors is" err
	head -c $(($(wc -c <"$dir/tones") * 3 / 4)) "$dir/tones" |
		fails 1 student-step -q -m whole -b 1 --checkpoint 1 - 2>err
	rm whole/training.safetensors
	fails 1 student-step -q -m whole -b 1 "$dir/tones" 2>err
	says "whole: cannot continue inside a pass without the optimiser" err
'
check 'no two batches of a training are dropped from alike' '
	dropping large m
	for pass in 1 2
	do
		cat "$dir/tones" "$dir/tones" |
			student-step -q -m m -b 3 -r 1e-12 --log log
	done
	grep -o "\"loss\":[0-9.]*" log | sort -u >losses
	test "$(wc -l <losses)" -eq 4
'
check 'accumulating two batches is one of twice the size' '
	tuned large whole -b 3 --plain
	tuned large parts -b 1 --accumulate 3 --plain
	predict -m whole "$dir/tones" | cut -f 9- >a
	predict -m parts "$dir/tones" | cut -f 9- >b
	awk "NR == FNR { for (i = 1; i <= NF; i++) x[FNR, i] = \$i; next }
	     FNR > 1 { for (i = 1; i <= NF; i++) {
			d = \$i - x[FNR, i]
			if (d > .002 || d < -.002) exit 1
	     } }" a b
	test "$(wc -l <a)" -eq 4
'
check 'audio too large to compute with is left out of its batch' '
	$python - >huge <<-end
	import struct, sys
	def text(x):
	    return bytes([0xa0 | len(x)]) + x.encode()
	data = struct.pack("<8000f", *[3e38 * (-1) ** (i // 20)
	                               for i in range(8000)])
	sys.stdout.buffer.write(
	    b"\x82" + text("frame") + text("header") +
	    text("version") + b"\x01" +
	    b"\x85" + text("frame") + text("utterance") +
	    text("id") + text("big") + text("label") + text("neutral") +
	    text("rate") + b"\xcd\x3e\x80" + text("audio") +
	    b"\x85" + text("nd") + b"\xc3" + text("type") + text("<f4") +
	    text("kind") + text("") + text("shape") + b"\x91\xcd\x1f\x40" +
	    text("data") + b"\xc6" + struct.pack(">I", len(data)) + data +
	    b"\x83" + text("frame") + text("end") +
	    text("utterances") + b"\x01" + text("dropped") + b"\x00")
	end
	cat huge "$dir/tones" >big
	for net in wavlm large
	do
		dropping $net $net.with
		sed -i "s/\"do_normalize\": true/\"do_normalize\": false/" \
			$net.with/preprocessor_config.json
		cp -r $net.with $net.without
		fails 1 student-step -q -m $net.with -b 4 big 2>err
		says "big: skipped: values too large" err
		student-step -q -m $net.without -b 4 "$dir/tones"
		weights $net.with >a
		weights $net.without | cmp - a
	done
'
check 'a loss on embeddings is for compact students, and says so' '
	cp -r "$network/base" net
	chmod -R u+w net
	fails 1 student-step -m net -b 2 -l "kd-loss -L 0 -e sp" \
		"$dir/tones" 2>err
	grep -qF "only a compact student has one" err
'
finish
