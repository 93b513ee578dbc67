#!/bin/sh
# embedded.sh METHOD... - print the methods that compare embeddings
for method
do
	! ./recipe.sh "$method" | grep -q -e ' -e ' || echo "$method"
done
