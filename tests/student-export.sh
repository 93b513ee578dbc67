#!/bin/sh
# student-export(1): the same model, smaller; and what it will not write.
. "$(dirname "$0")/lib.sh"

# trained: x.frames, and t.safetensors, a small student taught two batches.
trained() {
	wavread --label anger --speaker s1 "$top/examples/angry-en.flac" \
		"$top/examples/sad-de.flac" | featurize >x.frames
	student-init -a small -o t.safetensors
	student-step -q -r .01 -b 1 -m t.safetensors x.frames
}

# near A B TOLERANCE: the same logits.
near() {
	predict -f -m "$1" x.frames >a.out
	predict -f -m "$2" x.frames >b.out
	framecmp -k logits -t "$3" a.out b.out
}

check 'both files must be named' '
	fails 2 student-export
	fails 2 student-export -m x
	fails 2 student-export -o x
	fails 2 student-export -m x -o y -p f8
'
check 'the weights are the same, and the optimiser is gone' '
	trained
	student-export -m t.safetensors -o e.safetensors
	near t.safetensors e.safetensors 0
	modeldump t.safetensors | grep -q ^optimizer
	modeldump e.safetensors >out
	! grep ^optimizer out
	test "$(wc -c <e.safetensors)" -lt \
		$(($(wc -c <t.safetensors) / 3))
'
check 'what it was trained on stays in the metadata' '
	trained
	student-export -m t.safetensors -o e.safetensors
	modeldump t.safetensors | sed "/^$/,\$d" >want
	modeldump e.safetensors | sed "/^$/,\$d" | diff want -
	test "$(modeldump -k speakers e.safetensors)" = s1
'
check 'a temperature changes what is said of probabilities, and no answer' '
	trained
	student-export -m t.safetensors -o e.safetensors
	student-export -T 2.5 -m t.safetensors -o c.safetensors
	near e.safetensors c.safetensors 0
	test "$(modeldump -k temperature c.safetensors)" = 2.5
	fails 1 modeldump -k temperature e.safetensors
	predict -m e.safetensors x.frames >before
	predict -m c.safetensors x.frames >after
	fails 1 cmp -s before after
	score -t -B 0 -T 2.5 before | cut -f 1-14 >want
	score -t -B 0 after | cut -f 1-14 >got
	awk "{ getline b <\"got\"; n = split(b, x, \"\t\")
		split(\$0, y, \"\t\")
		for (i = 1; i <= n; i++)
			if (x[i] != y[i] && (x[i] - y[i])^2 > 1e-7) exit 1 }" \
		want
	student-export -m c.safetensors -o d.safetensors
	test "$(modeldump -k temperature d.safetensors)" = 2.5
	student-export -T 1 -m c.safetensors -o d.safetensors
	predict -m d.safetensors x.frames | cmp before -
'
check 'training on forgets the temperature' '
	trained
	student-export -T 2.5 -m t.safetensors -o c.safetensors
	student-step -q -b 1 -m c.safetensors x.frames
	test "$(modeldump -k temperature c.safetensors)" = 1
'
check 'a network has its temperature, too' '
	student-export -T 2 -m "$top/tests/golden/w2v2/base" -o net
	test "$(modeldump -k temperature net)" = 2
	wavread "$top/examples/sad-de.flac" >audio
	predict -f -m "$top/tests/golden/w2v2/base" audio >a
	predict -f -m net audio >b
	framecmp -k logits -t 0 a b
	predict -m net audio >out
	predict -f -m net audio | framedump -j | grep -o "\"logits\":[^]]*" |
		sed "s/.*\[//" | tr , "\n" | awk "
		{ sum += p[NR] = exp(\$1 / 2) }
		END { for (k = 1; k <= NR; k++) print p[k] / sum }" >want
	tail -n 1 out | cut -f 10- | tr "\t" "\n" | paste - want |
		awk "(\$1 - \$2)^2 > 1e-7 { exit 1 } END { exit NR < 2 }"
'
check 'an impossible temperature is refused' '
	trained
	fails 2 student-export -T -1 -m t.safetensors -o c.safetensors
	fails 2 student-export -T .001 -m t.safetensors -o c.safetensors
	test ! -e c.safetensors
	student-export -T 2.5 -m t.safetensors -o c.safetensors
	sed "s/\"temperature\":\"2.5\"/\"temperature\":\"2,5\"/" \
		c.safetensors >d.safetensors
	fails 1 predict -m d.safetensors x.frames 2>err
	says "temperature is \"2,5\"" err
