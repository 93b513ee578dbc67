#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/replace.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "eval/score_report.h"
#include "eval/text_table.h"

/* All lengths are pixels at the picture's natural size. */
enum {
	PANEL = 360,              /* side of matrix and diagram */
	TOP = 104,                /* above them */
	MARGIN = 24,
	AXIS = 52,                /* beside and below the diagram */
	COUNTS = 64,              /* height of the row counts below it */
	PERCENTS = 60             /* side from which cells have a percentage */
};

struct layout {
	double matrix, diagram;   /* left edges */
	double width, height;
};

/* Accuracy and confidence by bin; rows without an answer are in none. */
struct reliability {
	double rows[CONFIDENCE_BINS], right[CONFIDENCE_BINS];
	double confidence[CONFIDENCE_BINS]; /* sum */
	double most;              /* of rows */
};

static struct reliability
reliability_count(const struct outcomes *o)
{
	struct reliability r = { .most = 0 };

	for (size_t i = 0; i < o->length; i++) {
		const struct outcome *item = o->item + i;
		size_t b = confidence_bin(item->confidence);

		if (item->answer > o->classes.length)
			continue;
		r.rows[b] += 1;
		r.right[b] += item->answer == item->truth;
		r.confidence[b] += item->confidence;
		r.most = r.rows[b] > r.most ? r.rows[b] : r.most;
	}
	return r;
}

/* One text element; bytes that XML does not allow become "?". */
static void
text_print(FILE *out, double x, double y, const char *attributes,
           const char *text)
{
	char *copy = xstrdup(text);

	utf8_repair(copy);
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
	for (const char *c = copy; *c; c++)
		if (*c == '<')
			fputs("&lt;", out);
		else if (*c == '&')
			fputs("&amp;", out);
		else
			fputc((unsigned char)*c < ' ' ? '?' : *c, out);
	fputs("</text>\n", out);
	free(copy);
}

static void
number_print(FILE *out, double x, double y, const char *attributes,
             int decimals, double number, const char *unit)
{
	char text[64];

	snprintf(text, sizeof text, "%.*f%s", decimals, number, unit);
	text_print(out, x, y, attributes, text);
}

static void
rectangle_print(FILE *out, double x, double y, double width, double height,
                const char *attributes)
{
	fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\""
	        " height=\"%.1f\" %s/>\n", x, y, width, height, attributes);
}

static void
line_print(FILE *out, double x1, double y1, double x2, double y2,
           const char *attributes)
{
	fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\""
	        " %s/>\n", x1, y1, x2, y2, attributes);
}

static bool
column_shown(const struct confusion *c, size_t a)
{
	return a < c->classes || confusion_answers(c, a) > 0;
}

/* A cell: white where share is 0, dark blue where it is 1. */
static void
cell_print(FILE *out, double x, double y, double side, double count,
           double share)
{
	const char *ink = share > .55 ? "fill=\"#fff\"" : "fill=\"#1f2937\"";
	char *fill = xasprintf("fill=\"#%02x%02x%02x\" stroke=\"#e5e7eb\"",
	                       (unsigned)(255 - 225 * share),
	                       (unsigned)(255 - 177 * share),
	                       (unsigned)(255 - 96 * share));
	char *style = xasprintf("text-anchor=\"middle\" font-size=\"%.0f\" %s",
	                        side < PERCENTS ? side / 3.4 : 17, ink);

	rectangle_print(out, x, y, side, side, fill);
	if (side >= PERCENTS) {
		number_print(out, x + side / 2, y + side / 2 + 1, style,
		             0, 100 * share, " %");
		free(style);
		style = xasprintf("text-anchor=\"middle\" font-size=\"11\" %s",
		                  ink);
		number_print(out, x + side / 2, y + side / 2 + 17, style,
		             0, count, "");
	} else {
		number_print(out, x + side / 2, y + side * .6, style, 0,
		             count, "");
	}
	free(fill);
	free(style);
}

/* A font size at which neighbouring names do not overlap. */
static double
name_size(double side)
{
	return side < 12 ? side : 12;
}

static const char *
answer_name(const struct score *s, size_t a)
{
	size_t classes = s->outcomes.classes.length;

	return a < classes ? s->outcomes.classes.text[a]
	     : a == classes ? "(other)" : "(none)";
}

