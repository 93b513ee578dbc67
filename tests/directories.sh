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

finish
