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
	for how in "" --unfreeze "--precision bf16"
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
