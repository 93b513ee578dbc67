#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"
#include "eval/calibration.h"

enum { ROWS = 4000, CLASSES = 4, ALL = ROWS * CLASSES };

static double logit[ALL], probability[ALL];
static uint16_t truth[ROWS];

/* softmax(z T): what a network says that is T times too sure of logits z. */
static void
say(double *p, const double *z, double T)
{
	double sum = 0;

	for (int k = 0; k < CLASSES; k++)
		sum += p[k] = exp(z[k] * T);
	for (int k = 0; k < CLASSES; k++)
		p[k] /= sum;
}

/* Truths drawn from softmax(z), probabilities from T times z. */
static void
draw(double T)
{
	struct rng rng;

	rng_init(&rng, 5);
	for (int r = 0; r < ROWS; r++) {
		double *z = logit + r * CLASSES, p[CLASSES];
		double u = rng_uniform(&rng);

		for (int k = 0; k < CLASSES; k++)
			z[k] = 2 * (double)rng_normal(&rng);
		say(p, z, 1);
		truth[r] = 0;
		while (truth[r] < CLASSES - 1 && (u -= p[truth[r]]) > 0)
			truth[r]++;
		say(probability + r * CLASSES, z, T);
	}
}

static double
fit(void)
{
	static double logs[ALL];

	calibration_logs(logs, probability, ALL);
	return calibration_fit(logs, truth, ROWS, CLASSES);
}

/* The loss from its definition, with no logarithm of a sum. */
static double
naive_loss(double T)
{
	double sum = 0;

	for (int r = 0; r < ROWS; r++) {
		double p[CLASSES];

		say(p, logit + r * CLASSES, 1 / T);
		sum -= log(p[truth[r]]);
	}
	return sum / ROWS;
}

static void
no_temperature_near_it_has_a_smaller_loss(void **state)
{
	double T;

	(void)state;
	draw(1);
	T = fit();
	for (double far = 1e-3; far < 1; far *= 3) {
		assert_true(naive_loss(T) < naive_loss(T * (1 + far)));
		assert_true(naive_loss(T) < naive_loss(T / (1 + far)));
	}
}

static void
the_true_temperature_is_found(void **state)
{
	static const double true_T[] = { .4, 1, 1.7, 3, 8 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		draw(true_T[i]);
		assert_true(fabs(fit() / true_T[i] - 1) < .04);
	}
}

/* Of another program's table: 0.0000 for one class in three. */
static void
rounding_to_four_digits_does_little(void **state)
{
	int zeros = 0;

	(void)state;
	draw(3);
	for (int i = 0; i < ALL; i++) {
		probability[i] = round(probability[i] * 1e4) / 1e4;
		zeros += probability[i] <= 0;
	}
	assert_true(zeros > ALL / 6);
	assert_true(fabs(fit() / 3 - 1) < .1);
}

static void
what_no_temperature_fits_is_told(void **state)
{
	(void)state;
	draw(1);
	for (int r = 0; r < ROWS; r++) {
		const double *p = probability + r * CLASSES;

		truth[r] = 0;
		for (uint16_t k = 1; k < CLASSES; k++)
			truth[r] = p[k] > p[truth[r]] ? k : truth[r];
	}
	assert_true(fit() <= 0);
	for (int r = 0; r < ROWS; r++)
		truth[r] = (uint16_t)(r % CLASSES);
	for (int r = 0; r < ROWS; r++) /* the answer is always wrong */
		say(probability + r * CLASSES, (double[CLASSES]){
			-(truth[r] == 0), -(truth[r] == 1), -(truth[r] == 2),
			-(truth[r] == 3) }, 3);
	assert_true(isinf(fit()));
	assert_true(isinf(calibration_fit(logit, truth, 0, CLASSES)));
}

static void
zeros_are_a_tenth_of_the_smallest(void **state)
{
	const double p[3] = { .5, 0, 2e-4 };
	double logs[3];

	(void)state;
	calibration_logs(logs, p, 3);
	assert_true(fabs(logs[0] - log(.5)) < 1e-12);
	assert_true(fabs(logs[1] - log(2e-5)) < 1e-12);
	assert_true(fabs(logs[2] - log(2e-4)) < 1e-12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_temperature_near_it_has_a_smaller_loss),
		cmocka_unit_test(the_true_temperature_is_found),
		cmocka_unit_test(rounding_to_four_digits_does_little),
		cmocka_unit_test(what_no_temperature_fits_is_told),
		cmocka_unit_test(zeros_are_a_tenth_of_the_smallest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
