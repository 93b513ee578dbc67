#!/usr/bin/env bash
# train.sh OUT SEED KIND PASSES LOSS CONDITIONS FRAMES... - train a model
#
# KIND is the size of a compact student, or "functionals" for a student of
# functionals, or "network" to fine-tune FROM.  The training data is the
# utterances of FRAMES for which all CONDITIONS hold, with the teachers' logits
# in the files LOGITS, if any.  With START, the training continues from this
# compact model for PASSES.  Run it again after an interruption: it resumes.
set -euo pipefail
out=$1 seed=$2 kind=$3 passes=$4 loss=$5 conditions=$6
shift 6
test ! -e "$out" || exit 0
training=$out.training
. ./where.sh
# shellcheck disable=SC2086 # a list of words
where=$(where $conditions)

# init FILE: writes the initial model
init() {
	if test "${START:-}"
	then
		cp "$START" "$1"
		return
	fi
	set -- --seed "$seed" --out "$1"
	case $kind in
	network) student-init --from "$FROM" "$@" ;;
	functionals) student-init --blocks f --width 192 --heads 2 "$@" ;;
	*) student-init --arch "$kind" "$@" ;;
	esac
}

# add_logits: adds the teachers' logits to a stream
add_logits() {
	if test "${LOGITS:-}"
	then
		# shellcheck disable=SC2086 # a list of files
		framejoin --partial - $LOGITS
	else
		cat
	fi
}

# shellcheck disable=SC2086 # where is a list of words
draws=$(shuffle --keep-order $where "$1" | framecut --keep id |
	framedump --json | grep -c '"id"') ||
	{ echo "train: no utterances where $conditions" >&2; exit 1; }

# passed: is the pass done, even if student-step skipped utterances?
passed() {
	test "$(modeldump --key passes "$training" 2>/dev/null || echo 0)" \
		-ge "$pass"
}

case $kind in
network) # as in the published code
	batch=16 balance=
	learning='--rate 3e-5 --beta2 .999 --weight-decay .01 --clip 0' ;;
*)
	batch=32 balance="--count $draws --balance corpus,label"
	steps=$((passes * ((draws + batch - 1) / batch)))
	learning="--threads 1"
	if test "${START:-}"
	then
		learning="$learning --rate 2e-4"
		passes=$((passes + $(modeldump --key passes "$START")))
	else
		learning="$learning --rate 1e-3 --total-steps $steps
			--warmup $((steps / 20))"
	fi ;;
esac
case $kind in
network) ;;
functionals) learning="$learning --head-dropout .5" ;;
*) learning="$learning --spec-augment" ;;
esac

if test ! -e "$training"
then
	rm -rf "$training.tmp"
	init "$training.tmp"
	mv "$training.tmp" "$training"
fi
pass=$(modeldump --key passes "$training" 2>/dev/null || echo 0)
while test "$pass" -lt "$passes"
do
	pass=$((pass + 1))
	# shellcheck disable=SC2086 # lists of words
	shuffle --seed $((1000 * seed + pass)) $balance $where "$@" |
		add_logits |
		student-step --quiet --model "$training" --pass "$pass" \
		--seed "$seed" --batch $batch $learning --loss "$loss" \
		--log "$out.log" || passed
done
rm -rf "$out.tmp" # a directory, if an earlier run was interrupted
student-export --model "$training" --out "$out.tmp"
mv "$out.tmp" "$out"
rm -rf "$training"
