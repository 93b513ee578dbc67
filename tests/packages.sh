#!/bin/sh
# pipelines/packages.sh on a machine made of stubs.
. "$(dirname "$0")/lib.sh"

# stub NAME BODY: a program on the stub machine.
stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$PWD/path/$1"
	chmod +x "$PWD/path/$1"
}

# machine UID: Debian with everything but soxr and msgpack; "here" lists what
# is installed, "known" what apt-get knows, "log" what was asked of it.
machine() {
	mkdir path
	for tool in sh sed tr cut cat grep mktemp rm env
	do
		ln -s "$(command -v $tool)" path/
	done
	stub cc :
	stub make :
	stub id "echo $1"
	stub dpkg-query "shift 3
		for p
		do grep -qx \"\$p\" $PWD/here && echo \"installed \$p\"
		done"
	stub apt-cache "grep -qx \"\$2\" $PWD/known &&
		echo \"Package: \$2\""
	stub apt-get "shift 3; echo \"\$*\" >>$PWD/log
		case \$1 in
		update) cp $PWD/archive $PWD/known ;;
		install) shift 2
			test ! -e $PWD/broken ||
				{ echo disk is full; exit 100; }
			for p
			do
				grep -qx \"\$p\" $PWD/known || exit 100
				echo \"\$p\" >>$PWD/here
			done ;;
		esac"
	ln -s "$(command -v cp)" path/
	printf '%s\n' libc6-dev libsndfile1-dev libfftw3-dev libcjson-dev \
		libxxhash-dev \
		libopenblas-pthread-dev >here
	printf '%s\n' libsoxr-dev libmsgpack-dev >archive
	cp archive known
	: >log
}

packages() {
	PATH=$PWD/path "$top/pipelines/packages.sh" "$@" 2>err >out
}

check 'where nothing is missing it is silent and installs nothing' '
	machine 0
	cat archive >>here
	packages build
	test ! -s out
	test ! -s err
	test ! -s log
'
check 'root installs what is missing, and only that' '
	machine 0
	packages build
	says "installing libsoxr-dev libmsgpack-dev" err
	echo "install --no-install-recommends libsoxr-dev libmsgpack-dev" |
		diff - log
'
check 'a second run finds nothing more to do' '
	machine 0
	packages build
	: >log
	packages build
	test ! -s err
	test ! -s log
'
check 'of two names the one that this release knows is taken' '
	machine 0
	echo libmsgpack-c-dev >>known
	packages build
	grep -q "libsoxr-dev libmsgpack-c-dev" log
'
check 'an image that knows no packages is updated first' '
	machine 0
	: >known
	packages build
	head -n 1 log | grep -qx update
	grep -qx libsoxr-dev here
'
check 'a user who may use sudo installs through it' '
	machine 1000
	stub sudo "test \"\$1\" = -n && exit
		echo sudo >>$PWD/log
		exec \"\$@\""
	packages build
	says "(sudo apt-get)" err
	head -n 1 log | grep -qx sudo
	grep -qx libmsgpack-dev here
'
check 'a user without sudo gets the one command to run' '
	machine 1000
	fails 1 packages build
	says "run: sudo apt-get install libsoxr-dev libmsgpack-dev" err
	test ! -s log
'
check 'a sudo that needs a password and has no terminal is not asked' '
	machine 1000
	stub sudo "test \"\$1\" = -n && exit 1
		echo sudo >>$PWD/log"
	fails 1 packages build
	says "run: sudo apt-get install" err
	test ! -s log
'
check 'what apt-get said is shown when it fails' '
	machine 0
	touch broken
	fails 1 packages build
	grep -q "disk is full" err
	grep -q "apt-get failed" err
'
check 'the tests need more than the build' '
	machine 1000
	fails 1 packages test
	grep -q "libsoxr-dev .* libcmocka-dev .* python3-msgpack-numpy" err
'
check 'a machine without a compiler or make needs those too' '
	machine 1000
	rm path/cc path/make
	fails 1 packages build
	says "install gcc make " err
'
check 'Fedora gets its own command' '
	machine 1000
	rm path/dpkg-query
	stub rpm "echo libsndfile-devel"
	fails 1 packages build
	says "run: sudo dnf install soxr-devel" err
'
check 'an unknown system may try its luck' '
	machine 1000
	rm path/dpkg-query
	packages build
	says "cannot check this system" err
'
check 'any other purpose is a usage error' '
	fails 2 "$top/pipelines/packages.sh" nonsense
	fails 2 "$top/pipelines/packages.sh"
'
finish
