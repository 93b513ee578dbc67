/*
 * The compact student: every tensor's gradient by central differences, with
 * dropout and without, and what it gives alone against in a batch.
 */
#include <stdio.h>
#include <string.h>

#include "gemm/gemm.h"
#include "gradient.h"
#include "student/student.h"

enum { UTTERANCES_MAX = 8, EMBEDDING_MAX = 512 };

static const struct student_shape tiny = {
	.rows = 7, .width = 8, .heads = 2, .classes = 3, .blocks = "acc"
};
static const struct student_shape flat = {
	.rows = 7, .width = 8, .heads = 2, .classes = 3, .functionals = true
};
static const struct student_shape white = {
	.rows = 6, .width = 8, .heads = 2, .classes = 3, .functionals = true,
	.whitened = true
};
static const struct student_shape base = {
	.rows = 83, .width = 144, .heads = 4, .classes = 4, .blocks = "cacaca"
};
static const size_t odd_rows[] = { 1, 2, 3, 5, 37, 100, 4, 301 };

/* Of 48 and 96 rows in the trunk: they leave no kernel of BLAS a rest. */
static const size_t whole_rows[] = { 192, 192, 384, 192, 192, 384 };

struct network {
	struct student_shape shape;
	struct params params;
	struct student_weights weights, bound; /* bound: to gradient */
	float *block, *gradient;
	float *features[UTTERANCES_MAX];
	struct student_batch batch;
	float *logits, *embedding, *dlogits, *dembedding;
	struct student_dropout dropout;
	struct rng rng;
	struct arena arena, scratch;
};

static float *
layout(struct network *n, struct student_weights *w, float *block)
{
	params_release(&n->params);
	student_layout(&n->params, w, &n->shape, block);
	return block;
}

/* rows: of each utterance's features. */
static void
network_init_rows(struct network *n, const struct student_shape *shape,
                  const size_t *rows, size_t count)
{
	*n = (struct network){ .shape = *shape };
	layout(n, &n->weights, NULL);
	n->block = random_floats(n->params.length, 1);
	params_start(n->block, &n->params, 1);
	for (size_t i = 0; i < n->params.count; i++)
		for (size_t j = 0; n->params.param[i].ndim == 1 &&
		     j < n->params.param[i].length; j++)
			n->block[n->params.param[i].offset + j] +=
				.1f * (float)(j % 5) - .2f;
	n->gradient = gradient_floats(n->params.length);
	layout(n, &n->bound, n->gradient);
	layout(n, &n->weights, n->block);
	for (size_t i = 0; i < count; i++)
		n->features[i] = random_floats(rows[i] * shape->rows, 100 + i);
	n->batch = (struct student_batch){
		count, (const float *const *)n->features, rows
	};
	n->logits = constant_floats(count * shape->classes, NAN);
	n->embedding = constant_floats(count *
	                              student_embedding_length(shape), NAN);
	n->dlogits = random_floats(count * shape->classes, 3);
	n->dembedding = random_floats(count *
	                              student_embedding_length(shape), 4);
}

static void
encoder_init(struct network *n, const struct student_shape *shape, size_t count)
{
	network_init_rows(n, shape, odd_rows, count);
}

static void
network_release(struct network *n)
{
	for (size_t i = 0; i < n->batch.count; i++)
		free(n->features[i]);
	free(n->block);
	free(n->gradient);
	free(n->logits);
	free(n->embedding);
	free(n->dlogits);
	free(n->dembedding);
	params_release(&n->params);
	arena_release(&n->arena);
	arena_release(&n->scratch);
}

static struct student_pass *
forward(struct network *n)
{
	arena_clear(&n->arena);
	rng_init(&n->rng, 5);
	return student_forward(n->logits, n->embedding, &n->arena, &n->batch,
	                       &n->weights, &n->shape, &n->dropout);
}

static double
loss(void *p)
{
	struct network *n = p;

	forward(n);
	return dot(n->logits, n->dlogits,
	           n->batch.count * n->shape.classes) +
		dot(n->embedding, n->dembedding, n->batch.count *
		    student_embedding_length(&n->shape));
}