'
check 'half the bits are half the file and nearly the same model' '
	trained
	student-export -m t.safetensors -o e.safetensors
	for type in f16 bf16
	do
		student-export -p $type -m t.safetensors -o h.safetensors
		test "$(wc -c <h.safetensors)" -lt \
			$(($(wc -c <e.safetensors) * 6 / 10))
		near e.safetensors h.safetensors .05
		fails 1 near e.safetensors h.safetensors 0
	done
'
check 'the running mean is another model than the last weights' '
	trained
	student-export -m t.safetensors -o e.safetensors
	student-export -a -m t.safetensors -o a.safetensors
	fails 1 near e.safetensors a.safetensors 0
	student-init -a small -o t.safetensors
	student-step -q -r .01 -b 1 --average 0 -m t.safetensors x.frames
	student-export -m t.safetensors -o e.safetensors
	student-export -a -m t.safetensors -o a.safetensors
	near e.safetensors a.safetensors 1e-5
'
check 'a fresh model has no running mean' '
	student-init -a small -o s.safetensors
	fails 1 student-export -a -m s.safetensors -o e.safetensors 2>err
	says "s.safetensors: has no running mean" err
	test ! -e e.safetensors
'
check 'a running mean that is no number is refused' '
	trained
	python3 - <<-END
	import json, struct
	data = bytearray(open("t.safetensors", "rb").read())
	begin = 8 + struct.unpack("<Q", data[:8])[0]
	entry = json.loads(data[8:begin])["optimizer.average"]
	at = begin + entry["data_offsets"][0]
	data[at:at + 4] = struct.pack("<f", float("nan"))
	open("t.safetensors", "wb").write(data)
	END
	cp t.safetensors kept
	fails 1 student-export -a -m t.safetensors -o t.safetensors 2>err
	says "t.safetensors: the running mean: tensor" err
	cmp kept t.safetensors
'
check 'the same model gives the same bytes, over itself too' '
	trained
	student-export -m t.safetensors -o e.safetensors
	student-export -m e.safetensors -o f.safetensors
	cmp e.safetensors f.safetensors
	student-export -m f.safetensors -o f.safetensors
	cmp e.safetensors f.safetensors
'
check 'exported inside a pass it begins one, and over itself too' '
	trained
	cat x.frames | head -c $(($(wc -c <x.frames) - 9)) |
		fails 1 student-step -q -b 1 --checkpoint 1 -m t.safetensors \
			- 2>err
	test "$(modeldump -k batches t.safetensors)" = 2
	student-export -m t.safetensors -o e.safetensors
	cp e.safetensors f.safetensors
	student-step -b 2 -m e.safetensors x.frames 2>err
	! grep "continues after" err
	test "$(modeldump -k updates e.safetensors)" = 1
	student-step -q -b 2 -m f.safetensors -o g.safetensors x.frames
	cmp e.safetensors g.safetensors
'
check 'a weight too large for 16 bits stays in the file that has it' '
	student-init -a small -o s.safetensors
	printf "\0\120\303\107" | dd of=s.safetensors bs=1 conv=notrunc \
		seek=$(($(wc -c <s.safetensors) - 4)) 2>err
	cp s.safetensors kept
	fails 1 student-export -p f16 -m s.safetensors -o s.safetensors 2>err
	says "has 100000 in it, more than F16 (BF16 can) can hold" err
	cmp kept s.safetensors
	student-export -p bf16 -m s.safetensors -o s.safetensors
	predict -m s.safetensors /dev/null 2>err || :
	! grep "NaN or infinity" err
'
check 'training can go on from it' '
	trained
	student-export -p f16 -m t.safetensors -o e.safetensors
	student-step -q -m e.safetensors x.frames
	test "$(modeldump -k passes e.safetensors)" = 2
'
# members: a.safetensors and b.safetensors, alike but for their training.
members() {
	trained
	student-export -m t.safetensors -o a.safetensors
	student-init -a small -s 2 -o t.safetensors
	wavread --label sadness --speaker s2 "$top/examples/sad-de.flac" |
	featurize >y.frames
	student-step -q -m t.safetensors y.frames
	student-export -m t.safetensors -o b.safetensors
}

