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
	says "s.safetensors: no running mean in it" err
	test ! -e e.safetensors
'
check 'the same model gives the same bytes, over itself too' '
	trained
	student-export -m t.safetensors -o e.safetensors
	student-export -m e.safetensors -o f.safetensors
	cmp e.safetensors f.safetensors
	student-export -m f.safetensors -o f.safetensors
	cmp e.safetensors f.safetensors
'
check 'training can go on from it' '
	trained
	student-export -p f16 -m t.safetensors -o e.safetensors
	student-step -q -m e.safetensors x.frames
	test "$(modeldump -k passes e.safetensors)" = 2
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
