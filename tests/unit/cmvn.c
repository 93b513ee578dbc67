/* feat/cmvn.h: statistics, voicing, silence, groups. */
#include <stdio.h>

#include "feat/cmvn.h"
#include "gradient.h"

static const struct features_type pitched = {
	.kind = FEATURES_FBANK, .columns = 2, .pitch = true,
	.rate = 16000, .window = 400, .hop = 160, .scale = 1
};

static void
test_moments(void **state)
{
	enum { T = 300, WIDTH = 5 };
	float *x = random_floats(T * WIDTH, 1);
	struct cmvn c;

	(void)state;
	for (size_t i = 0; i < T * WIDTH; i++)
		x[i] = 3 * x[i] + 1000 * (float)(i % WIDTH);
	cmvn_init(&c, WIDTH);
	cmvn_add(&c, x, T / 3, NULL);
	cmvn_add(&c, x + T / 3 * WIDTH, T - T / 3, NULL);
	cmvn_apply(&c, x, T, false);
	for (size_t i = 0; i < WIDTH; i++) {
		double sum = 0, square = 0;

		for (size_t t = 0; t < T; t++) {
			double value = (double)x[t * WIDTH + i];

			sum += value;
			square += value * value;
		}
		assert_close(sum / T, 0, 1e-4);
		assert_close(square / T, 1, 1e-4);
	}
	cmvn_release(&c);
	free(x);
}

static void
test_means_only(void **state)
{
	float x[4] = { 1, 2, 3, 6 };
	struct cmvn c;

	(void)state;
	cmvn_init(&c, 1);
	cmvn_add(&c, x, 4, NULL);
	cmvn_apply(&c, x, 4, true);
	assert_true(x[0] == -2 && x[1] == -1 && x[2] == 0 && x[3] == 3);
	cmvn_release(&c);
}

/* Two voiced rows of log F0 5 and 6, one half voiced of 9, a guess of 99. */
static void
test_voicing(void **state)
{
	float x[4][5] = {
		{ 1, 2, 5, 1, 3 }, { 1, 2, 6, 1, 3 },
		{ 1, 2, 9, .5f, 3 }, { 1, 2, 99, 0, 3 }
	};
	double mean = (5 + 6 + .25 * 9) / 2.25;
	double variance = (25 + 36 + .25 * 81) / 2.25 - mean * mean;
	struct cmvn c;

	(void)state;
	cmvn_init(&c, 5);
	cmvn_add(&c, x[0], 4, &pitched);
	cmvn_apply(&c, x[0], 4, false);
	assert_close((double)x[0][2], (5 - mean) / sqrt(variance), 1e-5);
	assert_close((double)x[3][2], (99 - mean) / sqrt(variance), 1e-5);
	assert_true(x[0][0] == 0 && x[2][4] == 0);
	cmvn_release(&c);
}

static void
test_unvoiced(void **state)
{
	float x[2][5] = { { 1, 2, 5, 0, 3 }, { 1, 3, 6, 0, 3 } };
	struct cmvn c;

	(void)state;
	cmvn_init(&c, 5);
	cmvn_add(&c, x[0], 2, &pitched);
	cmvn_apply(&c, x[0], 2, false);
	assert_true(x[0][2] == 0 && x[1][2] == 0);
	assert_close((double)x[1][1], 1, 1e-5);
	cmvn_release(&c);
}

static void
test_groups(void **state)
{
	struct cmvn_groups g = CMVN_GROUPS_INIT;
	const char *why = NULL;
	char name[16];
	float one = 1;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "s%u", i * 7919 % 300);
		cmvn_add(cmvn_groups_find(&g, name, 1, &why), &one, 1, NULL);
	}
	assert_int_equal(g.count, 300);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "s%u", i);
		assert_true(cmvn_groups_find(&g, name, 1, &why)->sum[0] == 10);
	}
	assert_null(why);
	assert_null(cmvn_groups_find(&g, "s5", 2, &why));
	assert_non_null(why);
	cmvn_groups_clear(&g);
	assert_int_equal(g.count, 0);
	assert_non_null(cmvn_groups_find(&g, "s5", 2, &why));
	cmvn_groups_clear(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "columns far from 0 get mean 0 and deviation 1",
		  test_moments, NULL, NULL, NULL },
		{ "means alone leave the scale",
		  test_means_only, NULL, NULL, NULL },
		{ "log F0 counts as far as it is voiced",
		  test_voicing, NULL, NULL, NULL },
		{ "with nothing voiced log F0 is 0",
		  test_unvoiced, NULL, NULL, NULL },
		{ "groups are found by name, and of one width",
		  test_groups, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
