#include <math.h>

#include "eval/metrics.h"

size_t
metrics_length(size_t classes)
{
	return METRICS_OVERALL + 3 * classes;
}

double
confusion_truths(const struct confusion *c, size_t t)
{
	double rows = 0;

	for (size_t a = 0; a < c->classes + 2; a++)
		rows += c->count[t * (c->classes + 2) + a];
	return rows;
}

double
confusion_answers(const struct confusion *c, size_t a)
{
	double rows = 0;

	for (size_t t = 0; t < c->classes; t++)
		rows += c->count[t * (c->classes + 2) + a];
	return rows;
}

static double
ratio(double a, double b)
{
	return b > 0 ? a / b : (double)NAN;
}

void
metrics_compute(double *value, const struct confusion *c)
{
	double rows = 0, right = 0, recalls = 0, f1s = 0, present = 0, gaps = 0;

	for (size_t k = 0; k < c->classes; k++) {
		double hits = c->count[k * (c->classes + 2) + k];
		double truths = confusion_truths(c, k);
		double answers = confusion_answers(c, k);

		value[metric_recall(k)] = ratio(hits, truths);
		value[metric_precision(k)] = ratio(hits, answers);
		value[metric_class_f1(k)] = ratio(2 * hits, truths + answers);
		rows += truths;
		right += hits;
		if (truths > 0) {
			present += 1;
			recalls += value[metric_recall(k)];
			f1s += value[metric_class_f1(k)];
		}
	}
	for (size_t b = 0; b < CONFIDENCE_BINS; b++)
		gaps += fabs(c->gap[b]);
	value[METRIC_UAR] = ratio(recalls, present);
	value[METRIC_WAR] = ratio(right, rows);
	value[METRIC_F1] = ratio(f1s, present);
	value[METRIC_ECE] = ratio(gaps,
	                          rows - confusion_answers(c, c->classes + 1));
}
