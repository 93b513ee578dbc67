#!/bin/sh
# embedded.sh METHOD... - those of them that compare embeddings
for method
do
	! ./recipe.sh "$method" | grep -q -e ' -e ' || echo "$method"
done
