/* core/half against doubles: every value, and every midpoint. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/half.h"

static double
half_naive(unsigned h)
{
	double sign = h & 0x8000 ? -1 : 1;
	int exponent = (int)(h >> 10 & 31);
	double mantissa = h & 1023;

	if (exponent == 31)
		return mantissa > 0 ? NAN : sign * INFINITY;
	return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25)
	                        : ldexp(mantissa, -24));
}

static void
test_half_to_float(void **state)
{
	(void)state;
	for (unsigned h = 0; h < 65536; h++) {
		double want = half_naive(h);
		float got = half_to_float((uint16_t)h);

		assert_true(isnan(want) ? isnan(got) : got == want);
		assert_int_equal(!!signbit(got), h >> 15);
		if (!isnan(want))
			assert_int_equal(half_from_float(got), h);
		else
			assert_true(isnan(half_to_float(half_from_float(got))));
	}
}

static void
test_half_rounding(void **state)
{
	(void)state;
	for (unsigned h = 0; h < 0x7c00; h++) {
		double low = half_naive(h);
		double high = h == 0x7bff ? 65536 : half_naive(h + 1);
		float middle = (float)((low + high) / 2);

		assert_int_equal(half_from_float(middle), h + (h & 1));
		assert_int_equal(half_from_float(nextafterf(middle, 0)), h);
		assert_int_equal(half_from_float(nextafterf(middle, 1e9f)),
		                 h + 1);
		assert_int_equal(half_from_float(-middle),
		                 0x8000 | (h + (h & 1)));
	}
	assert_int_equal(half_from_float(3e38f), 0x7c00);
	assert_int_equal(half_from_float(1e-45f), 0);
}

static void
test_bfloat(void **state)
{
	(void)state;
	for (uint32_t b = 0; b < 65536; b++) {
		float x = bfloat_to_float((uint16_t)b), middle;
		uint32_t bits = b << 16 | 0x8000, same;

		memcpy(&same, &x, sizeof same);
		assert_int_equal(same, b << 16);
		if (isnan(x)) { /* a quiet one */
			assert_int_equal(bfloat_from_float(x), b | 0x40);
			continue;
		}
		assert_int_equal(bfloat_from_float(x), b);
		if (isinf(x))
			continue;
		memcpy(&middle, &bits, sizeof middle);
		assert_int_equal(bfloat_from_float(middle), b + (b & 1));
		bits--;
		memcpy(&middle, &bits, sizeof middle);
		assert_int_equal(bfloat_from_float(middle), b);
		bits += 2;
		memcpy(&middle, &bits, sizeof middle);
		assert_int_equal(bfloat_from_float(middle), b + 1);
	}
}

/* All payload bits below those kept: the NaN must not become infinity. */
static void
test_nan_kept(void **state)
{
	uint32_t bits = 0x7f800001;
	float x;

	(void)state;
	memcpy(&x, &bits, sizeof x);
	assert_true(isnan(half_to_float(half_from_float(x))));
	assert_true(isnan(bfloat_to_float(bfloat_from_float(x))));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "all 65536 halves become the right floats",
		  test_half_to_float, NULL, NULL, NULL },
		{ "halves are rounded to nearest even",
		  test_half_rounding, NULL, NULL, NULL },
		{ "bfloats go both ways, rounded to nearest even",
		  test_bfloat, NULL, NULL, NULL },
		{ "a NaN stays a NaN in 16 bits",
		  test_nan_kept, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
