#include <math.h>
#include <string.h>

#include "eval/score_report.h"
#include "eval/text_table.h"

/* A fraction as a percentage. */
static void
percent_cell(struct table *t, double value)
{
	if (isnan(value))
		table_cell(t, "-");
	else
		table_cell(t, "%.1f", 100 * value);
}

static void
interval_cell(struct table *t, struct interval i, bool sign)
{
	if (isnan(i.low))
		table_cell(t, "-");
	else if (sign)
		table_cell(t, "%+.1f %+.1f", 100 * i.low, 100 * i.high);
	else
		table_cell(t, "%.1f-%.1f", 100 * i.low, 100 * i.high);
}

static void
metric_cells(struct table *t, const struct score_group *g, size_t metric)
{
	percent_cell(t, g->value[metric]);
	interval_cell(t, g->interval[metric], false);
}

/* Warns that the result says nothing about new speakers. */
static void
seen_print(FILE *out, const struct score *s)
{
	if (s->seen > 0)
		fprintf(out, "NOT A TEST: the model or its teacher was trained "
		        "with %zu of these rows\nor with their speakers\n",
		        s->seen);
	if (s->other_seen > 0)
		fprintf(out, "NOT A TEST: the other model was trained with "
		        "%zu of these rows\nor with their speakers\n",
		        s->other_seen);
}

enum { FEW = 10 };

/* Whether a group has so few that its intervals are too narrow. */
static bool
few_clusters(const struct score *s)
{
	for (size_t i = 0; i < s->groups.length; i++)
		if (s->group[i].clusters >= SCORE_CLUSTERS_MIN &&
		    s->group[i].clusters < FEW)
			return true;
	return false;
}

static void
heading_print(FILE *out, const struct score *s)
{
	const struct outcomes *o = &s->outcomes;
	double rows = (double)o->rows;

	fprintf(out, "%zu rows, %zu with a label", o->rows, o->labelled);
	if (o->rows > 0)
		fprintf(out, " (coverage %.1f %%)",
		        100 * (double)o->labelled / rows);
	if (o->unanswered > 0)
		fprintf(out, ",\n%zu of them without an emotion: wrong",
		        o->unanswered);
	if (o->excluded > 0)
		fprintf(out, ",\n%zu of other classes: left out", o->excluded);
	fputc('\n', out);
	seen_print(out, s);
	if (score_tempered(s->options))
		fprintf(out, "probabilities at temperature %g\n",
		        (double)s->options->temperature);
	if (s->options->resamples > 0)
		fprintf(out, "95 %% intervals from %d resamples of %zu %s%s,"
		        " seed %d\n", s->options->resamples,
		        s->group[0].clusters,
		        s->cluster ? "clusters by " : "rows",
		        s->cluster ? s->cluster : "", s->options->seed);
	if (s->options->resamples > 0 && s->cluster && few_clusters(s))
		fprintf(out, "with fewer than %d in a group they are too "
		        "narrow, and p too small\n", FEW);
}

static void
groups_print(FILE *out, const struct score *s)
{
	static const char *const heading[] = {
		"group", "rows", "UAR", "95 %", "WAR", "95 %", "F1", "95 %"
	};
	bool intervals = s->options->resamples > 0;
	struct table t;

	table_init(&t, intervals ? 8 : 6);
	for (size_t h = 0; h < 8; h++)
		if (intervals || h < 2 || h % 2 == 0)
			table_cell(&t, "%s", heading[h]);
	if (!intervals)
		table_cell(&t, "ECE");
	for (size_t i = 0; i < s->groups.length; i++) {
		const struct score_group *g = s->group + i;

		table_cell(&t, "%s", g->group->name);
		table_cell(&t, "%zu", g->group->length);
		for (size_t m = 0; m < METRIC_ECE; m++)
			if (intervals)
				metric_cells(&t, g, m);
			else
				percent_cell(&t, g->value[m]);
		if (!intervals)
			percent_cell(&t, g->value[METRIC_ECE]);
	}
	fputc('\n', out);
	table_print(&t, out);
	table_release(&t);
}

/* The columns for which the table of groups has no room. */
static void
calibration_print(FILE *out, const struct score *s)
{
	static const char *const heading[] = {
		"group", "clusters", "ECE", "95 %"
	};
	struct table t;

	table_init(&t, 4);
	for (size_t h = 0; h < 4; h++)
		table_cell(&t, "%s", heading[h]);
	for (size_t i = 0; i < s->groups.length; i++) {
		table_cell(&t, "%s", s->group[i].group->name);
		table_cell(&t, "%zu", s->group[i].clusters);
		metric_cells(&t, s->group + i, METRIC_ECE);
	}
	fputc('\n', out);
	table_print(&t, out);
	table_release(&t);
}

