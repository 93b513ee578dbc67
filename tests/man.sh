#!/bin/sh
# The examples of the pages work as printed, in the folder of the sources.
#
# An example is a display of the section EXAMPLES, of one line or several.  They
# run page by page in a folder that has the clips and the built-in model and is
# empty otherwise, so that one may use what those above it wrote, and nothing
# else.  One that needs more, a microphone or a corpus, has a comment right
# above it in the page, and does not run.
. "$(dirname "$0")/lib.sh"

# runnable PAGE: its examples as mdoc, without those under a comment, below a
# line of text.
runnable() {
	awk '
		/^\.(Dd|Dt|Os)/
		/^\.Os/ { print ".Sh DESCRIPTION\nText." }
		/^\.Sh/ { inside = /EXAMPLES/ }
		/^\.\\"/ { skip = 1 }
		inside && !skip
		/^\.(Dl|Ed)/ { skip = 0 }
	' "$1"
}

# printed COMMAND...: the displays of what COMMAND formats, an empty line after
# each.  They stand six columns to the right of text.
printed() {
	"$@" | sed "s/.$(printf '\b')//g" | awk '
		/^ +Text\.$/ && !left { left = index($0, "T") + 5; next }
		left && substr($0, 1, left) ~ /^ +$/ {
			print substr($0, left + 1)
			inside = 1
			next
		}
		inside { print ""; inside = 0 }'
}

# example N FILE: the Nth of those printed.
example() {
	awk -v n="$1" 'BEGIN { RS = "" } NR == n' "$2"
}

# run_as_printed: "$dir/example", in the page's folder.
run_as_printed() {
	cd "$folder"
	export PATH="$absolute"
	cat "$dir/example"
	timeout 300 sh -e "$dir/example"
}

case ${BIN:-bin} in
/*) absolute=$BIN:$PATH ;;
*) absolute=$top/${BIN:-bin}:$PATH ;;
esac
for page in "$top"/man/*.[157]
do
	name=${page##*/}
	folder=$dir/$name
	mkdir -p "$folder/pipelines/default"
	ln -s "$top/examples" "$folder/"
	ln -s "$top/pipelines/default/model.safetensors" \
		"$folder/pipelines/default/"
	runnable "$page" >"$dir/runnable"
	printed mandoc -T ascii -O width=78 "$dir/runnable" >"$dir/printed"
	count=$(grep -cE '^\.(Dl|Bd)' "$dir/runnable")
	case $name in
	*.1) check "$name has an example" 'test "$count" -gt 0' ;;
	esac
	check "$name prints all its examples, each line whole" '
		test "$count" -eq "$(grep -c "^$" "$dir/printed")"
		grep -vE "^.{68}" "$dir/printed" | diff "$dir/printed" -
	'
	command -v groff >/dev/null &&
		check "$name prints the same by groff" '
			printed groff -mandoc -Tascii -P-cbou -rLL=78n \
				"$dir/runnable" | diff "$dir/printed" -
		'
	i=0
	while test $((i += 1)) -le "$count"
	do
		example "$i" "$dir/printed" >"$dir/example"
		check "$name: $(head -n 1 "$dir/example")" run_as_printed
	done
done
finish
