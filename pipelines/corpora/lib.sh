# shellcheck shell=sh disable=SC2034 # recipes set and read these
# lib.sh - shared code of the recipes; sourced
#
# A recipe sets these variables and then calls the function recipe:
#
#	corpus    name in the manifest and in messages
#	language  ISO 639-1 code
#	total     expected number of utterances; 0 if unknown
#	folds     speakers (or sessions), with a blank between members of a fold
#	          and | between folds
#	counts    expected utterances of each member: one number, or one for
#	          each member in alphabetical order
#	member    word for a member in messages
#	files     extended regular expression for the paths of files to read
#	example   path of a typical file, for messages
#
# recipe PROGRAM DIR prints the manifest of the corpus in DIR.  PROGRAM is an
# awk program that defines utterance().  It is called for each file, with path,
# folder and name (without extension) set.  It sets label and speaker; if known,
# intensity, style and text; id, if name is not unique; and part, if the members
# of folds are not speakers.  The label "-" skips the file without a message; an
# empty label means that the file does not belong to the corpus.
set -u
LC_ALL=C
export LC_ALL
total=0 counts='' member=speaker files='\.wav$'

# shellcheck disable=SC2016 # the dollars are awk's
shared='
# Returns the index of the part of list, separated by |, that has item, or -1.
function place(list, item,    parts, n, i) {
	n = split(list, parts, "[|]")
	for (i = 1; i <= n; i++)
		if (index(" " parts[i] " ", " " item " "))
			return i - 1
	return -1
}

# Returns the value of key in a list of pairs, or "".
function word(pairs, key,    parts, n, i) {
	n = split(pairs, parts, " ")
	for (i = 1; i < n; i += 2)
		if (parts[i] == key)
			return parts[i + 1]
	return ""
}

# Is s a valid value for a manifest: without tabs and in UTF-8?
function fit(s) { return s !~ /\t/ && s ~ utf8 }

function say(s) { print corpus ": " s | "cat >&2" }

# number(5531) is "5,531".
function number(n) {
	return n < 1000 ? n "" : sprintf("%d,%03d", n / 1000, n % 1000)
}

# Returns the first items of a list of n, and the number of the others.
function few(list, n,    s, i) {
	for (i = 1; i <= n && i <= 5; i++)
		s = s (i > 1 ? ", " : "") list[i]
	return n > 5 ? s " and " n - 5 " more" : s
}

# The message that n files are skipped, of which one is example.
function skipped(n, why, example) {
	return n == 1 ? "1 file is skipped (" why "): " example : \
		number(n) " files are skipped (" why "), such as " example
}

# Is the file a git-lfs pointer?  Then the corpus was cloned without git-lfs.
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

# Returns what is missing or too many, or "".
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
			number(found - total) " more than expected"
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
		say(path " is a git-lfs pointer, not audio (run git lfs pull)")
	else if (!found && !unfit)
		say(root " has no utterances (expected, for example, " \
			ENVIRON["example"] ")")
	if (unfit)
		say(skipped(unfit, "name is not UTF-8; unpack again, perhaps" \
			" with unzip -O cp850", odd))
	if (found && twice)
		say(number(twice) " more files have a name that is used" \
			" already, and are skipped")
	if (found && others)
		say(skipped(others, "label or speaker is unknown", other))
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
