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
