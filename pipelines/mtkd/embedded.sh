#!/bin/sh
# embedded.sh METHOD... - those of them that compare embeddings
for method
do
	name=${method#mono-} name=${name#clean-}
	! grep -q "^${name%@*} .* -e " methods.txt || echo "$method"
done
