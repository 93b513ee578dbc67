/*
 * The gradient of a network that drops out at all places and leaves out layers,
 * against differences of its loss; in bfloat16 near that, whatever is kept.
 */
#include "encoder_training.h"

static const char *const names[] = { "base", "large", "wavlm", "dense" };

static void
chance_set(struct golden *g)
{
	struct encoder_config *c = &model_encoder_of(&g->m)->config;

	c->dropout = c->attention_dropout = c->activation_dropout = .2f;
	c->projection_dropout = c->head_dropout = .2f;
	c->layer_drop = .3f;
}

/* The loss where the weights are moved so far along direction. */
static double
loss_along(struct golden *g, const float *direction, double far)
{
	struct encoder *e = model_encoder_of(&g->m);
	size_t n = g->m.params.length;
	float *old = constant_floats(n, 0);
	double loss;

	memcpy(old, g->m.block, n * sizeof *old);
	for (size_t i = 0; i < n; i++)
		g->m.block[i] += (float)(far * (double)direction[i]);
	encoder_fold(&e->folded, &e->weights, &e->config);
	loss = gradient_compute(g, true, SIZE_MAX);
	memcpy(g->m.block, old, n * sizeof *old);
	encoder_fold(&e->folded, &e->weights, &e->config);
	free(old);
	return loss;
}

/* Along the gradient the loss grows by the gradient's square. */
static void
slope_check(struct golden *g, const float *gradient)
{
	double square = dot(gradient, gradient, g->m.params.length);
	double far = 3e-4 / sqrt(square);
	double up = loss_along(g, gradient, far);
	double down = loss_along(g, gradient, -far);

	assert_true(square > 0);
	assert_close((up - down) / (2 * far) / square, 1, 2e-3);
}

static void
test_chance(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(names); i++) {
		struct bf16_space space = { .unit = bf16_unit_find(NULL) };
		struct golden g;
		float *exact, *near;
		double off = 0;
		size_t n;

		training_begin(&g, names[i]);
		chance_set(&g);
		n = g.m.params.length;
		exact = constant_floats(n, 0);
		near = constant_floats(n, 0);
		gradient_compute(&g, true, SIZE_MAX);
		memcpy(exact, g.gradient, n * sizeof *exact);
		slope_check(&g, exact);
		g.space = &space;
		gradient_compute(&g, true, SIZE_MAX);
		memcpy(near, g.gradient, n * sizeof *near);
		for (size_t j = 0; j < n; j++)
			off += pow((double)near[j] - (double)exact[j], 2);
		assert_true(off > 0);
		assert_true(sqrt(off) <= .05 * sqrt(dot(exact, exact, n)));
		gradient_compute(&g, true, 0);
		assert_memory_equal(g.gradient, near, n * sizeof *near);
		free(exact);
		free(near);
		arena_release(&space.arena);
		golden_release(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a gradient with all kinds of chance is the loss's slope",
		  test_chance, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
