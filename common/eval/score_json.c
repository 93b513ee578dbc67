#include <math.h>
#include <string.h>

#include "eval/score_report.h"
#include "stream/codec_json.h"

static void
string_print(FILE *out, const char *text)
{
	codec_json_text(out, text, strlen(text));
}

/* before is what separates it from the member before. */
static void
number_member(FILE *out, const char *before, const char *key, double value)
{
	if (isnan(value))
		fprintf(out, "%s\"%s\":null", before, key);
	else
		fprintf(out, "%s\"%s\":%.10g", before, key, value);
}

static void
metric_member(FILE *out, const char *key, const struct score_group *g,
              size_t metric)
{
	fprintf(out, ",\"%s\":{", key);
	number_member(out, "", "value", g->value[metric]);
	number_member(out, ",", "low", g->interval[metric].low);
	number_member(out, ",", "high", g->interval[metric].high);
	fputc('}', out);
}

static void
class_print(FILE *out, const struct score *s, const struct score_group *g,
            size_t c)
{
	size_t classes = s->outcomes.classes.length;
	const double *row = g->confusion.count + c * (classes + 2);

	fputs("{\"class\":", out);
	string_print(out, s->outcomes.classes.text[c]);
	fprintf(out, ",\"rows\":%.0f", confusion_truths(&g->confusion, c));
	metric_member(out, "recall", g, metric_recall(c));
	metric_member(out, "precision", g, metric_precision(c));
	metric_member(out, "f1", g, metric_class_f1(c));
	fputs(",\"answers\":[", out);
	for (size_t a = 0; a < classes; a++)
		fprintf(out, "%s%.0f", a ? "," : "", row[a]);
	fprintf(out, "],\"other\":%.0f,\"none\":%.0f}", row[classes],
	        row[classes + 1]);
}

static void
difference_member(FILE *out, const char *key, const struct difference *d)
{
	fprintf(out, ",\"%s\":{", key);
	number_member(out, "", "other", d->other);
	number_member(out, ",", "difference", d->value);
	number_member(out, ",", "low", d->interval.low);
	number_member(out, ",", "high", d->interval.high);
	number_member(out, ",", "p", d->p);
	fputc('}', out);
}

static void
group_print(FILE *out, const struct score *s, const struct score_group *g)
{
	fputs("{\"by\":", out);
	if (g->group->by)
		string_print(out, g->group->by);
	else
		fputs("null", out);
	fputs(",\"value\":", out);
	string_print(out, g->group->value);
	fprintf(out, ",\"rows\":%zu,\"clusters\":%zu", g->group->length,
	        g->clusters);
	metric_member(out, "uar", g, METRIC_UAR);
	metric_member(out, "war", g, METRIC_WAR);
	metric_member(out, "f1", g, METRIC_F1);
	metric_member(out, "ece", g, METRIC_ECE);
	fputs(",\"classes\":[", out);
	for (size_t c = 0; c < s->outcomes.classes.length; c++) {
		fputs(c ? "," : "", out);
		class_print(out, s, g, c);
	}
	fputc(']', out);
	if (s->other) {
		difference_member(out, "difference_uar", &g->difference[0]);
		difference_member(out, "difference_war", &g->difference[1]);
	}
	fputc('}', out);
}

void
report_json(FILE *out, const struct score *s)
{
	const struct outcomes *o = &s->outcomes;

	fprintf(out, "{\"rows\":%zu,\"labelled\":%zu,\"scored\":%zu,"
	        "\"excluded\":%zu,\"unanswered\":%zu", o->rows, o->labelled,
	        o->length, o->excluded, o->unanswered);
	number_member(out, ",", "coverage", o->rows > 0
	              ? (double)o->labelled / (double)o->rows : (double)NAN);
	fprintf(out, ",\"seen\":%zu,\"other_seen\":%zu", s->seen,
	        s->other_seen);
	fputs(",\"temperature\":", out);
	codec_json_float(out, s->options->temperature);
	fprintf(out, ",\"resamples\":%d,\"seed\":%d,\"cluster\":",
	        s->options->resamples, s->options->seed);
	if (s->cluster)
		string_print(out, s->cluster);
	else
		fputs("null", out);
	fputs(",\"other\":", out);
	if (s->other)
		string_print(out, s->other);
	else
		fputs("null", out);
	fputs(",\"groups\":[", out);
	for (size_t i = 0; i < s->groups.length; i++) {
		fputs(i ? "," : "", out);
		group_print(out, s, s->group + i);
	}
	fputs("]}\n", out);
}
