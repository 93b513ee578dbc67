/*
 * Layers that go by chunks: the same bytes whatever the number of threads,
 * and the same numbers as row by row.
 */
#include <omp.h>

#include "core/chunk.h"
#include "gemm/gemm.h"
#include "gradient.h"
#include "nn/dropout.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/linear.h"
#include "nn/relative_bias.h"
#include "nn/residual.h"
#include "nn/softmax.h"

/* Several chunks, and enough to be worth threads. */
enum { ROWS = 401, HEADS = 3, CHANNELS = HEADS * 119, SIZE = ROWS * CHANNELS };

/* Rows of random numbers, and of channels; mask; what a layer makes. */
struct data {
	float *x, *z, *gain, *mean, *rstd;
	uint8_t *mask;
	float *y;                 /* [rows,CHANNELS] */
	float *sums;              /* [2,CHANNELS] */
};

static void
gelu(struct data *d, size_t rows)
{
	gelu_forward(d->y, d->x, rows * CHANNELS);
	gelu_backward(d->y, d->z, d->x, rows * CHANNELS);
}

static void
softmax(struct data *d, size_t rows)
{
	softmax_forward(d->y, d->x, rows, CHANNELS);
	softmax_backward(d->y, d->z, d->x, rows, CHANNELS);
}

static void
layernorm(struct data *d, size_t rows)
{
	layernorm_forward(d->y, d->mean, d->rstd, d->x, d->gain, d->gain,
	                  rows, CHANNELS, LAYERNORM_EPSILON);
	layernorm_backward(d->y, d->sums, d->sums + CHANNELS, d->z, d->x,
	                   d->gain, d->mean, d->rstd, rows, CHANNELS);
}

static void
residual(struct data *d, size_t rows)
{
	residual_forward(d->y, d->x, d->z, NULL, rows, CHANNELS);
	add_scaled(d->y, .3f, d->x, rows * CHANNELS);
}

static void
gained(struct data *d, size_t rows)
{
	residual_forward(d->y, d->x, d->z, d->gain, rows, CHANNELS);
}

static void
dropout(struct data *d, size_t rows)
{
	dropout_forward(d->y, d->x, d->mask, .1f, rows * CHANNELS);
	dropout_backward(d->y, d->z, d->mask, .1f, rows * CHANNELS);
}

static void
bias(struct data *d, size_t rows)
{
	linear_backward(NULL, 0, NULL, d->sums, d->x, NULL, 0, NULL,
	                rows, 0, CHANNELS);
}

static void
gate(struct data *d, size_t rows)
{
	float bias8[8] = { 0 }, scale[HEADS] = { 1, 2, 3 };

	relative_gate_forward(d->y, d->x, d->gain, bias8, scale, rows,
	                      CHANNELS, HEADS);
}

static struct data
data_new(void)
{
	struct data d = {
		.x = random_floats(SIZE, 1), .z = random_floats(SIZE, 2),
		.gain = random_floats(8 * CHANNELS, 3),
		.mean = constant_floats(ROWS, NAN),
		.rstd = constant_floats(ROWS, NAN),
		.mask = xmalloc(SIZE, 1),
		.y = gradient_floats(SIZE),
		.sums = gradient_floats(2 * CHANNELS)
	};
	struct rng r;

	rng_init(&r, 4);
	dropout_mask(d.mask, &r, .1f, SIZE);
	return d;
}

static void
data_release(struct data *d)
{
	free(d->x);
	free(d->z);
	free(d->gain);
	free(d->mean);
	free(d->rstd);
	free(d->mask);
	free(d->y);
	free(d->sums);
}

/* The same, moved on by a row. */
static struct data
next_row(struct data d, size_t width)
{
	d.x += CHANNELS;
	d.z += CHANNELS;
	d.mean++;
	d.rstd++;
	d.mask += CHANNELS;
	d.y += width;
	return d;
}

static void
try_layer(void (*layer)(struct data *, size_t), size_t width)
{
	struct data one = data_new(), three = data_new(), rows = data_new();
	struct data at = rows;

	omp_set_num_threads(1);
	layer(&one, ROWS);
	omp_set_num_threads(3);
	layer(&three, ROWS);
	for (size_t n = 0; n < ROWS; n++, at = next_row(at, width))
		layer(&at, 1);
	assert_memory_equal(one.mask, three.mask, SIZE);
	assert_memory_equal(one.y, three.y, SIZE * sizeof(float));
	assert_memory_equal(one.sums, three.sums,
	                    2 * CHANNELS * sizeof(float));
	assert_all_close(one.y, rows.y, SIZE, 1e-6);
	assert_all_close(one.sums, rows.sums, 2 * CHANNELS, 1e-5);
	data_release(&one);
	data_release(&three);
	data_release(&rows);
}

static void
test_layers(void **state)
{
	(void)state;
	assert_true(chunk_worth(SIZE));
	try_layer(gelu, CHANNELS);
	try_layer(softmax, CHANNELS);
	try_layer(layernorm, CHANNELS);
	try_layer(residual, CHANNELS);
	try_layer(gained, CHANNELS);
	try_layer(dropout, CHANNELS);
	try_layer(bias, CHANNELS);
	try_layer(gate, HEADS);
}

/* A mask is one draw, however many pieces it is made in. */
static void
test_mask(void **state)
{
	uint8_t *mask[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct rng r;

		rng_init(&r, 4);
		omp_set_num_threads(1 + 2 * i);
		mask[i] = xmalloc(SIZE, 1);
		dropout_mask(mask[i], &r, .1f, SIZE);
	}
	assert_memory_equal(mask[0], mask[1], SIZE);
	assert_memory_not_equal(mask[0], mask[0] + CHUNK_FLOATS, CHUNK_FLOATS);
	free(mask[0]);
	free(mask[1]);
}

static void
test_chunks(void **state)
{
	(void)state;
	assert_int_equal(chunk_rows(1), CHUNK_FLOATS);
	assert_int_equal(chunk_rows(CHUNK_FLOATS / 2), 2);
	assert_int_equal(chunk_rows(10 * CHUNK_FLOATS), 1);
	assert_true(chunk_rows(0) > 0);
	assert_int_equal(chunk_length(0, 8, 20), 8);
	assert_int_equal(chunk_length(16, 8, 20), 4);
	assert_false(chunk_worth(CHUNK_FLOATS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "layers are the same in threads, and row by row",
		  test_layers, NULL, NULL, NULL },
		{ "so is the mask of dropout", test_mask, NULL, NULL, NULL },
		{ "chunks are whole but for the last",
		  test_chunks, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests_name("chunk", tests, NULL, NULL);
}