check 'several models become the members of one, which averages them' '
	members
	student-export -m a.safetensors -m b.safetensors -o e.safetensors
	test "$(modeldump -k members e.safetensors)" = 2
	modeldump e.safetensors | grep -q "^members.1.classifier.bias "
	for m in a b e
	do
		predict -m $m.safetensors x.frames | cut -f 11- >$m.out
	done
	paste a.out b.out e.out | awk "
		NR == 1 { next }
		{ sum = 0
		  for (k = 1; k <= 4; k++)
			sum += p[k] = sqrt(\$k * \$(k + 4))
		  for (k = 1; k <= 4; k++) {
			d = p[k] / sum - \$(k + 8)
			if (d > .01 || d < -.01) exit 1
		  } }"
'
check 'a joined model lists the speakers of all members' '
	members
	student-export -m a.safetensors -m b.safetensors -o e.safetensors
	test "$(modeldump -k speakers e.safetensors)" = "$(printf "s1\ns2")"
	modeldump -k history e.safetensors >out
	grep -q "^wavread --label anger " out
	grep -q "^wavread --label sadness " out
	test "$(grep -c ^featurize out)" = 1
'
check 'an only model stays what it is, and members may be added later' '
	members
	student-export -m a.safetensors -m b.safetensors -o e.safetensors
	student-export -m e.safetensors -o f.safetensors
	cmp e.safetensors f.safetensors
	student-export -m e.safetensors -m a.safetensors -o f.safetensors
	test "$(modeldump -k members f.safetensors)" = 3
	student-export -m f.safetensors -m f.safetensors -m e.safetensors \
		-o g.safetensors
	fails 1 student-export -m g.safetensors -m a.safetensors \
		-o h.safetensors 2>err
	says "a.safetensors would be one member too many: 8 at most" err
	test ! -e h.safetensors
'
check 'members hear the same features and name the same classes' '
	trained
	student-init -a small --classes a,b,c,d -o c.safetensors
	student-init -f "fbank40+pitch 16000/400/160" -o w.safetensors
	for other in c w
	do
		fails 1 student-export -m t.safetensors \
			-m $other.safetensors -o e.safetensors 2>err
		says "t.safetensors and $other.safetensors: not students of" err
		test ! -e e.safetensors
	done
'
check 'members may be of different shapes, functionals among them' '
	trained
	student-init --blocks f --width 16 --heads 2 -o f.safetensors
	student-step -q -m f.safetensors x.frames
	student-export -m t.safetensors -m f.safetensors -o e.safetensors
	test "$(modeldump -k blocks e.safetensors)" = "$(printf "caca\nf")"
	test "$(modeldump -k width e.safetensors)" = "$(printf "64\n16")"
	for m in t f e
	do
		predict -m $m.safetensors x.frames >$m.out
	done
	fails 1 cmp -s t.out e.out
	fails 1 cmp -s f.out e.out
	fails 1 student-export -m f.safetensors -m t.safetensors \
		-o g.safetensors 2>err
	says "f.safetensors reads functionals: name it after t.saf" err
