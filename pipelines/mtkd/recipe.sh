#!/bin/sh
# recipe.sh METHOD - print its line of methods.txt, without the name
name=${1#mono-} name=${name#clean-}
sed -n "s/^${name%@*}  *//p" methods.txt | grep . ||
	{ echo "METHODS=$1: methods.txt has no such method" >&2; exit 1; }
