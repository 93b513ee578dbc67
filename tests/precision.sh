#!/bin/sh
# --precision of predict(1) and teacher-logits(1), and what they keep of it.
. "$(dirname "$0")/lib.sh"

XDG_CACHE_HOME=$dir/cache
export XDG_CACHE_HOME
kept=$dir/cache/tunne

for i in 1 2 3
do
	sox -R -n -r 16000 -b 16 "$dir/t$i.wav" \
		synth "$i.3" sine "$((150 * i))" vol .3
done
(cd "$dir" && wavread t1.wav t2.wav t3.wav) >"$dir/audio"
student-init -a w2v2-tiny -o "$dir/network"
network=$dir/network audio=$dir/audio

# logits OPTIONS...: of each utterance
logits() {
	predict --frames -m "$network" "$@" | framecut -k id,logits
}

# said OPTIONS...: the same, a line of text each
said() {
	logits "$@" | framedump --json
}

check 'an unknown precision is a usage error' '
	fails 2 predict -p fp64 "$audio"
	fails 2 teacher-logits -p 16 -t a="$network" "$audio"
'
check 'bf16 is near fp32, and not the same' '
	said "$audio" >text
	said -p fp32 "$audio" | cmp - text
	logits "$audio" >fp32
	logits -p bf16 "$audio" >bf16
	fails 1 framecmp fp32 bf16 >/dev/null
	framecmp -t .01 fp32 bf16
'
check 'int8 is near fp32, and depends on neither threads nor others' '
	logits "$audio" >fp32
	logits -p int8 "$audio" >int8
	fails 1 framecmp fp32 int8 >/dev/null
	framecmp -t .05 fp32 int8
	shuffle -s 2 "$audio" >others
	(export OMP_NUM_THREADS=3 && logits -p int8 others) >mixed
	framejoin "$audio" mixed >joined
	framejoin "$audio" int8 >want
	framecmp -t 0 want joined
	(export OMP_NUM_THREADS=1 && logits -p int8 "$audio") |
		framecmp -t 0 int8 -
	fails 2 student-step --precision int8 -m "$network" "$audio"
'
check 'auto is one of them' '
	said -p auto "$audio" >auto
	said "$audio" >fp32
	said -p bf16 "$audio" >bf16
	cmp auto fp32 || cmp auto bf16
'
check 'company, order and threads change no bit' '
	said -p bf16 "$audio" >together
	for i in 3 1 2
	do
		(cd "$dir" && wavread "t$i.wav")
	done >others
	said -p bf16 others | sort >apart
	sort together | cmp - apart
	OMP_NUM_THREADS=1 said -p bf16 "$audio" | cmp - together
	OMP_NUM_THREADS=3 said -p bf16 "$audio" | cmp - together
'
check 'weights are kept, and the same comes from those that are' '
	rm -rf "$kept"
	said -p bf16 "$audio" >one
	test "$(ls "$kept" | wc -l)" = 2 # and the digest of the file
	ls -i "$kept" >before
	said -p bf16 "$audio" | cmp - one
	(cd "$dir" && network=../$(basename "$dir")/network &&
		said -p bf16 "$audio") | cmp - one
	ls -i "$kept" | cmp - before
'
check 'a copy of a network is not packed again' '
	rm -rf "$kept"
	said -p bf16 "$audio" >one
	cp -r "$network" copy
	(network=copy && said -p bf16 "$audio") | cmp - one
	test "$(find "$kept" -size +64k | wc -l)" = 1
'
check 'a network that has changed is packed again' '
	cp -r "$network" changing
	network=changing
	logits -p bf16 "$audio" >one
	student-init -a w2v2-tiny -s 2 -o changing
	logits -p bf16 "$audio" >two
	fails 1 framecmp one two >/dev/null
	logits "$audio" >exact
	framecmp -t .01 exact two
	for seed in 3 4 5 # nothing is left of the old ones
	do
		student-init -a w2v2-tiny -s $seed -o changing
		logits -p bf16 "$audio" >two
		test "$(find "$kept" -size +64k | wc -l)" -le 2
	done
'
check 'so is one whose config.json has' '
	cp -r "$network" changing
	network=changing
	logits -p bf16 "$audio" >one
	heads=$(sed -n "s/.*\"num_attention_heads\": *\([0-9]*\).*/\1/p" \
		changing/config.json)
	test "$heads" -gt 1
	sed -i "s/\(\"num_attention_heads\": *\)[0-9]*/\11/" \
		changing/config.json
	said -p bf16 "$audio" >two
	rm -rf "$kept"
	said -p bf16 "$audio" | cmp - two