/* Tensor by tensor, so that a small one does not hide behind a large. */
static void
differentiate(struct network *n)
{
	student_backward(&n->bound, forward(n), n->dlogits,
	                 n->dembedding, &n->weights, &n->scratch);
	for (size_t i = 0; i < n->params.count; i++) {
		const struct param *t = &n->params.param[i];

		if (strncmp(t->name, "whiten.", 7) == 0)
			assert_true(n->gradient[t->offset] == GRADIENT_START);
		else
			check_gradient(loss, n, n->block + t->offset,
			               n->gradient + t->offset, t->length);
	}
}

static void
test_gradients(void **state)
{
	struct network n;

	(void)state;
	encoder_init(&n, &tiny, 6);
	differentiate(&n);
	network_release(&n);
}

/* A row an utterance, and no blocks. */
static void
test_gradients_functionals(void **state)
{
	size_t rows[UTTERANCES_MAX] = { 1, 1, 1 };
	struct network n;

	(void)state;
	encoder_init(&n, &flat, 3);
	n.batch.rows = rows;
	differentiate(&n);
	network_release(&n);
}

/*
 * What whitens is fixed, and acts on the first half of a row as if that had
 * been whitened before; where it is all 0, nothing is there to whiten.
 */
static void
test_whitened(void **state)
{
	size_t rows[UTTERANCES_MAX] = { 1, 1, 1 }, h = white.rows / 2;
	struct network n;
	struct student_shape plain = white;
	float *logits;

	(void)state;
	encoder_init(&n, &white, 3);
	n.batch.rows = rows;
	for (size_t i = 0; i < h * h; i++)
		n.weights.whiten.weight[i] = .3f * (float)(i % 4) - .5f;
	memset(n.features[1], 0, h * sizeof **n.features);
	differentiate(&n);
	forward(&n);
	logits = n.logits;

	for (size_t u = 0; u < 3; u++) {
		float z[8] = { 0 };

		for (size_t i = 0; u != 1 && i < h; i++) {
			for (size_t j = 0; j < h; j++)
				z[i] += n.weights.whiten.weight[i * h + j] *
					(n.features[u][j] -
					 n.weights.whiten.centre[j]);
		}
		memcpy(n.features[u], z, h * sizeof *z);
	}
	plain.whitened = false;
	n.shape = plain;
	n.logits = constant_floats(3 * white.classes, NAN);
	forward(&n);
	assert_all_close(logits, n.logits, 3 * white.classes, 1e-5);
	free(logits);
	network_release(&n);
}

static void
test_gradients_dropout(void **state)
{
	struct network n;

	(void)state;
	encoder_init(&n, &tiny, 6);
	n.dropout = (struct student_dropout){ .2f, .3f, &n.rng };
	differentiate(&n);
	network_release(&n);
}

static void
test_dropout(void **state)
{
	struct network n;
	float kept[18];

	(void)state;
	encoder_init(&n, &tiny, 6);
	forward(&n);
	memcpy(kept, n.logits, sizeof kept);
	n.dropout = (struct student_dropout){ 0, 0, &n.rng };
	forward(&n);
	assert_memory_equal(kept, n.logits, sizeof kept);
	n.dropout.head = .5f;
	forward(&n);
	assert_memory_not_equal(kept, n.logits, sizeof kept);
	n.dropout = (struct student_dropout){ .5f, 0, &n.rng };
	forward(&n);
	assert_memory_not_equal(kept, n.logits, sizeof kept);
	network_release(&n);
}

/* What each utterance gives by itself must be what it gave among others. */
static void
compare_alone(struct network *n, double tolerance)
{
	size_t K = n->shape.classes, D = student_embedding_length(&n->shape);
	float alone[4], vector[EMBEDDING_MAX];

	forward(n);
	for (size_t i = 0; i < n->batch.count; i++) {
		const float *one = n->features[i];
		struct student_batch batch = { 1, &one, n->batch.rows + i };

		arena_clear(&n->arena);
		student_forward(alone, vector, &n->arena, &batch, &n->weights,
		                &n->shape, &n->dropout);
		assert_all_close(alone, n->logits + i * K, K, 1e-6);
		assert_all_close(vector, n->embedding + i * D, D, tolerance);
	}
}