/* Whether a name is too long to be horizontal over its column. */
static bool
answers_slanted(const struct score *s, double side)
{
	for (size_t a = 0; a < s->outcomes.classes.length + 2; a++)
		if (column_shown(&s->group[0].confusion, a) &&
		    (double)text_width(answer_name(s, a)) * 7.5 > side)
			return true;
	return false;
}

static void
answer_print(FILE *out, double x, double y, double side, bool slanted,
             const char *name)
{
	double size = name_size(side);
	char *attributes = slanted
		? xasprintf("font-size=\"%.1f\" transform=\"rotate(-35 %.1f"
		            " %.1f)\"", size, x, y)
		: xasprintf("font-size=\"%.1f\" text-anchor=\"middle\"",
		            size);

	text_print(out, x, y, attributes, name);
	free(attributes);
}

static void
matrix_print(FILE *out, const struct score *s, double left)
{
	const struct confusion *c = &s->group[0].confusion;
	size_t columns = c->classes + column_shown(c, c->classes) +
	                 column_shown(c, c->classes + 1);
	double side = PANEL / (double)columns;
	bool slanted = answers_slanted(s, side);
	double column = 0;
	char *style;

	for (size_t a = 0; a < c->classes + 2; a++) {
		if (!column_shown(c, a))
			continue;
		answer_print(out, left + (column + .5) * side, TOP - 8,
		             side, slanted, answer_name(s, a));
		for (size_t t = 0; t < c->classes; t++) {
			double count = c->count[t * (c->classes + 2) + a];
			double truths = confusion_truths(c, t);

			cell_print(out, left + column * side,
			           TOP + (double)t * side, side, count,
			           truths > 0 ? count / truths : 0);
		}
		column += 1;
	}
	style = xasprintf("font-size=\"%.1f\" text-anchor=\"end\"",
	                  name_size(side));
	for (size_t t = 0; t < c->classes; t++)
		text_print(out, left - 8,
		           TOP + ((double)t + .5) * side +
		           name_size(side) / 3,
		           style, s->outcomes.classes.text[t]);
	free(style);
	text_print(out, left + PANEL / 2.,
	           TOP + (double)c->classes * side + 26,
	           "text-anchor=\"middle\" font-size=\"12\" fill=\"#6b7280\"",
	           side < PERCENTS
	           ? "a line a label, a column an emotion; numbers: rows"
	           : "a line a label, a column an emotion; % of the line");
}

/* Grid and numbers of both axes, 0 to 1. */
static void
axes_print(FILE *out, double left)
{
	for (int i = 0; i <= 5; i++) {
		double at = i / 5., x = left + at * PANEL;
		double y = TOP + (1 - at) * PANEL;

		line_print(out, left, y, left + PANEL, y,
		           "stroke=\"#e5e7eb\"");
		line_print(out, x, TOP, x, TOP + PANEL, "stroke=\"#e5e7eb\"");
		number_print(out, left - 8, y + 4,
		             "text-anchor=\"end\" font-size=\"11\"", 1, at,
		             "");
		number_print(out, x, TOP + PANEL + 18 + COUNTS + 16,
		             "text-anchor=\"middle\" font-size=\"11\"", 1,
		             at, "");
	}
	text_print(out, left + PANEL / 2., TOP + PANEL + COUNTS + 52,
	           "text-anchor=\"middle\" font-size=\"12\" fill=\"#6b7280\"",
	           "confidence");
	fprintf(out, "<g transform=\"translate(%.1f %.1f) rotate(-90)\">",
	        left - 36, TOP + PANEL / 2.);
	text_print(out, 0, 0, "text-anchor=\"middle\" font-size=\"12\""
	           " fill=\"#6b7280\"", "share that is right");
	fputs("</g>\n", out);
}

/* Bars of accuracy, the gap to the confidence in red, counts below. */
static void
bins_print(FILE *out, const struct reliability *r, double left)
{
	double step = PANEL / (double)CONFIDENCE_BINS;
	double floor = TOP + PANEL, base = floor + 18 + COUNTS;

	for (size_t b = 0; b < CONFIDENCE_BINS; b++) {
		double x = left + (double)b * step + 1, rows = r->rows[b];
		double right, sure, high;

		if (rows <= 0)
			continue;
		right = r->right[b] / rows * PANEL;
		sure = r->confidence[b] / rows * PANEL;
		high = right > sure ? right : sure;
		rectangle_print(out, x, floor - right, step - 2, right,
		                "fill=\"#3b7dd8\"");
		rectangle_print(out, x, floor - high, step - 2,
		                right > sure ? right - sure : sure - right,
		                "fill=\"#dc2626\" fill-opacity=\".28\""
		                " stroke=\"#dc2626\" stroke-width=\".7\"");
		high = rows / r->most * COUNTS;
		rectangle_print(out, x, base - high, step - 2, high,
		                "fill=\"#9ca3af\"");
	}
	line_print(out, left, floor, left + PANEL, TOP,
	           "stroke=\"#374151\" stroke-dasharray=\"5 4\"");
	line_print(out, left, base, left + PANEL, base, "stroke=\"#9ca3af\"");
	number_print(out, left - 8, base - COUNTS + 8,
	             "text-anchor=\"end\" font-size=\"11\"", 0, r->most, "");
	text_print(out, left - 8, base, "text-anchor=\"end\" font-size=\"11\"",
	           "rows");
}

