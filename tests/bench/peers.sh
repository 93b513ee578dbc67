# peers.sh - what others take for the same, with PEERS=DIR; sourced by run
#
# In DIR are scripts that time what is installed of them, and print a line of
# JSON with median_s for each thing that they time:
#
#	w2v2_torch.py --mode fwd|train ...   torchaudio's wav2vec2-base
#	fbank_ta.py WAV THREADS RUNS         torchaudio's Kaldi features
#	ort.js MODELS THREADS SECONDS RUNS   ONNX Runtime, under ORT_DIR, which
#	                                     holds w2v2.onnx, w2v2-int8.onnx
#
# PYTHON names the interpreter.  OPENBLAS_OMP_DIR, an OpenBLAS built for OpenMP,
# without which torch has two pools of threads that fight for two processors.
PEERS=${PEERS:-} PYTHON=${PYTHON:-python3} ORT_DIR=${ORT_DIR:-}
tuned=${OPENBLAS_OMP_DIR:-/usr/lib/x86_64-linux-gnu/openblas-openmp}

# peer NAME PATTERN COMMAND...: seconds to peer.NAME, if it could be run.
peer() {
	name=$1 pattern=$2
	shift 2
	test -z "$PEERS" || OPENBLAS_NUM_THREADS=$threads \
		OMP_NUM_THREADS=$threads LD_LIBRARY_PATH=$tuned \
		"$@" 2>/dev/null | grep "$pattern" |
		sed -n 's/.*"median_s": *\([0-9.e-]*\).*/\1/p' \
		>>"$work/peer.$name"
}

torch() {
	name=$1 pattern=$2
	shift 2
	peer "$name" "$pattern" "$PYTHON" "$PEERS/w2v2_torch.py" \
		--threads "$threads" --secs 5 --runs 3 --warm 1 "$@"
}

# Once more each, beside what is ours: they are called in turn with it.
peers_forward() {
	torch fp32 infmode --variants infmode
	torch bf16 bf16freeze --variants bf16freeze
	for kind in onnx int8
	do
		model=$ORT_DIR/w2v2$(test $kind = onnx || echo -int8).onnx
		test ! -e "$model" || peer "ort-$kind" 'ort fwd' \
			env ORT_DIR="$ORT_DIR" node "$PEERS/ort.js" "$model" \
			"$threads" 5 3
	done
}

peers_training() {
	torch train-fp32 train --mode train --batch 4 --drop 0
	torch train-bf16 train --mode train --batch 4 --drop 0 --bf16
}

peers_features() {
	threads=1 peer fbank '"torchaudio fbank80"' \
		"$PYTHON" "$PEERS/fbank_ta.py" "$1" 1 5
}

# against MILLISECONDS NAME WHAT ...: rows of ours beside those that ran.
against() {
	ours=$1
	shift
	while test $# -gt 0
	do
		test ! -s "$work/peer.$1" || row "  against $2" "$ours" ms \
			"$(calculate "1000 * $(median "peer.$1")")" "$2"
		shift 2
	done
}
