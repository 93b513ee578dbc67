/*
 * train/embedding_loss: PyTorch's numbers, central differences, and batches
 * in which nothing can be compared.
 */
#include "core/rng.h"
#include "kd/embedding_loss.h"
#include "kd_golden.h"

static double
loss_of(struct golden *g, float gradient[][WIDTH_MAX])
{
	struct arena arena = ARENA_INIT;
	float *d[UTTERANCES_MAX];
	double loss;

	for (size_t i = 0; i < g->count; i++)
		d[i] = gradient[i];
	loss = embedding_loss(d, &g->options.embedding, g->u,
	                      (const double *const *)g->weights, g->count,
	                      &arena);
	arena_release(&arena);
	return loss;
}

static void
test_golden(void **state)
{
	static struct golden g;
	static float d[UTTERANCES_MAX][WIDTH_MAX];
	FILE *fp = golden_open();
	size_t cases = 0;

	(void)state;
	while (golden_read(&g, fp)) {
		if (!g.options.embedding.kind)
			continue;
		cases++;
		/* the script's rounds of Sinkhorn come only so near */
		close_to(loss_of(&g, d), g.loss, 1e-6);
		for (size_t i = 0; i < g.count; i++)
			for (size_t j = 0; j < g.width; j++)
				close_to((double)d[i][j] / (double)g.count,
				         g.of[i].dembedding[j], 5e-5);
	}
	assert_int_equal(cases, 13);
	fclose(fp);
}

/* Of each loss, from the student's side. */
static void
test_gradient(void **state)
{
	static double (*const kinds[])(double *dx, const double *x, size_t D,
	                               const double *y, size_t E, size_t n,
	                               struct arena *arena) = {
		rkd_apply, sp_apply, ot_apply
	};
	enum { N = 7, D = 4, E = 5 };

	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (size_t k = 0; k < 3; k++) {
		struct arena arena = ARENA_INIT;
		double x[N * D], y[N * E], dx[N * D] = { 0 }, unused[N * D];

		for (size_t i = 0; i < N * D; i++)
			x[i] = (double)rng_normal(&rng);
		for (size_t i = 0; i < N * E; i++)
			y[i] = (double)rng_normal(&rng);
		kinds[k](dx, x, D, y, E, N, &arena);
		for (size_t i = 0; i < N * D; i++) {
			double kept = x[i], step = 1e-5, above, below;

			x[i] = kept + step;
			above = kinds[k](unused, x, D, y, E, N, &arena);
			x[i] = kept - step;
			below = kinds[k](unused, x, D, y, E, N, &arena);
			x[i] = kept;
			close_to(dx[i], (above - below) / (2 * step), 1e-7);
		}
		arena_release(&arena);
	}
}

/* n utterances with one teacher, all embeddings being 0. */
static void
batch_make(struct golden *g, const char *kind, size_t n)
{
	*g = (struct golden){ .count = n, .options.embedding.share = 1 };
	assert_null(embedding_parse(&g->options.embedding, kind));
	for (size_t i = 0; i < n; i++) {
		struct golden_utterance *v = &g->of[i];

		v->teacher[0] = (struct kd_teacher){
			.name = "a", .embedding = v->xt[0], .width = 2
		};
		v->u = (struct kd_utterance){
			.teacher = v->teacher, .teachers = 1,
			.embedding = v->x, .width = 3
		};
		v->weight[0] = 1;
		g->u[i] = &v->u;
		g->weights[i] = v->weight;
	}
}

static void
finite(struct golden *g, bool nothing)
{
	static float d[UTTERANCES_MAX][WIDTH_MAX];
	double loss = loss_of(g, d);

	assert_true(isfinite(loss) && loss >= 0);
	if (nothing)
		assert_true(loss < 1e-12);
	for (size_t i = 0; i < g->count; i++)
		for (size_t j = 0; j < g->u[i]->width; j++) {
			assert_true(isfinite(d[i][j]));
			if (nothing)
				assert_true(d[i][j] == 0);
		}
}

static void
test_degenerate(void **state)
{
	static const char *const kinds[] = { "rkd", "sp", "ot" };
	static struct golden g;

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		/* one utterance has nothing to be compared with */
		batch_make(&g, kinds[k], 1);
		g.of[0].x[0] = g.of[0].xt[0][1] = 1;
		finite(&g, true);
		/* nor have utterances that are all the same */
		batch_make(&g, kinds[k], 4);
		finite(&g, true);
		for (size_t i = 0; i < 4; i++)
			g.of[i].x[2] = g.of[i].xt[0][0] = 1e30f;
		finite(&g, false);
		/* a teacher who tells, a student who does not */
		g.of[1].xt[0][1] = -1e30f;
		finite(&g, false);
		/* and the other way round */
		batch_make(&g, kinds[k], 4);
		g.of[2].x[0] = 1e-30f;
		g.of[3].x[1] = 1;
		finite(&g, false);
		/* a teacher of no weight */
		for (size_t i = 0; i < 4; i++)
			g.of[i].weight[0] = 0;
		finite(&g, true);
	}
}

/* The same places in a space turned and wider cost nothing. */
static void
test_same(void **state)
{
	static const char *const kinds[] = { "rkd", "sp", "ot" };
	static struct golden g;
	static float d[UTTERANCES_MAX][WIDTH_MAX];

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		batch_make(&g, kinds[k], 5);
		for (size_t i = 0; i < 5; i++) {
			g.of[i].xt[0][0] = (float)(i * i % 5) - 2;
			g.of[i].xt[0][1] = (float)(3 * i % 7) - 2.5f;
			g.of[i].x[2] = g.of[i].xt[0][0];
			g.of[i].x[0] = -g.of[i].xt[0][1];
		}
		assert_true(loss_of(&g, d) < 1e-9);
	}
}

static void
test_widths(void **state)
{
	static struct golden g;
	const char *why[3] = { NULL };

	(void)state;
	batch_make(&g, "sp", 3);
	embedding_check(why, g.u, 3);
	assert_true(!why[0] && !why[1] && !why[2]);
	g.of[1].u.width = 4;
	g.of[2].teacher[0].width = 1;
	embedding_check(why, g.u, 3);
	assert_true(!why[0] && why[1] && why[2]);
	assert_non_null(embedding_parse(&g.options.embedding, "hint"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "losses and gradients are PyTorch's",
		  test_golden, NULL, NULL, NULL },
		{ "gradients agree with central differences",
		  test_gradient, NULL, NULL, NULL },
		{ "one utterance, or many alike, give no NaN",
		  test_degenerate, NULL, NULL, NULL },
		{ "what lies alike costs nothing",
		  test_same, NULL, NULL, NULL },
		{ "embeddings of other lengths are refused",
		  test_widths, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
