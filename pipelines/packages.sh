#!/bin/sh
# packages.sh build|test - install what the build or the tests need
#
# Prints nothing if all packages are installed.  On Debian and Ubuntu it
# installs missing packages, as root or through sudo.  Without these rights, and
# on other systems, it prints the command to run and exits with status 1.
set -u

say() {
	echo "packages: $*" >&2
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# system: prints the package manager of this system.
system() {
	for pair in dpkg-query:apt rpm:dnf pacman:pacman apk:apk brew:brew
	do
		has "${pair%:*}" && echo "${pair#*:}" && return
	done
}

# wanted PURPOSE: prints its packages.  a|b means either, preferably a: an
# OpenMP build of OpenBLAS shares its threads with our own loops.
wanted() {
	test "$1" = build || wanted build
	has cc || echo gcc
	has make || echo make
	case $manager-$1 in
	apt-build) echo libc6-dev libsndfile1-dev libsoxr-dev libfftw3-dev \
		'libopenblas-openmp-dev|libopenblas-pthread-dev' \
		'libmsgpack-c-dev|libmsgpack-dev' libcjson-dev \
		libxxhash-dev ;;
	apt-test) echo libcmocka-dev mandoc groff-base sox xxhash python3 \
		python3-numpy python3-msgpack python3-msgpack-numpy ;;
	dnf-build) echo libsndfile-devel soxr-devel fftw-devel openblas-devel \
		'msgpack-c-devel|msgpack-devel' cjson-devel \
		xxhash-devel ;;
	dnf-test) echo libcmocka-devel mandoc groff-base sox xxhash \
		python3-numpy python3-msgpack ;;
	pacman-build) echo libsndfile libsoxr fftw openblas msgpack-c cjson \
		xxhash ;;
	pacman-test) echo cmocka mandoc groff sox python-numpy python-msgpack ;;
	apk-build) echo musl-dev libsndfile-dev soxr-dev fftw-dev \
		openblas-dev msgpack-c-dev cjson-dev xxhash-dev ;;
	apk-test) echo cmocka-dev mandoc groff sox xxhash py3-numpy \
		py3-msgpack ;;
	brew-build) echo libsndfile libsoxr fftw openblas msgpack cjson \
		xxhash ;;
	brew-test) echo cmocka mandoc groff sox numpy ;;
	esac
}

# installed PACKAGE...: prints those that are installed.
installed() {
	case $manager in
	apt) dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" |
		sed -n 's/^installed //p' ;;
	dnf) rpm -q --qf '%{NAME}\n' "$@" ;;
	pacman) pacman -Qq "$@" ;;
	apk) apk info -e "$@" ;;
	brew) brew list --versions "$@" | cut -d ' ' -f 1 ;;
	esac 2>/dev/null
}

# missing CHOICE...: prints those of which no package is installed.
missing() {
	# shellcheck disable=SC2046 # a list of words
	here=" $(installed $(echo "$*" | tr '|' ' ') | tr '\n' ' ') "
	for choice
	do
		found=
		for name in $(echo "$choice" | tr '|' ' ')
		do
			case $here in *" $name "*) found=yes ;; esac
		done
		test "$found" || echo "$choice"
	done
}

# known PACKAGE: does apt-get know it?
known() {
	test "$manager" != apt ||
		apt-cache show "$1" 2>/dev/null | grep -q '^Package:'
}

# chosen CHOICE...: prints for each the first known name, or the last name.
chosen() {
	for choice
	do
		for name in $(echo "$choice" | tr '|' ' ')
		do
			known "$name" && break
		done
		echo "$name"
	done | tr '\n' ' ' | sed 's/ $//'
}

# administrator: prints the prefix that runs a command as root.
administrator() {
	test "$(id -u)" = 0 && return
	has sudo || return 1
	# sudo can ask for a password only on a terminal
	sudo -n true 2>/dev/null || test -t 2 || return 1
	echo sudo
}

apt() {
	$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get -y -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1
}

# apt_install CHOICE...: installs them.  Runs apt-get update first if a package
# is unknown, as in a bare image, and again if the lists are out of date.
apt_install() {
	log=$(mktemp) || exit 1
	trap 'rm -f "$log"' EXIT
	say "installing $(chosen "$@") (${sudo:+$sudo }apt-get)"
	for name in $(chosen "$@")
	do
		known "$name" || { apt update; break; }
	done
	# shellcheck disable=SC2046 # a list of words
	apt install --no-install-recommends $(chosen "$@") && return
	# shellcheck disable=SC2046
	apt update && apt install --no-install-recommends $(chosen "$@") &&
		return
	cat "$log" >&2
	say "apt-get failed, see above"
	return 1
}

case ${1-} in
build | test) ;;
*) say "usage: packages.sh build|test"; exit 2 ;;
esac
manager=$(system)
test "$manager" || {
	say "cannot check this system; install the libraries in README.md"
	exit 0
}
# shellcheck disable=SC2046 # a list of words
set -- $(missing $(wanted "$1"))
test $# -gt 0 || exit 0
case $manager in
apt)
	sudo=$(administrator) && { apt_install "$@"; exit; }
	command='sudo apt-get install' ;;
dnf) command='sudo dnf install' ;;
pacman) command='sudo pacman -S --needed' ;;
apk) command='apk add' ;;
brew) command='brew install' ;;
esac
say "packages are missing, run: $command $(chosen "$@")"
exit 1