'
check 'what was kept and is cut or of another kind is made again' '
	said -p bf16 "$audio" >one
	for file in "$kept"/*
	do
		head -c 5000 "$file" >short
		cp short "$file"
	done
	said -p bf16 "$audio" | cmp - one
	for file in "$kept"/*
	do
		rm "$file"
		mkdir "$file"
	done
	said -p bf16 "$audio" | cmp - one
	rm -rf "$kept"
'
check 'a file that is cut while it is mapped is one line, not a crash' '
	one=$(cd "$dir" && wavread t1.wav | wc -c)
	cut_between() {
		head -c "$one" "$audio"
		tries=0
		until test "$(wc -l <out)" -gt 1 -o $((tries += 1)) -gt 100
		do
			sleep .1
		done
		truncate -s 5000 "$1"
		tail -c +$((one + 1)) "$audio"
	}
	cp -r "$network" shrinking
	cut_between shrinking/model.safetensors |
		fails 1 predict -m shrinking 2>err >out
	says "predict: a model, or its copy in the cache, was cut short" err
	test "$(wc -l <err)" -eq 1
	rm -rf "$kept"
	predict -p bf16 -m "$network" "$audio" >text
	cut_between "$(find "$kept" -size +64k)" |
		fails 1 predict -p bf16 -m "$network" 2>err >out
	says "predict: a model, or its copy in the cache, was cut short" err
	predict -p bf16 -m "$network" "$audio" | cmp - text
'
check 'where nothing can be kept, all goes on' '
	said -p bf16 "$audio" >one
	XDG_CACHE_HOME=/dev/null said -p bf16 "$audio" | cmp - one
	XDG_CACHE_HOME=/dev/full said -p bf16 "$audio" | cmp - one
	(unset XDG_CACHE_HOME HOME; said -p bf16 "$audio") | cmp - one
	mkdir full
	(ulimit -f 100; XDG_CACHE_HOME=$PWD/full \
		said -p bf16 "$audio") | cmp - one
	test -z "$(find full -type f -size +64k)"
	test -z "$(find full -name "*.tmp*")"
'
check 'a weight that is not finite is found before it is kept' '
	cp -r "$network" bad
	rm -rf "$kept"
	python3 - <<-END
	bytes = bytearray(open("bad/model.safetensors", "rb").read())
	bytes[-4:] = b"\0\0\200\177"
	open("bad/model.safetensors", "wb").write(bytes)
	END
	fails 1 predict -p bf16 -m bad "$audio" 2>err
	says "holds NaN or infinity" err
	test ! -e "$kept" || test -z "$(find "$kept" -size +64k)"
'
check 'teachers say the same in bf16 as the network predicts' '
	teacher-logits -p bf16 -t a="$network" "$audio" |
		framedump --json |
		sed -n "s/.*\"teacher.a.logits\":\(\[[^]]*\]\).*/\1/p" >said
	said -p bf16 "$audio" |
		sed -n "s/.*\"logits\":\(\[[^]]*\]\).*/\1/p" >predicted
	test "$(wc -l <said)" = 3
	cmp said predicted
'
check 'a network learns in bf16 nearly what it learns in fp32' '
	(cd "$dir" && wavread --label anger t1.wav t2.wav) >labelled
	for way in "fp32" "bf16" "bf16 --unfreeze"
	do
		cp -r "$network" tuned
		for pass in 1 2 3
		do
			student-step -q --plain -b 2 -r 1e-3 --log log \
				--precision $way -m tuned labelled
		done
		sed -n "s/.*\"loss\":\([0-9.]*\).*/\1/p" log >"loss $way"
		rm -r tuned log
	done
	test "$(wc -l <"loss fp32")" = 3
	paste "loss fp32" "loss bf16" | awk "
		{ d = \$1 - \$2; if (d > .02 || d < -.02) exit 1 }
		NR == 1 { first = \$2 } END { exit !(\$2 < first) }"
	! cmp -s "loss fp32" "loss bf16"
	awk "NR == 1 { first = \$1 } END { exit !(\$1 < first) }" \
		"loss bf16 --unfreeze"
'
check 'training in bf16 gives the same bytes whatever the threads' '
	(cd "$dir" && wavread --label anger t1.wav t2.wav) >labelled
	for threads in 1 2 3
	do
		student-step -q -b 2 --precision bf16 -j $threads \
			-m "$network" -o tuned.$threads labelled
	done
	cmp tuned.1/model.safetensors tuned.2/model.safetensors
	cmp tuned.1/model.safetensors tuned.3/model.safetensors
'
check 'a compact student knows no other precision' '
	featurize "$audio" >features
	predict -p bf16 features >one
	predict features | cmp - one
'
finish
