#!/bin/sh
# report.sh SPLIT... - print the results as a self-contained HTML page
set -eu
seed=${SEEDS%% *}

# curves SPLIT: plots the loss over the passes, a line per method
curves() {
	printf '<svg viewBox="-20 0 660 %d" font-size="14" role="img">\n' \
		$((240 + 18 * $(echo "$METHODS" | wc -w)))
	printf '<title>cross-entropy on the training data, by pass</title>\n'
	printf '<path d="M20 20V220H480" fill="none" stroke="gray"/>\n'
	for y in 0 .5 1 1.5
	do
		printf '<text x="16" y="%.0f" text-anchor="end">%s</text>\n' \
			"$(echo "$y" | awk '{ print 224 - 120 * $1 }')" $y
	done
	printf '<text x="480" y="238" text-anchor="end">pass %s</text>\n' \
		"$PASSES"
	i=0
	for method in $METHODS
	do
		i=$((i + 1))
		lambda=$(cat "$WORK/$1/$method.lambda")
		cat "$WORK/$1/${method}_${lambda}_$seed".*.log | tr -d '"' |
			sed -n 's/.*pass:\([0-9]*\).*,ce:\([^,]*\).*/\1 \2/p' |
			awk -v passes="$PASSES" -v i=$i -v name="$method" '
			{ sum[$1] += $2; n[$1]++ }
			END {
				hue = i * 67 % 360
				printf "<polyline fill=\"none\" stroke=\"" \
					"hsl(%d 70%% 40%%)\" points=\"", hue
				for (p in n)
					if (p + 0 > last)
						last = p + 0
				for (p = 0; p <= last; p++) {
					if (!n[p])
						continue
					x = 20 + 460 * p / passes
					y = 220 - 120 * sum[p] / n[p]
					printf "%.0f,%.0f ", x, y
				}
				printf "\"/>\n<text x=\"500\" y=\"%d\" " \
					"fill=\"hsl(%d 70%% 40%%)\">%s" \
					"</text>\n", 20 + 18 * i, hue, name
			}'
	done
	printf '</svg>\n'
}

# weights SPLIT: tabulates the teachers' weights by language of the utterance
weights() {
	for method in $METHODS
	do
		file=$WORK/$1/$method.weights
		test -e "$file" || continue
		printf '<h3>%s</h3>\n<table>\n' "$method"
		awk -F '\t' '
			!($1 in spoken) { line[++lines] = $1; spoken[$1] }
			!($2 in teacher) { column[++columns] = $2; teacher[$2] }
			{ mean[$1, $2] = $3 }
			END {
				printf "<tr><th>language</th>"
				for (c = 1; c <= columns; c++)
					printf "<th>teacher %s</th>", column[c]
				print "</tr>"
				for (l = 1; l <= lines; l++) {
					printf "<tr><td>%s</td>", line[l]
					for (c = 1; c <= columns; c++)
						printf "<td>%s</td>",
							mean[line[l], column[c]]
					print "</tr>"
				}
			}' "$file"
		printf '</table>\n'
	done
}

# confusion GROUP: draws the confusion and calibration of each method
confusion() {
	for view in $TEST_VIEWS
	do
		for method in $METHODS
		do
			score --by '' --bootstrap 0 --plot "$WORK/plot.svg" \
				"$WORK/$1/$method.$view.tsv" >/dev/null
			printf '<h3>%s, %s</h3>\n' "$method" "$view"
			sed '/^<?xml/d' "$WORK/plot.svg"
		done
	done
	rm -f "$WORK/plot.svg"
}

cat <<'HEAD'
<!DOCTYPE html>
<meta charset="utf-8">
<title>Distillation for speech emotion recognition</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto }
pre { overflow-x: auto } td, th { padding: .1em .8em; text-align: right }
svg { max-width: 100% }
</style>
<h1>Students from labels (FT), one teacher (KD) and several (MTKD)</h1>
<pre>
HEAD
sed 's/&/\&amp;/g; s/</\&lt;/g' "$WORK/results.txt"
printf '</pre>\n'
for split
do
	printf '<h2>Learning curves, %s</h2>\n' "$split"
	curves "$split"
	printf '<h2>Weights of the teachers, %s</h2>\n' "$split"
	weights "$split"
done
for split
do
	case " $ALL_FOLDS " in
	*" $split "*) echo folds ;;
	*) echo "corpus-$split" ;;
	esac
done | uniq | while read -r group
do
	printf '<h2>Confusion and calibration, %s</h2>\n' "$group"
	confusion "$group"
done