static char *
percent_text(const char *name, double value, struct interval i)
{
	if (isnan(value))
		return xasprintf("%s -", name);
	if (isnan(i.low))
		return xasprintf("%s %.1f %%", name, 100 * value);
	return xasprintf("%s %.1f %% (%.1f to %.1f)", name, 100 * value,
	                 100 * i.low, 100 * i.high);
}

static void
seen_print(FILE *out, const struct score *s)
{
	char *text;

	if (s->seen == 0)
		return;
	text = xasprintf("NOT A TEST: trained with %zu of these rows, or "
	                 "their speakers", s->seen);
	text_print(out, MARGIN, 52, "font-size=\"12\" fill=\"#b91c1c\"", text);
	free(text);
}

static void
title_print(FILE *out, const struct score *s, const struct layout *l)
{
	static const char style[] = "font-size=\"15\" font-weight=\"600\"";
	const struct score_group *all = s->group;
	char *uar = percent_text("UAR", all->value[METRIC_UAR],
	                         all->interval[METRIC_UAR]);
	char *war = percent_text("WAR", all->value[METRIC_WAR],
	                         all->interval[METRIC_WAR]);
	char *ece = percent_text("ECE", all->value[METRIC_ECE],
	                         all->interval[METRIC_ECE]);
	char *both = xasprintf("%s, %s", uar, war);

	text_print(out, MARGIN, 32, style, both);
	seen_print(out, s);
	text_print(out, l->diagram, 32, style, ece);
	text_print(out, l->diagram, 52, "font-size=\"12\" fill=\"#6b7280\"",
	           "blue: right; edged in red: gap to the confidence");
	free(uar);
	free(war);
	free(ece);
	free(both);
}

static struct layout
layout_make(const struct score *s)
{
	struct layout l = { .matrix = 0 };

	for (size_t c = 0; c < s->outcomes.classes.length; c++) {
		double width = 7.2 * (double)text_width(
			s->outcomes.classes.text[c]);

		l.matrix = width > l.matrix ? width : l.matrix;
	}
	l.matrix += MARGIN + 8;
	l.diagram = l.matrix + PANEL + MARGIN + AXIS + 24;
	l.width = l.diagram + PANEL + MARGIN;
	l.height = TOP + PANEL + COUNTS + AXIS + 18;
	return l;
}

static void
svg_print(FILE *out, const struct score *s)
{
	struct reliability r = reliability_count(&s->outcomes);
	struct layout l = layout_make(s);

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\""
	        " width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\""
	        " font-family=\"Helvetica, Arial, sans-serif\""
	        " fill=\"#1f2937\">\n<title>score: confusion and"
	        " reliability</title>\n", l.width, l.height, l.width,
	        l.height);
	rectangle_print(out, 0, 0, l.width, l.height, "fill=\"#fff\"");
	title_print(out, s, &l);
	matrix_print(out, s, l.matrix);
	axes_print(out, l.diagram);
	bins_print(out, &r, l.diagram);
	fputs("</svg>\n", out);
}

/* Warns of a name that makes viewers expect another format. */
static void
name_warn(const char *path)
{
	static const char *const other[] = { ".png", ".pdf", ".jpg", ".jpeg" };
	const char *end = strrchr(path, '.');

	for (size_t i = 0; end && i < sizeof other / sizeof other[0]; i++)
		if (strcmp(end, other[i]) == 0)
			warn("%s: this is an SVG file, not what its name says "
			     "(rsvg-convert converts it)", path);
}

void
plot_write(const char *path, const struct score *s)
{
	struct replace file;

	name_warn(path);
	replace_begin(&file, path);
	svg_print(file.fp, s);
	replace_commit(&file);
}
