/* model/student.h: without a pass to keep, the same bits in less memory. */
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "gemm/gemm.h"
#include "gradient.h"
#include "student/student.h"

enum { UTTERANCES = 4, LOGITS_MAX = 16, EMBEDDING_MAX = 1200 };

static const size_t rows[UTTERANCES] = { 1, 37, 301, 4 };

/* All utterances, or the first alone. */
static void
compare(const struct student_shape *shape, size_t count)
{
	const struct student_dropout none = { 0, 0, NULL };
	struct params params = { .param = NULL };
	struct student_weights w;
	struct arena arena = ARENA_INIT, other = ARENA_INIT;
	float *x[UTTERANCES], *block;
	float logits[2][LOGITS_MAX], embedding[2][EMBEDDING_MAX];
	struct student_batch batch = {
		count, (const float *const *)x, rows
	};
	size_t K = count * shape->classes;
	size_t D = count * student_embedding_length(shape);

	assert_true(K <= LOGITS_MAX && D <= EMBEDDING_MAX);
	student_layout(&params, &w, shape, NULL);
	block = xmalloc(params.length, sizeof *block);
	params_bind(&params, block);
	params_start(block, &params, 1);
	for (size_t i = 0; i < count; i++)
		x[i] = random_floats(rows[i] * shape->rows, 100 + i);
	student_forward(logits[0], embedding[0], &arena, &batch, &w, shape,
	                &none);
	for (int i = 0; i < 3; i++) { /* the memory is used again */
		memset(logits[1], -1, sizeof logits[1]);
		student_infer(logits[1], i < 2 ? embedding[1] : NULL, &other,
		              &batch, &w, shape);
		arena_clear(&other);
		assert_memory_equal(logits[1], logits[0], K * sizeof(float));
		assert_memory_equal(embedding[1], embedding[0],
		                    D * sizeof(float));
	}
	for (size_t i = 0; i < count; i++)
		free(x[i]);
	arena_release(&arena);
	arena_release(&other);
	params_release(&params);
	free(block);
}

static void
attention_and_convolution(void **state)
{
	const struct student_shape base = {
		.rows = 83, .width = 144, .heads = 4, .classes = 4,
		.blocks = "cacaca"
	};
	const struct student_shape tiny = {
		.rows = 7, .width = 8, .heads = 2, .classes = 3,
		.blocks = "acc"
	};

	(void)state;
	compare(&base, UTTERANCES);
	compare(&base, 1);
	compare(&tiny, UTTERANCES);
}

static void
no_block_at_all(void **state)
{
	const struct student_shape none = {
		.rows = 7, .width = 8, .heads = 2, .classes = 3
	};

	(void)state;
	compare(&none, UTTERANCES);
}

static void
functionals(void **state)
{
	const struct student_shape white = {
		.rows = 6, .width = 8, .heads = 2, .classes = 3,
		.functionals = true, .whitened = true
	};

	(void)state;
	compare(&white, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attention_and_convolution),
		cmocka_unit_test(no_block_at_all),
		cmocka_unit_test(functionals),
	};

	gemm_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
