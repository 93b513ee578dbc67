/*
 * The unit of AMX on any x86-64: its tiles are emulated, TDPBF16PS as Intel's
 * manual describes it, and what it multiplies is compared with plain C.  Where
 * a processor has tiles, gemm_bf16 tests them.
 */
#define _DEFAULT_SOURCE /* syscall */
#include <string.h>
#include <omp.h>

#include "core/chunk.h"
#include "core/half.h"
#include "gemm/bf16_native.h"
#include "gemm/gemm_bf16.h"
#include "gradient.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)

#include "amx_emulation.h"

/* The i-th of two bfloats beside each other. */
static float
half_of(const uint8_t *pair, size_t i)
{
	uint16_t bits;

	memcpy(&bits, pair + i * sizeof bits, sizeof bits);
	return bfloat_to_float(bits);
}

/* sum[m][n] += a[m][2k] b[k][2n] + a[m][2k + 1] b[k][2n + 1] */
static void
tile_multiply(size_t sum, size_t a, size_t b)
{
	size_t depth = tiles.bytes[a] / PAIR_BYTES;

	faults += !tiles.ready || tiles.rows[a] != tiles.rows[sum] ||
	          tiles.bytes[b] != tiles.bytes[sum] ||
	          tiles.rows[b] != depth;
	for (size_t m = 0; m < tiles.rows[a]; m++)
		for (size_t n = 0; n < tiles.bytes[b]; n += PAIR_BYTES)
			for (size_t k = 0; k < depth; k++) {
				const uint8_t *x = tiles.data[a][m] +
					PAIR_BYTES * k;
				const uint8_t *y = tiles.data[b][k] + n;
				float s;

				memcpy(&s, tiles.data[sum][m] + n, sizeof s);
				s += half_of(x, 1) * half_of(y, 1);
				s += half_of(x, 0) * half_of(y, 0);
				memcpy(tiles.data[sum][m] + n, &s, sizeof s);
			}
}

#undef _tile_dpbf16ps
#define _tile_dpbf16ps tile_multiply
#define bf16_amx emulated
#undef _DEFAULT_SOURCE
#include "gemm/bf16_amx.c"

static uint16_t *
bfloats(size_t n, unsigned long seed)
{
	float *x = random_floats(n, seed);
	uint16_t *y = xmalloc(n, sizeof *y);

	bf16_round(y, x, n, 1);
	free(x);
	return y;
}

/* A packed where scratch is, or as it lies, lda apart. */
static void
compare(size_t M, size_t N, size_t K, size_t lda, bool pack)
{
	const struct bf16_unit *const unit[] = { &emulated, &bf16_plain };
	uint16_t *A = bfloats((M + BF16_BLOCK) * lda + K, 1), *scratch[2];
	float *B = random_floats(N * K, 2), *bias = random_floats(N, 3), *y[2];
	uint16_t *packed = xmalloc(bf16_packed_length(N, K), sizeof *packed);
	const struct bf16_in in = { .half = A, .ld = lda };

	bf16_pack(packed, B, K, N, K);
	for (size_t i = 0; i < 2; i++) {
		struct bf16_out out = { .ldy = N, .bias = bias };

		y[i] = out.y = constant_floats(M * N, NAN);
		scratch[i] = xmalloc(gemm_bf16_scratch(M, K),
		                     sizeof **scratch);
		gemm_bf16(&out, unit[i], &in, packed, M, N, K,
		          pack ? scratch[i] : NULL);
	}
	for (size_t i = 0; i < M * N; i++)
		assert_close(y[0][i], y[1][i], 1e-5 + 4e-7 * (double)K);
	assert_int_equal(faults, 0);
	assert_false(tiles.ready);
	for (size_t i = 0; i < 2; i++) {
		free(scratch[i]);
		free(y[i]);
	}
	free(A);
	free(B);
	free(bias);
	free(packed);
}

static void
test_products(void **state)
{
	(void)state;
	compare(1, 1, 1, 1, true);
	compare(32, 32, 32, 32, false);
	compare(33, 70, 45, 48, true);
	compare(70, 33, 160, 163, false);
	compare(40, 40, 96, 5, false); /* rows that overlap */
	compare(55, 70, 96, 96, true); /* more rows than a tile's at last */
}

static void
test_threads(void **state)
{
	int threads = omp_get_max_threads();

	(void)state;
	assert_true(chunk_worth_products(512 * 256 * 64));
	omp_set_num_threads(2);
	compare(512, 256, 64, 64, true);
	omp_set_num_threads(threads);
}

/* The emulation would notice tiles that were never given sizes. */
static void
test_faults(void **state)
{
	float sums[BF16_BLOCK * BF16_BLOCK], bias[BF16_BLOCK] = { 0 };
	uint16_t data[BF16_STEP_LENGTH] = { 0 };
	const struct bf16_strip strip = {
		.data = data, .row = BF16_BLOCK, .step = BF16_STEP_LENGTH
	};

	(void)state;
	emulated.block(sums, bias, strip, data, BF16_BLOCK, 1,
	               (struct bf16_next){ .lines = 0 });
	assert_true(faults > 0);
	faults = 0;
}

#else

static void
test_products(void **state)
{
	(void)state;
	skip();
}

#define test_threads test_products
#define test_faults test_products

#endif

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "tiles multiply as plain C does",
		  test_products, NULL, NULL, NULL },
		{ "each thread has tiles of its own",
		  test_threads, NULL, NULL, NULL },
		{ "tiles without sizes are found out",
		  test_faults, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
