#!/bin/sh
# wanted.sh IN OUT - select the utterances whose label is one of the classes
#
# With QUICK it selects a tenth of them, the same in every view.
set -eu
in=$1 out=$2
. ../unwanted.sh

set --
while IFS= read -r label
do
	set -- "$@" --where "label!=$label"
done <<END
$(unwanted "$in" anger,happiness,neutral,sadness)
END
if test "${QUICK:-}"
then
	shuffle --keep-order --split 1:9 --by id --where 'label!=' "$@" \
		"$in" >"$out.tmp"
else
	framecut --where 'label!=' "$@" "$in" >"$out.tmp"
fi
mv "$out.tmp" "$out"
