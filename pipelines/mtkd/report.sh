#!/bin/sh
# report.sh WORK METHODS SEEDS - the results as a page that needs nothing else
set -eu
work=$1 methods=$2 seeds=$3

# curves: the loss over the passes, a line a method
curves() {
	printf '<svg viewBox="0 0 640 240" role="img">\n'
	printf '<title>loss of training, over passes</title>\n'
	i=0
	for method in $methods
	do
		i=$((i + 1))
		sed -n 's/.*"pass":\([0-9]*\),.*"ce":\([0-9.]*\).*/\1 \2/p' \
			"$work/$method.${seeds%% *}.model.log" |
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

# weights: how much each teacher counts, by the utterance's language
weights() {
	for method in $methods
	do
		case $method in
		mtkd-*) ;;
		*) continue ;;
		esac
		printf '<h3>%s</h3>\n<table>\n' "$method"
		framecut --where "fold=$DEV" "$work/mtkd.raw.frames" |
			predict --frames -m \
			"$work/$method.${seeds%% *}.model" |
			kd-loss -w "${method#mtkd-}" -T "$TEMPERATURE" |
			framedump --json | awk '
			/"utterance"/ {
				match($0, /"language":"[^"]*"/)
				language = substr($0, RSTART + 12,
					RLENGTH - 13)
				rest = $0
				count[language]++
				while (match(rest, /"weight\.[^"]*":[^,}]*/)) {
					w = substr(rest, RSTART, RLENGTH)
					rest = substr(rest, RSTART + RLENGTH)
					split(substr(w, 9), part, "\":")
					sum[language, part[1]] += part[2]
					teacher[part[1]] = 1
				}
			}
			END {
				printf "<tr><th>spoken</th>"
				for (t in teacher)
					printf "<th>teacher %s</th>", t
				print "</tr>"
				for (l in count) {
					printf "<tr><td>%s</td>", l
					for (t in teacher)
						printf "<td>%.2f</td>",
							sum[l, t] / count[l]
					print "</tr>"
				}
			}'
		printf '</table>\n'
	done
}

cat <<'HEAD'
<!DOCTYPE html>
<meta charset="utf-8">
<title>Distillation of speech emotion</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto }
pre { overflow-x: auto } td, th { padding: .1em .8em; text-align: right }
svg { max-width: 100% }
</style>
<h1>FT, KD and MTKD</h1>
<pre>
HEAD
sed 's/&/\&amp;/g; s/</\&lt;/g' "$work/results.txt"
printf '</pre>\n<h2>Learning curves</h2>\n'
curves
printf '<h2>Which teacher counts</h2>\n'
weights
printf '<h2>Confusion and calibration</h2>\n'
for view in raw speaker
do
	for method in $methods
	do
		score --by '' --bootstrap 0 --plot "$work/plot.svg" \
			"$work/$method.$view.all.tsv" >/dev/null
		printf '<h3>%s, features %s</h3>\n' "$method" $view
		sed '/^<?xml/d' "$work/plot.svg"
	done
done
rm -f "$work/plot.svg"