'
check 'a member that whitens does so in bfloat and half precision, too' '
	trained
	wavread --window .5 --hop .1 "$top"/examples/*.flac | featurize |
		student-init --blocks fw --width 16 --heads 2 --whiten - \
			-o f.safetensors
	student-step -q -m f.safetensors x.frames
	predict -m f.safetensors --frames x.frames >f32
	for p in "f32 0" "f16 .02" "bf16 .2"
	do
		tolerance=${p#* } p=${p% *}
		student-export --precision $p -m t.safetensors \
			-m f.safetensors -o e.safetensors
		test "$(modeldump -k blocks e.safetensors)" = \
			"$(printf "caca\nfw")"
		student-export --precision $p -m f.safetensors -o g.safetensors
		predict -m g.safetensors --frames x.frames >g
		framecmp -t $tolerance -k logits f32 g
		predict -m e.safetensors x.frames >e.$p
	done
	fails 1 cmp -s e.f32 e.bf16
'
check 'a member without its functionals is skipped' '
	trained
	student-init --blocks f --width 16 --heads 2 -o f.safetensors
	student-export -m t.safetensors -m f.safetensors -o e.safetensors
	cmvn x.frames >n.frames
	for m in t e
	do
		predict -m $m.safetensors n.frames >$m.out
	done
	cmp t.out e.out
	fails 1 predict -m f.safetensors n.frames 2>err >/dev/null
	grep -q "normalised without functionals" err
	cmvn --by speaker x.frames >s.frames
	predict -m f.safetensors s.frames >f.out
	for m in t e
	do
		predict -m $m.safetensors s.frames >$m.out
	done
	fails 1 cmp -s t.out e.out
'
check 'members may count more or less' '
	members
	student-export -m a.safetensors -m b.safetensors --shares 1e3,1e-3 \
		-o e.safetensors
	test "$(modeldump -k shares e.safetensors)" = "$(printf "1000\n0.001")"
	near a.safetensors e.safetensors 20
	for m in a e
	do
		predict -m $m.safetensors x.frames | cut -f 9 >$m.out
	done
	paste a.out e.out | awk "NR > 1 && (\$1 - \$2) ^ 2 > 1e-4 { exit 1 }"
	student-export -m a.safetensors -m b.safetensors --shares 2,2 \
		-o e.safetensors
	! modeldump -k shares e.safetensors
	student-export -m a.safetensors -m b.safetensors --shares 1,.5 \
		-o uneven.safetensors
	student-export -m uneven.safetensors --shares 3,3 -o even.safetensors
	! modeldump -k shares even.safetensors
	for m in e even
	do
		predict -m $m.safetensors x.frames >$m.out
	done
	cmp e.out even.out
	for bad in 1 1,2,3 1,x 1,0 1, 1,nan ,1
	do
		fails 2 student-export -m a.safetensors -m b.safetensors \
			--shares "$bad" -o g.safetensors 2>err
		grep -q "want a number of 0.001 to 1000 for each" err
		test ! -e g.safetensors
	done
'
check 'members are trained before they are joined, not after' '
	members
	student-export -m a.safetensors -m b.safetensors -o e.safetensors
	cp e.safetensors f.safetensors
	fails 1 student-step -q -m e.safetensors x.frames 2>err
	says "e.safetensors: has 2 members, which must be trained" err
	cmp e.safetensors f.safetensors
'
check 'a number of members that cannot be is refused' '
	student-init -a small -o s.safetensors
	student-export -m s.safetensors -m s.safetensors -o e.safetensors
	for bad in 0 9 x
	do
		sed "s/\"members\":\"2\"/\"members\":\"$bad\"/" \
			<e.safetensors >f.safetensors
		fails 1 predict -m f.safetensors x.frames 2>err
		grep -q "f.safetensors: .*members" err
	done
'
check 'what is no model is refused, and nothing is written' '
	wavread "$top/examples/angry-en.flac" >x.frames
	for file in nowhere x.frames
	do
		fails 1 student-export -m "$file" -o e.safetensors 2>err
		says "student-export: $file: " err
		test ! -e e.safetensors
	done
	fails 1 student-export -m . -o e 2>err
	says "student-export: ./config.json: No such file" err
	test ! -e e
'
check 'where it cannot write, it says so and leaves nothing behind' '
	student-init -a small -o s.safetensors
	fails 1 student-export -m s.safetensors -o no/e 2>err
	says "student-export: no/e" err
	fails 1 student-export -m s.safetensors -o . 2>err
	says "student-export: .: not a regular file" err
	fails 1 student-export -m s.safetensors -o /dev/full 2>err
	says "student-export: /dev/full: not a regular file" err
	mkdir small && echo old >small/e
	(ulimit -f 8
	trap "" XFSZ
	fails 1 student-export -m s.safetensors -o small/e 2>err)
	says "student-export: write small/e: " err
	test "$(ls small; cat small/e)" = "$(printf "e\nold")"
'
check 'a network becomes a directory of half the size' '
	student-init -a hubert-tiny -o h
	student-export -p bf16 -m h -o half
	cmp h/config.json half/config.json
	test "$(wc -c <half/model.safetensors)" -lt \
		"$(wc -c <h/model.safetensors)"
	modeldump half | grep -q "^projector.weight  *BF16"
'
finish
