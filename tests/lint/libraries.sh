#!/bin/sh
# libraries.sh - a foreign library appears in one file
#
# The table: a header, and the only files that may include it.
find common filters -name '*.[ch]' | sort | xargs awk '
BEGIN {
	home["^sndfile"] = "^common/audio/audiofile.c$"
	home["^soxr"] = "^common/audio/resample.c$"
	home["^fftw3"] = "^common/feat/fft.c$"
	home["^msgpack"] = "^common/stream/codec[a-z_]*.c$"
	home["^(cblas|f77blas|openblas)"] = "^common/gemm/gemm[a-z0-9_]*.c$"
	home["^(cjson/)?cJSON"] = "^common/weights/json[a-z_]*.c$"
	home["^xxhash"] = "^common/weights/digest.c$"
	home["^mpi"] = "^common/train/allreduce[a-z_]*.c$"
	bad = 0
}

/^[ \t]*#[ \t]*include/ {
	split($0, part, "[<>\"]")
	for (header in home)
		if (part[2] ~ header && FILENAME !~ home[header]) {
			name = home[header]
			gsub(/[\^$]|\[[^]]*\]\*/, "", name)
			printf "%s:%d: <%s> belongs in %s alone\n",
				FILENAME, FNR, part[2], name
			bad = 1
		}
}

END { exit bad }' || exit 1