/* Recall, precision and F1 of each class, overall. */
static void
classes_print(FILE *out, const struct score *s)
{
	static const char *const heading[] = {
		"class", "rows", "recall", "95 %", "precision", "95 %", "F1",
		"95 %"
	};
	const struct score_group *all = s->group;
	bool intervals = s->options->resamples > 0;
	struct table t;

	table_init(&t, intervals ? 8 : 5);
	for (size_t h = 0; h < 8; h++)
		if (intervals || h < 2 || h % 2 == 0)
			table_cell(&t, "%s", heading[h]);
	for (size_t c = 0; c < s->outcomes.classes.length; c++) {
		table_cell(&t, "%s", s->outcomes.classes.text[c]);
		table_cell(&t, "%.0f", confusion_truths(&all->confusion, c));
		for (size_t m = metric_recall(c); m <= metric_class_f1(c); m++)
			if (intervals)
				metric_cells(&t, all, m);
			else
				percent_cell(&t, all->value[m]);
	}
	fputc('\n', out);
	table_print(&t, out);
	table_release(&t);
}

/* One metric of each class in each group. */
static void
breakdown_print(FILE *out, const struct score *s, const char *title,
                size_t (*metric)(size_t class))
{
	size_t classes = s->outcomes.classes.length;
	struct table t;

	table_init(&t, 1 + classes);
	table_cell(&t, "%s", title);
	for (size_t c = 0; c < classes; c++)
		table_cell(&t, "%s", s->outcomes.classes.text[c]);
	for (size_t i = 0; i < s->groups.length; i++) {
		table_cell(&t, "%s", s->group[i].group->name);
		for (size_t c = 0; c < classes; c++)
			percent_cell(&t, s->group[i].value[metric(c)]);
	}
	fputc('\n', out);
	table_print(&t, out);
	table_release(&t);
}

/* The columns "other" and "none" are left out where they are empty. */
static void
confusion_print(FILE *out, const struct score *s, const struct score_group *g)
{
	size_t classes = s->outcomes.classes.length;
	bool other = confusion_answers(&g->confusion, classes) > 0;
	bool none = confusion_answers(&g->confusion, classes + 1) > 0;
	struct table t;

	table_init(&t, 1 + classes + other + none);
	table_cell(&t, "label \\ emotion");
	for (size_t c = 0; c < classes; c++)
		table_cell(&t, "%s", s->outcomes.classes.text[c]);
	if (other)
		table_cell(&t, "(other)");
	if (none)
		table_cell(&t, "(none)");
	for (size_t c = 0; c < classes; c++) {
		const double *row = g->confusion.count + c * (classes + 2);

		table_cell(&t, "%s", s->outcomes.classes.text[c]);
		for (size_t a = 0; a < classes + 2; a++)
			if (a < classes || (a == classes ? other : none))
				table_cell(&t, "%.0f", row[a]);
	}
	fprintf(out, "\nconfusion, %s\n", g->group->name);
	table_print(&t, out);
	table_release(&t);
}

static void
difference_print(FILE *out, const struct score *s)
{
	static const char *const name[DIFFERENCES] = { "UAR", "WAR" };
	static const char *const heading[] = {
		"group", "", "this", "other", "difference", "95 %", "p"
	};
	struct table t;

	table_init(&t, 7);
	for (size_t h = 0; h < 7; h++)
		table_cell(&t, "%s", heading[h]);
	for (size_t i = 0; i < DIFFERENCES * s->groups.length; i++) {
		const struct score_group *g = s->group + i / DIFFERENCES;
		size_t m = i % DIFFERENCES;
		const struct difference *d = g->difference + m;

		table_cell(&t, "%s", m == 0 ? g->group->name : "");
		table_cell(&t, "%s", name[m]);
		percent_cell(&t, g->value[m]);
		percent_cell(&t, d->other);
		if (isnan(d->value))
			table_cell(&t, "-");
		else
			table_cell(&t, "%+.1f", 100 * d->value);
		interval_cell(&t, d->interval, true);
		if (isnan(d->p))
			table_cell(&t, "-");
		else
			table_cell(&t, "%.3f", d->p);
	}
	fprintf(out, "\ncompared to %s, row by row\n", s->other);
	table_print(&t, out);
	table_release(&t);
}

void
report_text(FILE *out, const struct score *s, bool matrices)
{
	heading_print(out, s);
	groups_print(out, s);
	if (s->options->resamples > 0)
		calibration_print(out, s);
	classes_print(out, s);
	if (s->groups.length > 1) {
		breakdown_print(out, s, "recall", metric_recall);
		breakdown_print(out, s, "precision", metric_precision);
	}
	for (size_t i = 0; i < (matrices ? s->groups.length : 1); i++)
		confusion_print(out, s, s->group + i);
	if (s->other)
		difference_print(out, s);
}
