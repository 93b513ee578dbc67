#!/bin/sh
# modeldump(1): what it prints of a model, and what is no model.
. "$(dirname "$0")/lib.sh"

# tensors TYPE SHAPE: a safetensors file of one tensor, "a", of 16 bytes.
tensors() {
	text="{\"a\":{\"dtype\":\"$1\",\"shape\":$2,\"data_offsets\":[0,16]}}"
	printf "\\$(printf %03o ${#text})\0\0\0\0\0\0\0%s" "$text"
	printf 0123456789abcdef
}

check 'the wrong number of operands is a usage error' '
	fails 2 modeldump
	fails 2 modeldump a b
	fails 2 modeldump --key
'
check 'the metadata and every tensor of a fresh student are printed' '
	student-init -a small -c joy,anger -o s.safetensors
	modeldump s.safetensors >out
	grep -qx "format  *tunne-student-1" out
	grep -qx "width  *64" out
	grep -qx "classes  *joy" out
	grep -qx "  *anger" out
	grep -qx "classifier.weight  *F32  *\[2,128\]" out
	grep -qx "classifier.bias  *F32  *\[2\]" out
	test "$(grep -c "F32  *\[[0-9,]*\]$" out)" -eq \
		"$(tr , "\n" <s.safetensors | grep -ac data_offsets)"
'
check 'an empty line parts the metadata from the tensors' '
	student-init -a small -o s.safetensors
	modeldump s.safetensors >out
	test "$(grep -cx "" out)" -eq 1
	sed "/^$/q" out | grep -q ^format
	sed "1,/^$/d" out | grep -q ^classifier.bias
'
check 'a key alone is printed as it stands' '
	student-init -a small -c joy,anger -o s.safetensors
	modeldump --key classes s.safetensors >out
	printf "joy\nanger\n" | diff - out
	modeldump -k blocks s.safetensors >out
	echo caca | diff - out
'
check 'a missing key is named' '
	student-init -a small -o s.safetensors
	fails 1 modeldump -k passes s.safetensors >out 2>err
	says "modeldump: s.safetensors: no \"passes\" in its metadata" err
	test ! -s out
'
check 'a model that others wrote is shown too, of any type' '
	tensors I64 "[1,2]" >x.safetensors
	modeldump x.safetensors >out
	grep -qx "a  *I64  *\[1,2\]" out
'
check 'controls do not reach the terminal' '
	text="{\"__metadata__\":{\"k\\u001b[m\":"
	text="$text\"b\\u001b[m\\nc\\u009bd\"},"
	text="$text\"a\\u001b[m\":{\"dtype\":\"F32\",\"shape\":[4],"
	text="$text\"data_offsets\":[0,16]}}"
	printf "\\$(printf %03o ${#text})\0\0\0\0\0\0\0%s" "$text" >x
	printf 0123456789abcdef >>x
	modeldump x >out
	cat >want <<-\END
	k\u001b[m         b\u001b[m
	             c\u009bd

	a\u001b[m                             F32   [4]
	END
	diff want out
	modeldump -k "$(printf "k\033[m")" x >out
	printf "%s\n" "b\u001b[m" "c\u009bd" | diff - out
'
check 'what is no model is refused with one line' '
	head -c 3 /dev/zero >three
	student-init -a small -o s.safetensors
	head -c 90000 s.safetensors >cut
	tensors F32 "[9,9]" >lie
	for file in nowhere three cut lie "$top/Makefile" /dev/null
	do
		fails 1 modeldump "$file" >out 2>err
		says "modeldump: $file: " err
		test ! -s out
	done
'
check 'a directory is described by shape, classes and metadata' '
	student-init -a wavlm-tiny -c joy,anger -o m
	modeldump m >out
	grep -qx "family  *WavLM" out
	grep -qx "layers  *2" out
	grep -qx "head  *projector of 24, reads the last layer" out
	grep -qx "classes  *joy" out
	grep -qx "format  *pt" out
	grep -qx "wavlm.*1.attention.gru_rel_pos_const  *F32  *\[1,4,1,1\]" out
	modeldump -k classes m/ >out
	printf "joy\nanger\n" | diff - out
	fails 1 modeldump -k passes m 2>err
	says "modeldump: m: no \"passes\" in its metadata" err
'
check 'a directory that is no model is refused with one line' '
	fails 1 modeldump . >out 2>err
	says "modeldump: ./config.json: No such file" err
	grep "a folder is a network of Hugging Face, a student is a file" err
	student-init -a w2v2-tiny -o m
	sed -i "s/\"0\": \"anger\"/\"0\": \"sadness\"/" m/config.json
	fails 1 modeldump m >out 2>err
	says "modeldump: m/config.json: id2label: two classes sadness" err
	test ! -s out
	fails 1 modeldump m/config.json >out 2>err
	says "m/config.json: JSON, not a model (a network is named by" err
'
check 'what is no model is described as what it is' '
	student-init -a small -o s
	wavread -M "$top/examples/clips.tsv" | featurize >frames
	for file in frames:frames "$top/examples/sad-de.flac:recording"
	do
		fails 1 modeldump "${file%:*}" 2>err
		says "${file#*:}, not a model" err
	done
	student-step -q -m s -b 2 frames
	modeldump -k voices s | cut -f 1 | grep -qx clips
	modeldump -k voices s | cut -f 2 | grep -qx Andrea
'
check 'a full disk is an error' '
	test -w /dev/full || exit 0
	student-init -a small -o s.safetensors
	fails 1 modeldump s.safetensors >/dev/full 2>err
	says "modeldump: write <stdout>: No space left on device" err
'
finish