/*
 * The same bits where no rows are left over, else a few parts in 10^7: BLAS
 * takes the last rows of a product by another kernel, which adds in another
 * order, and which rows are last depends on how many there are.  predict runs
 * utterances one at a time, so it is exact.
 */
static void
test_alone(void **state)
{
	struct network n;

	(void)state;
	network_init_rows(&n, &base, whole_rows, LEN(whole_rows));
	#pragma omp parallel num_threads(1) /* as a shard of training */
	compare_alone(&n, 0);
	network_release(&n);
	encoder_init(&n, &base, UTTERANCES_MAX);
	compare_alone(&n, 2e-6);
	network_release(&n);
	encoder_init(&n, &tiny, UTTERANCES_MAX);
	compare_alone(&n, 2e-6);
	network_release(&n);
}

/* Other mates, even enormous ones, in the same places of a batch. */
static void
test_mates(void **state)
{
	struct network n;
	float kept[4];

	(void)state;
	encoder_init(&n, &base, UTTERANCES_MAX);
	forward(&n);
	memcpy(kept, n.logits + 4 * 4, sizeof kept);
	for (size_t i = 0; i < UTTERANCES_MAX; i++)
		for (size_t j = 0; i != 4 && j < odd_rows[i] * 83; j++)
			n.features[i][j] = 1e4f * (float)(j % 3);
	forward(&n);
	assert_memory_equal(kept, n.logits + 4 * 4, sizeof kept);
	network_release(&n);
}

static void
test_again(void **state)
{
	struct network n;
	float kept[UTTERANCES_MAX * 4];

	(void)state;
	encoder_init(&n, &base, UTTERANCES_MAX);
	n.dropout = (struct student_dropout){ .1f, .3f, &n.rng };
	forward(&n);
	memcpy(kept, n.logits, sizeof kept);
	for (int i = 0; i < 3; i++) {
		forward(&n);
		assert_memory_equal(kept, n.logits, sizeof kept);
	}
	network_release(&n);
}

static void
refused(struct student_shape s, const char *why)
{
	assert_non_null(student_shape_check(&s));
	assert_non_null(strstr(student_shape_check(&s), why));
}

static void
test_shapes(void **state)
{
	struct student_shape s = base;

	(void)state;
	assert_null(student_shape_check(&s));
	s.blocks[0] = '\0';
	assert_null(student_shape_check(&s));
	strcpy(s.blocks, "cab");
	refused(s, "blocks");
	s = base;
	s.heads = 0;
	refused(s, "width");
	s.heads = 5;
	refused(s, "multiple of heads");
	s = base;
	s.width = 0;
	refused(s, "width");
	s.width = 4100;
	refused(s, "width");
	s = base;
	s.rows = 0;
	refused(s, "features");
	s = base;
	s.classes = 65;
	refused(s, "classes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "every tensor's gradient is the loss's slope",
		  test_gradients, NULL, NULL, NULL },
		{ "so it is for functionals",
		  test_gradients_functionals, NULL, NULL, NULL },
		{ "so it is with dropout",
		  test_gradients_dropout, NULL, NULL, NULL },
		{ "whitening is as if the functionals came whitened",
		  test_whitened, NULL, NULL, NULL },
		{ "dropout acts in the blocks and before the classifier",
		  test_dropout, NULL, NULL, NULL },
		{ "an utterance gives the same alone as packed with others",
		  test_alone, NULL, NULL, NULL },
		{ "an utterance does not feel what its mates say",
		  test_mates, NULL, NULL, NULL },
		{ "the same batch gives the same bits again",
		  test_again, NULL, NULL, NULL },
		{ "shapes that cannot be are refused",
		  test_shapes, NULL, NULL, NULL },
	};

	gemm_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
