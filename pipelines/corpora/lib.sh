# shellcheck shell=sh disable=SC2034 # recipes set and read these
# lib.sh - what the recipes share: a recipe sets these, then calls recipe
#
#	corpus    its name, in the manifest and in messages
#	language  by its code in ISO 639-1
#	total     utterances that there should be; 0 where nobody has said
#	folds     speakers (or sessions), a blank between those of one fold and
#	          a | between folds
#	counts    utterances of each of them: one number, or one for each, in
#	          the order of the alphabet
#	member    what to call them in messages
#	files     those to look at: an extended regular expression
#	example   where one lies
#
# recipe PROGRAM DIR: PROGRAM is awk.  It defines utterance(), which looks at
# path, folder and name (without its extension) and sets label and speaker,
# and if it can intensity, style and text; id, where name is not unique; part,
# where folds has no speakers.  A label of "-" leaves the file out, none says
# that its name is not one of the corpus.
set -u
LC_ALL=C
export LC_ALL
total=0 counts='' member=speaker files='\.wav$'

# shellcheck disable=SC2016 # the dollars are awk's
shared='
# Which of the parts of list, between |, has item; -1 if none has.
function place(list, item,    parts, n, i) {
	n = split(list, parts, "[|]")
	for (i = 1; i <= n; i++)
		if (index(" " parts[i] " ", " " item " "))
			return i - 1
	return -1
}

# What follows key in a list of pairs.
function word(pairs, key,    parts, n, i) {
	n = split(pairs, parts, " ")
	for (i = 1; i < n; i += 2)
		if (parts[i] == key)
			return parts[i + 1]
	return ""
}

# Can s be a value of a manifest, with no tab and in UTF-8?
function fit(s) { return s !~ /\t/ && s ~ utf8 }

function say(s) { print corpus ": " s | "cat >&2" }

# 5531 with its comma
function number(n) {
	return n < 1000 ? n "" : sprintf("%d,%03d", n / 1000, n % 1000)
}

# The first few of a list of n, and how many more.
function few(list, n,    s, i) {
	for (i = 1; i <= n && i <= 5; i++)
		s = s (i > 1 ? ", " : "") list[i]
	return n > 5 ? s " and " n - 5 " more" : s
}

# Of n files, one is example.
function left_out(n, example) {
	return n == 1 ? "1 file is left out: " example : \
		number(n) " files are left out, such as " example
}

# It is a clone without git-lfs if the first file is such a text.
function pointer(file,    line) {
	getline line < file
	close(file)
	return line ~ /^version https:..git-lfs/
}

function row(    s) {
	s = path "\t" corpus "/" id "\t" language "\t" label
	gsub(/[\t\r\n]/, " ", text)
	return s "\t" corpus "_" speaker "\t" corpus "\t" fold "\t" \
		intensity "\t" style "\t" text
}

# What is missing, or "".
function shortage(    n, i, list, each, gone, gone_n, less, less_n, s, want) {
	n = split(ENVIRON["members"], list, " ")
	split(counts, each, " ")
	for (i = 1; i <= n; i++) {
		want = i in each ? each[i] : each[1]
		if (!got[list[i]])
			gone[++gone_n] = list[i]
		else if (got[list[i]] < want)
			less[++less_n] = member " " list[i] " has " \
				number(got[list[i]]) " of " number(want)
	}
	if (gone_n == 1)
		s = member " " gone[1] " is missing; "
	else if (gone_n)
		s = member "s " few(gone, gone_n) " are missing; "
	if (less_n)
		s = s few(less, less_n) "; "
	if (s == "" && (!total || found == total))
		return ""
	if (total && found > total)
		return s number(found) " utterances, " \
			number(found - total) " more than there should be"
	return s number(found) (total ? " of " number(total) : "") \
		" utterances"
}

BEGIN {
	corpus = ENVIRON["corpus"]; language = ENVIRON["language"]
	total = ENVIRON["total"]; folds = ENVIRON["folds"]
	counts = ENVIRON["counts"]; member = ENVIRON["member"]
	root = ENVIRON["root"]
	utf8 = "^([\001-\177]|[\302-\337][\200-\277]|" \
		"[\340-\357][\200-\277][\200-\277]|" \
		"[\360-\364][\200-\277][\200-\277][\200-\277])*$"
}

{
	path = folder = name = $0
	sub(/\/[^\/]*$/, "", folder)
	sub(/.*\//, "", folder)
	sub(/.*\//, "", name)
	sub(/\.[^.]*$/, "", name)
	id = name
	label = speaker = part = intensity = style = text = ""
	utterance()
	fold = place(folds, part == "" ? speaker : part)
}

label == "-" { next }
label == "" || fold < 0 { if (!others++) other = path; next }
id in seen { twice++; next }
!fit(path) { if (!unfit++) odd = path; next }
!found && pointer(path) { pointers = 1; exit }

{
	seen[id]
	got[part == "" ? speaker : part]++
	if (!found++)
		print "path\tid\tlanguage\tlabel\tspeaker\tcorpus\tfold\t" \
			"intensity\tstyle\ttext"
	print row()
}

END {
	if (pointers)
		say(path " is a pointer of git-lfs, no sound: git lfs pull")
	else if (!found && !unfit)
		say(root " has no utterances; one would be " ENVIRON["example"])
	if (unfit)
		say(left_out(unfit, odd) "; not UTF-8, so unpack again," \
			" perhaps with unzip -O cp850")
	if (found && twice)
		say(number(twice) " more have a name that was there before," \
			" and are left out")
	if (found && others)
		say(left_out(others, other))
	if (found && (lack = shortage()) != "")
		say(lack)
	close("cat >&2")
	exit !found || lack != ""
}
'

recipe() {
	program=$1
	shift
	if test $# -ne 1 || test -z "$1"
	then
		echo "usage: $corpus.sh DIR >manifest.tsv" >&2
		exit 2
	fi
	root=$(cd -- "$1" 2>/dev/null && pwd) || {
		echo "$corpus: $1 is not a directory" >&2
		exit 1
	}
	members=$(echo "$folds" | tr -c '[:alnum:]' '\n' | sort)
	export corpus language total folds counts member members root example
	find -L "$root" -type f | grep -Ei "$files" | grep -v '/\.[^/]*$' |
		sort | awk "$shared $program"
}
