#include <math.h>

#include "eval/score_report.h"

static const char *const metric_name[METRICS_OVERALL] = {
	[METRIC_UAR] = "uar", [METRIC_WAR] = "war", [METRIC_F1] = "f1",
	[METRIC_ECE] = "ece",
};

static void
number_print(FILE *out, double value)
{
	if (isnan(value))
		fputs("\t-", out);
	else
		fprintf(out, "\t%.6f", value);
}

static void
heading_print(FILE *out, const struct score *s)
{
	fputs("by\tvalue\trows\tclusters", out);
	for (size_t m = 0; m < METRICS_OVERALL; m++)
		fprintf(out, "\t%s\t%s_low\t%s_high", metric_name[m],
		        metric_name[m], metric_name[m]);
	for (size_t c = 0; c < s->outcomes.classes.length; c++) {
		const char *class = s->outcomes.classes.text[c];

		fprintf(out, "\trows_%s\trecall_%s\tprecision_%s\tf1_%s",
		        class, class, class, class);
	}
	for (size_t m = 0; s->other && m < DIFFERENCES; m++) {
		const char *name = metric_name[m];

		fprintf(out, "\tother_%s\tdifference_%s\tdifference_%s_low"
		        "\tdifference_%s_high\tp_%s", name, name, name, name,
		        name);
	}
	if (s->seen > 0)
		fputs("\tseen", out);
	if (s->other_seen > 0)
		fputs("\tother_seen", out);
	fputc('\n', out);
}

static void
row_print(FILE *out, const struct score *s, const struct score_group *g)
{
	const char *value = g->group->by ? g->group->value : "all";

	fprintf(out, "%s\t%s\t%zu\t%zu", g->group->by ? g->group->by : "-",
	        *value ? value : "-", g->group->length, g->clusters);
	for (size_t m = 0; m < METRICS_OVERALL; m++) {
		number_print(out, g->value[m]);
		number_print(out, g->interval[m].low);
		number_print(out, g->interval[m].high);
	}
	for (size_t c = 0; c < s->outcomes.classes.length; c++) {
		fprintf(out, "\t%.0f", confusion_truths(&g->confusion, c));
		number_print(out, g->value[metric_recall(c)]);
		number_print(out, g->value[metric_precision(c)]);
		number_print(out, g->value[metric_class_f1(c)]);
	}
	for (size_t m = 0; s->other && m < DIFFERENCES; m++) {
		const struct difference *d = g->difference + m;

		number_print(out, d->other);
		number_print(out, d->value);
		number_print(out, d->interval.low);
		number_print(out, d->interval.high);
		number_print(out, d->p);
	}
	if (s->seen > 0)
		fprintf(out, "\t%zu", s->seen);
	if (s->other_seen > 0)
		fprintf(out, "\t%zu", s->other_seen);
	fputc('\n', out);
}

void
report_table(FILE *out, const struct score *s)
{
	heading_print(out, s);
	for (size_t i = 0; i < s->groups.length; i++)
		row_print(out, s, s->group + i);
}
