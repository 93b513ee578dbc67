/*
 * The unit of AMX for int8 on any x86-64: its tiles are
 * emulated as Intel's manual describes TDPBUSD.  Where a processor has them,
 * gemm_int8 tests them.
 */
#define _DEFAULT_SOURCE /* syscall */
#include "int8_emulation.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include "amx_emulation.h"

static void
tile_multiply(size_t sum, size_t a, size_t b)
{
	size_t depth = tiles.bytes[a] / 4;

	faults += !tiles.ready || tiles.rows[a] != tiles.rows[sum] ||
	          tiles.bytes[b] != tiles.bytes[sum] ||
	          tiles.rows[b] != depth;
	for (size_t m = 0; m < tiles.rows[a]; m++)
		for (size_t n = 0; n < tiles.bytes[b]; n += 4)
			for (size_t k = 0; k < depth; k++) {
				int32_t s;

				memcpy(&s, tiles.data[sum][m] + n, sizeof s);
				s = dot4(s, tiles.data[a][m] + 4 * k,
				         (const int8_t *)tiles.data[b][k] + n);
				memcpy(tiles.data[sum][m] + n, &s, sizeof s);
			}
}

#undef _tile_dpbusd
#define _tile_dpbusd tile_multiply
#define int8_amx emulated
#undef _DEFAULT_SOURCE
#include "gemm/int8_amx.c"

static void
test_units(void **state)
{
	(void)state;
	unit_sizes_try(&emulated);
	assert_int_equal(faults, 0);
	assert_false(tiles.ready);
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
		{ "tiles multiply as plain C does",
		  test_units, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
