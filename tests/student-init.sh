#!/bin/sh
# student-init(1): what it writes, what it refuses.
. "$(dirname "$0")/lib.sh"

check 'bad options are usage errors that say what is wanted' '
	fails 2 student-init
	fails 2 student-init -o m operand
	fails 2 student-init -o m --arch huge
	fails 2 student-init -o m --width 5000
	fails 2 student-init -o m -c ""
	fails 2 student-init -o m -c a,,b
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
check 'sixteen blocks and sixty-four classes are possible' '
	student-init -c "$(seq -s , 64)" --blocks cacacacacacacaca --width 8 \
		--heads 8 -o m
	head -c 32000 /dev/zero | wavread --raw - | featurize |
		predict -m m >out
	test "$(tail -n 1 out | awk -F "\t" "{print NF}")" = 73
'
check 'what cannot be written is told, and nothing is left behind' '
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
finish
