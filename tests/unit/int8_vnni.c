/*
 * The unit of VNNI for int8 on any x86-64: its instructions are
 * emulated as Intel's manual describes VPDPBUSD.  Where a processor has them,
 * gemm_int8 tests them.
 */
#include "int8_emulation.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include <immintrin.h>

/* A register of AVX-512. */
struct lanes { int32_t lane[16]; };

static struct lanes
lanes_load(const void *from)
{
	struct lanes x;

	memcpy(&x, from, sizeof x);
	return x;
}

static void
lanes_store(void *to, struct lanes x)
{
	memcpy(to, &x, sizeof x);
}

static struct lanes
lanes_spread(int32_t value)
{
	struct lanes x;

	for (size_t i = 0; i < 16; i++)
		x.lane[i] = value;
	return x;
}

static struct lanes
lanes_zero(void)
{
	return lanes_spread(0);
}

static struct lanes
lanes_dot(struct lanes sum, struct lanes a, struct lanes b)
{
	for (size_t i = 0; i < 16; i++)
		sum.lane[i] = dot4(sum.lane[i], (const uint8_t *)&a.lane[i],
		                   (const int8_t *)&b.lane[i]);
	return sum;
}

/* code for AVX-512 may not run here */
#define target(features) unused
#define __m512i struct lanes
#define _mm512_loadu_si512 lanes_load
#define _mm512_storeu_si512 lanes_store
#define _mm512_set1_epi32 lanes_spread
#define _mm512_setzero_si512 lanes_zero
#define _mm512_dpbusd_epi32 lanes_dot
#define int8_vnni emulated
#include "gemm/int8_vnni.c"

static void
test_units(void **state)
{
	(void)state;
	unit_sizes_try(&emulated);
}

#else

static void
test_units(void **state)
{
	(void)state;
	skip();
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "dot products multiply as plain C does",
		  test_units, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
