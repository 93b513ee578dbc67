#include <math.h>
#include <stdlib.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "eval/calibration.h"

static const double LEAST = .01, MOST = 100; /* of T */

void
calibration_logs(double *logs, const double *probability, size_t length)
{
	double smallest = 1;

	for (size_t i = 0; i < length; i++)
		if (probability[i] > 0 && probability[i] < smallest)
			smallest = probability[i];
	for (size_t i = 0; i < length; i++)
		logs[i] = log(probability[i] > 0 ? probability[i]
		                                 : smallest / 10);
}

/* p [classes] = softmax(logs b) */
static void
row_softmax(double *p, const double *logs, size_t classes, double b)
{
	double top = logs[0], sum = 0;

	for (size_t k = 1; k < classes; k++)
		top = logs[k] > top ? logs[k] : top;
	for (size_t k = 0; k < classes; k++)
		sum += p[k] = exp((logs[k] - top) * b);
	for (size_t k = 0; k < classes; k++)
		p[k] /= sum;
}

/* The derivative by b = 1/T of the sum of -log softmax(logs b)[truth]. */
static double
slope(const double *logs, const uint16_t *truth, size_t rows, size_t classes,
      double b)
{
	double p[CLASSES_MAX], sum = 0;

	for (size_t r = 0; r < rows; r++, logs += classes) {
		row_softmax(p, logs, classes, b);
		for (size_t k = 0; k < classes; k++)
			sum += p[k] * (logs[k] - logs[truth[r]]);
	}
	return sum;
}

double
calibration_fit(const double *logs, const uint16_t *truth, size_t rows,
                size_t classes)
{
	double low = 1 / MOST, high = 1 / LEAST;

	if (slope(logs, truth, rows, classes, low) >= 0)
		return (double)INFINITY;
	if (slope(logs, truth, rows, classes, high) <= 0)
		return 0;
	while (high / low > 1 + 1e-9) {
		double b = sqrt(low * high);

		if (slope(logs, truth, rows, classes, b) < 0)
			low = b;
		else
			high = b;
	}
	return 1 / sqrt(low * high);
}

double
calibration_of(const struct predictions *p, const struct outcomes *o,
               const char *name)
{
	size_t K = p->classes.length, rows = 0;
	double *logs = xcalloc(p->rows * K + 1, sizeof *logs), T;
	uint16_t *truth = xcalloc(o->length + 1, sizeof *truth);

	calibration_logs(logs, p->probability, p->rows * K);
	for (size_t i = 0; i < o->length; i++) {
		size_t row = o->item[i].row;
		size_t class = texts_find(&p->classes,
			predictions_value(p, row, COLUMN_LABEL));

		if (class == TEXTS_NONE ||
		    !*predictions_value(p, row, COLUMN_EMOTION))
			continue;
		/* items are in the order of rows: none is overwritten */
		for (size_t k = 0; k < K; k++)
			logs[rows * K + k] = logs[row * K + k];
		truth[rows++] = (uint16_t)class;
	}
	T = calibration_fit(logs, truth, rows, K);
	if (rows == 0)
		die("%s: no row with a label and an emotion to fit by", name);
	if (T <= 0)
		die("%s: no temperature fits: the label always has the "
		    "largest probability", name);
	if (isinf(T))
		die("%s: no temperature fits: the probabilities do not depend "
		    "on the label", name);
	free(logs);
	free(truth);
	return T;
}

void
calibration_apply(struct predictions *p, double T)
{
	size_t K = p->classes.length;
	double *logs = xcalloc(p->rows * K + 1, sizeof *logs);
	double share[CLASSES_MAX];

	calibration_logs(logs, p->probability, p->rows * K);
	for (size_t r = 0; r < p->rows; r++) {
		size_t answer = texts_find(&p->classes,
			predictions_value(p, r, COLUMN_EMOTION));

		if (answer == TEXTS_NONE)
			continue;
		row_softmax(share, logs + r * K, K, 1 / T);
		p->confidence[r] = share[answer];
	}
	free(logs);
}
