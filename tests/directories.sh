#!/bin/sh
# Model directories of Hugging Face: what is said of them, and what is kept.
. "$(dirname "$0")/lib.sh"

network=$top/tests/golden/w2v2

# copy NETWORK DIR: one that may be changed
copy() {
	rm -rf "$2"
	cp -r "$network/$1" "$2"
	chmod -R u+w "$2"
}

check 'a sum of layers that transformers may compute in two ways is named' '
	copy large sum
	modeldump sum >out 2>err
	test ! -s err
	sed -i /tie_last/d sum/config.json
	modeldump sum >out 2>err
	says "sum/config.json has neither tie_last_hidden_states nor" err
	sed -i "s/.*model_type/\"transformers_version\": \"5.16\",\n&/" \
		sum/config.json
	modeldump sum >out 2>err
	test ! -s err
'

check 'two files that differ on what is done to the audio are named' '
	copy base m
	tr -d "\n" <m/preprocessor_config.json |
		sed "s/.*/{\"feature_extractor\": &}/" >m/processor_config.json
	modeldump m >out 2>err
	test ! -s err
	sed -i "s/\(do_normalize\": \)true/\1false/" m/processor_config.json
	modeldump m >out 2>err
	says "m: do_normalize is false, as processor_config.json says" err
	grep -q "normalize.*no" out
	sed -i "s/16000/8000/" m/preprocessor_config.json
	modeldump m >out 2>err
	says "m: preprocessor_config.json does not count" err
'

check 'of a network in parts one file is left, and what is not its own' '
	sox -n -r 16000 -b 16 t.wav synth 1 sine 200
	wavread --label anger t.wav >tone
	copy sharded m
	mkdir m/sub
	echo mine | tee m/vocab.json m/other-1-of-2.safetensors >m/notes
	ls m | grep -v -e "^model" -e "^config" >before
	student-step -q -m m tone
	student-step -q -m m tone
	ls m | grep -v -e "^config" -e "^training.safetensors" >after
	echo model.safetensors | sort - before | diff - after
	modeldump m >out
'

# trained WORD [NETWORK]: tensors that were trained, of names with WORD in them
trained() {
	python3 - "$network/${2:-base}/model.safetensors" m/model.safetensors \
		"$1" <<-end
	import json, struct, sys
	def tensors(path):
	    data = open(path, "rb").read()
	    n, = struct.unpack("<Q", data[:8])
	    header = json.loads(data[8:8 + n])
	    header.pop("__metadata__")
	    return {k: data[8 + n:][slice(*t["data_offsets"])]
	            for k, t in header.items()}
	old, new = map(tensors, sys.argv[1:3])
	print(*sorted(k for k in old if sys.argv[3] in k and old[k] != new[k]))
	end
}

check 'what gets no gradient in an update does not decay either' '
	sox -n -r 16000 -b 16 t.wav synth 1 sine 200
	wavread --label anger t.wav >tone
	copy base m
	student-step -q -m m --weight-decay 1 -r 1e-3 tone
	test -z "$(trained masked_spec)"
	test -n "$(trained layers.0)"
	sed -i -e "/apply_spec_augment/s/false/true/" \
		-e "s/\"layerdrop\": 0.0/\"layerdrop\": 0.99/" \
		-e "s/\(mask_time_prob\": \)0.0/\10.4/" \
		-e "s/\"num_hidden/\"mask_time_length\": 3, &/" \
		m/config.json
	student-step -q -m m --weight-decay 1 -r 1e-3 tone
	test -n "$(trained masked_spec)"
	copy base m
	sed -i "s/\"layerdrop\": 0.0/\"layerdrop\": 0.99/" m/config.json
	student-step -q -m m --weight-decay 1 -r 1e-3 tone
	test -z "$(trained layers.)"
	test -n "$(trained classifier)"
'

check 'data2vec and a batch norm are trained, and what is not stays' '
	sox -n -r 16000 -b 16 t.wav synth 1 sine 200
	wavread --label anger t.wav >tone
	for net in data2vec hubert-batch
	do
		for how in "" "--precision bf16" "--memory 0"
		do
			student-init -q --from "$network/$net" \
				--classes anger,sadness -o m
			student-step -q -m m $how --weight-decay 1 tone
			trained pos_conv $net >names
			predict -m m tone >table
			predict -m m --precision bf16 tone >table
			rm -r m
		done
		cat names
		grep -q pos_conv_embed.*conv.weight names
		case $net in
		data2vec)
			grep -q "layers.2.conv.bias" names ;;
		*)
			grep -q "batch_norm.weight" names
			test "$(grep -c running names)" -eq 0 ;;
		esac
	done
'

finish
