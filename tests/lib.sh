# lib.sh - TAP output for shell tests: source it, call check, end with finish
set -u
unset CDPATH GREP_OPTIONS PYTHONUNBUFFERED
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/.." && pwd)
PATH=$top/${BIN:-bin}:$PATH
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0 bad=0

# check TITLE BODY: BODY must succeed, in an empty directory and with set -e.
check() {
	n=$((n + 1))
	mkdir "$dir/$n"
	(set -e; cd "$dir/$n"; eval "$2") >"$dir/log" 2>&1
	if test $? -eq 0
	then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' "$dir/log"
		bad=$((bad + 1))
	fi
}

# fails STATUS COMMAND...: COMMAND must exit with exactly STATUS.
fails() {
	want=$1 got=0
	shift
	"$@" || got=$?
	test "$got" -eq "$want" && return
	echo "exit $got, want $want: $*"
	return 1
}

# says TEXT FILE: FILE must be one line that contains TEXT.
says() {
	test "$(wc -l <"$2")" -eq 1 && grep -qF -e "$1" "$2" && return
	echo "want one line with '$1', got:"
	cat "$2"
	return 1
}

# python_find MODULES: sets python to one that has them, as in "numpy, msgpack".
python_find() {
	for python in python3 /usr/bin/python3
	do
		$python -c "import $*" 2>/dev/null && break
	done
}

finish() {
	echo "1..$n"
	exit "$((bad > 0))"
}
