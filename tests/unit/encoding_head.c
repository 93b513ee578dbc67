/* encoding_head_forward() and encoding_head_backward(). */
#include <string.h>

#include "gradient.h"
#include "student/encoding_head.h"

enum { L = 3, W = 10, P = 6, K = 4, N = 9 };

static const struct encoding_head_shape shape = { L, W, P, K };

struct head {
	struct params params;
	struct encoding_head_weights weights;
	float *block, *x[N];
	const float *input[N];
	float *logits, *embedding, *dlogits, *dembedding;
	struct arena arena, scratch;
	struct encoding_head_pass *pass;
};

static void
head_begin(struct head *h)
{
	*h = (struct head){ .arena = ARENA_INIT, .scratch = ARENA_INIT };
	encoding_head_layout(&h->params, &h->weights, &shape);
	h->block = random_floats(h->params.length, 1);
	params_bind(&h->params, h->block);
	for (size_t i = 0; i < (size_t)L * W; i++)
		h->weights.deviation[i] = .5f + fabsf(h->weights.deviation[i]);
	for (size_t n = 0; n < N; n++)
		h->input[n] = h->x[n] = random_floats((size_t)L * W, 10 + n);
	h->logits = constant_floats((size_t)N * K, NAN);
	h->embedding = constant_floats((size_t)N * P, NAN);
	h->dlogits = random_floats((size_t)N * K, 2);
	h->dembedding = random_floats((size_t)N * P, 3);
}

static void
head_end(struct head *h)
{
	params_release(&h->params);
	arena_release(&h->arena);
	arena_release(&h->scratch);
	for (size_t n = 0; n < N; n++)
		free(h->x[n]);
	free(h->block);
	free(h->logits);
	free(h->embedding);
	free(h->dlogits);
	free(h->dembedding);
}

static double
loss(void *p)
{
	struct head *h = p;

	arena_clear(&h->arena);
	h->pass = encoding_head_forward(h->logits, h->embedding, h->input, N,
	                                &h->weights, &shape, 0, NULL,
	                                &h->arena);
	return dot(h->logits, h->dlogits, (size_t)N * K) +
	       dot(h->embedding, h->dembedding, (size_t)N * P);
}

/* The formula of encoding_head.h, in doubles. */
static void
naive(double *logits, double *e, const struct head *h, const float *x)
{
	const struct encoding_head_weights *w = &h->weights;
	double v[W] = { 0 }, sum = 0;

	for (size_t l = 0; l < L; l++)
		sum += exp((double)w->layer_weight[l]);
	for (size_t i = 0; i < (size_t)L * W; i++)
		v[i % W] += exp((double)w->layer_weight[i / W]) / sum *
			((double)x[i] - (double)w->mean[i]) /
			(double)w->deviation[i];
	for (size_t p = 0; p < P; p++) {
		double z = (double)w->hidden_bias[p];

		for (size_t i = 0; i < W; i++)
			z += (double)w->hidden[p * W + i] * v[i];
		e[p] = z / 2 * (1 + erf(z / sqrt(2)));
	}
	for (size_t k = 0; k < K; k++) {
		logits[k] = (double)w->classifier_bias[k];
		for (size_t p = 0; p < P; p++)
			logits[k] += (double)w->classifier[k * P + p] * e[p];
	}
}

static void
test_forward(void **state)
{
	struct head h;

	(void)state;
	head_begin(&h);
	loss(&h);
	for (size_t n = 0; n < N; n++) {
		double logits[K], e[P];

		naive(logits, e, &h, h.x[n]);
		for (size_t k = 0; k < K; k++)
			assert_close((double)h.logits[n * K + k], logits[k],
			             1e-5);
		for (size_t p = 0; p < P; p++)
			assert_close((double)h.embedding[n * P + p], e[p],
			             1e-5);
	}
	head_end(&h);
}

static void
test_alone(void **state)
{
	float logits[K];
	struct head h;

	(void)state;
	head_begin(&h);
	loss(&h);
	for (size_t n = 0; n < N; n++) {
		encoding_head_forward(logits, NULL, &h.input[n], 1,
		                      &h.weights, &shape, 0, NULL, &h.arena);
		assert_memory_equal(logits, h.logits + n * K, sizeof logits);
	}
	head_end(&h);
}

static void
test_gradient(void **state)
{
	struct encoding_head_weights bound;
	struct params again = { .param = NULL };
	size_t fixed = 2 * (size_t)L * W;
	float *gradient;
	struct head h;

	(void)state;
	head_begin(&h);
	gradient = gradient_floats(h.params.length);
	encoding_head_layout(&again, &bound, &shape);
	params_bind(&again, gradient);
	loss(&h);
	encoding_head_backward(&bound, h.pass, h.dlogits, h.dembedding,
	                       &h.scratch);
	for (size_t i = 0; i < fixed; i++)
		assert_true(gradient[i] == GRADIENT_START);
	check_gradient(loss, &h, h.block + fixed, gradient + fixed,
	               h.params.length - fixed);
	params_release(&again);
	free(gradient);
	head_end(&h);
}

/* What is dropped passes no gradient; the rest is scaled. */
static void
test_dropout(void **state)
{
	struct encoding_head_weights bound;
	struct params again = { .param = NULL };
	float *gradient;
	struct rng rng;
	struct head h;
	size_t zeros = 0;

	(void)state;
	head_begin(&h);
	gradient = constant_floats(h.params.length, 0);
	encoding_head_layout(&again, &bound, &shape);
	params_bind(&again, gradient);
	rng_init(&rng, 5);
	h.pass = encoding_head_forward(h.logits, h.embedding, h.input, 1,
	                               &h.weights, &shape, .5f, &rng,
	                               &h.arena);
	encoding_head_backward(&bound, h.pass, h.dlogits, NULL, &h.scratch);
	for (size_t p = 0; p < P; p++)
		zeros += bound.hidden_bias[p] == 0;
	assert_in_range(zeros, 1, P - 1);
	params_release(&again);
	free(gradient);
	head_end(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "forward is the formula",
		  test_forward, NULL, NULL, NULL },
		{ "a result does not depend on the batch",
		  test_alone, NULL, NULL, NULL },
		{ "gradients are central differences",
		  test_gradient, NULL, NULL, NULL },
		{ "dropout drops the gradient, too",
		  test_dropout, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
