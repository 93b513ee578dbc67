/*
 * kd/kd_loss, objective and weighting: PyTorch's numbers, central
 * differences, and what overflows or divides by 0 in anything careless.
 */
#include "kd_golden.h"

static void
test_golden(void **state)
{
	static struct golden g;
	FILE *fp = golden_open();
	struct arena arena = ARENA_INIT;
	size_t cases = 0;

	(void)state;
	for (; golden_read(&g, fp); cases++) {
		const char *why[UTTERANCES_MAX] = { NULL };

		weighting_apply(g.weights, why, &g.options.weighting, g.u,
		                g.count, &arena);
		for (size_t i = 0; i < g.count; i++) {
			struct golden_utterance *v = &g.of[i];
			double dlogits[CLASSES_MAX];
			struct kd_loss l = kd_loss(dlogits, v->weight, &v->u,
			                           &g.options);

			assert_null(why[i]);
			close_to(l.loss, v->loss, 1e-8);
			close_to(l.ce, v->ce, 1e-8);
			close_to(l.kd, v->kd, 1e-8);
			for (size_t k = 0; k < v->u.teachers; k++)
				close_to(v->weight[k], v->want[v->number[k]],
				         1e-8);
			for (size_t c = 0; c < g.classes; c++)
				close_to(dlogits[c], v->dlogits[c], 1e-8);
		}
		arena_clear(&arena);
	}
	assert_int_equal(cases, 129);
	arena_release(&arena);
	fclose(fp);
}

/* Every weighting, objective, scope and reduction are among the cases. */
static void
test_gradient(void **state)
{
	static const float step = 0x1p-12f; /* exact beside these logits */
	static struct golden g;
	FILE *fp = golden_open();

	(void)state;
	while (golden_read(&g, fp))
		for (size_t n = 0; n < g.count * g.classes; n++) {
			struct golden_utterance *v = &g.of[n / g.classes];
			size_t c = n % g.classes;
			double dlogits[CLASSES_MAX], unused[CLASSES_MAX];
			float kept = v->z[c];
			double above, below;

			kd_loss(dlogits, v->weight, &v->u, &g.options);
			v->z[c] = kept + step;
			above = kd_loss(unused, v->weight, &v->u,
			                &g.options).loss;
			v->z[c] = kept - step;
			below = kd_loss(unused, v->weight, &v->u,
			                &g.options).loss;
			v->z[c] = kept;
			close_to(dlogits[c],
			         (above - below) / (2 * (double)step), 3e-6);
		}
	fclose(fp);
}

/* --compat mtkd4ser: the mean over a batch is what that code gives. */
static void
test_published(void **state)
{
	static struct golden g;
	FILE *fp = golden_open();
	struct arena arena = ARENA_INIT;
	const char *why[UTTERANCES_MAX] = { NULL };
	double sum = 0, w[TEACHERS_MAX], d[UTTERANCES_MAX * CLASSES_MAX];
	struct kd_options *o = &g.options;

	(void)state;
	while (golden_read(&g, fp))
		continue;
	*o = (struct kd_options){ .mean = true };
	g.count = (size_t)number_read(fp);
	g.classes = (size_t)number_read(fp);
	g.teachers = (size_t)number_read(fp);
	o->objective.T = number_read(fp);
	o->lambda = number_read(fp);
	o->weighting.tau = number_read(fp);
	o->weighting.batch = true;
	objective_parse(&o->objective, "hinton");
	weighting_parse(&o->weighting, "cosine");
	for (size_t i = 0; i < g.count; i++) {
		struct golden_utterance *v = &g.of[i];

		v->u.classes = g.classes;
		v->u.label = (long)number_read(fp);
		floats_read(v->z, g.classes, fp);
		v->u.teachers = g.teachers;
		for (size_t k = 0; k < g.teachers; k++) {
			static const char *const names[] = { "a", "b", "c" };

			floats_read(v->zt[k], g.classes, fp);
			v->teacher[k].logits = v->zt[k];
			v->teacher[k].name = names[k];
		}
	}
	weighting_apply(g.weights, why, &o->weighting, g.u, g.count, &arena);
	for (size_t i = 0; i < g.count; i++)
		sum += kd_loss(d + i * g.classes, g.weights[i], g.u[i],
		               o).loss;
	close_to(sum / (double)g.count, number_read(fp), 1e-8);
	doubles_read(w, g.teachers, fp);
	for (size_t k = 0; k < g.teachers; k++)
		close_to(g.weights[g.count - 1][k], w[k], 1e-8);
	for (size_t i = 0; i < g.count * g.classes; i++)
		close_to(d[i] / (double)g.count, number_read(fp), 1e-8);
	arena_release(&arena);
	fclose(fp);
}

static const char *const WEIGHTINGS[] = {
	"cosine", "language", "uniform", "confidence", "entropy", "best",
	"margin", "aekd", "fixed:a=1,b=3", NULL
};
static const char *const OBJECTIVES[] = {
	"hinton", "dkd", "logit-std", NULL
};

/* One utterance by all of a weighting and an objective. */
static void
finite_with(struct golden *g, size_t teachers)
{
	struct arena arena = ARENA_INIT;
	const char *why = NULL;
	double sum = 0, slope = 0, size = 0, dlogits[CLASSES_MAX];
	struct golden_utterance *v = &g->of[0];
	struct kd_loss l;

	v->u.teachers = teachers;
	weighting_apply(g->weights, &why, &g->options.weighting, g->u, 1,
	                &arena);
	assert_null(why);
	l = kd_loss(dlogits, v->weight, &v->u, &g->options);
	assert_true(isfinite(l.loss) && l.loss >= 0);
	assert_true(isfinite(l.ce) && l.ce >= 0);
	assert_true(isfinite(l.kd) && l.kd >= 0);
	for (size_t k = 0; k < teachers; k++) {
		assert_true(v->weight[k] >= 0 && v->weight[k] <= 1);
		sum += v->weight[k];
	}
	close_to(sum, 1, 1e-12);
	for (size_t c = 0; c < v->u.classes; c++) {
		assert_true(isfinite(dlogits[c]));
		slope += dlogits[c];
		size += fabs(dlogits[c]);
	}
	/* a constant added to all logits changes nothing */
	assert_true(fabs(slope) <= 1e-9 * (size + 1));
	arena_release(&arena);
}

static void
finite_everywhere(struct golden *g)
{
	struct kd_options *o = &g->options;

	for (size_t i = 0; WEIGHTINGS[i]; i++)
		for (size_t j = 0; OBJECTIVES[j]; j++) {
			weighting_parse(&o->weighting, WEIGHTINGS[i]);
			objective_parse(&o->objective, OBJECTIVES[j]);
			finite_with(g, 1);
			finite_with(g, 2);
		}
}

/* Sets up an utterance of K classes and two teachers. */
static void
extreme_make(struct golden *g, size_t K, long label)
{
	struct golden_utterance *v = &g->of[0];

	*g = (struct golden){
		.options = {
			.lambda = .25, .lambda_alone = .25,
			.objective = { NULL, 1, 1, 8 },
			.weighting = { .tau = 1e-3, .bound = .6 }
		},
		.classes = K, .count = 1,
	};
	g->options.weighting.objective = &g->options.objective;
	v->u = (struct kd_utterance){
		v->z, K, label, "en", v->teacher, 2, NULL, 0
	};
	v->teacher[0] = (struct kd_teacher){ "a", "en", v->zt[0], NULL, 0 };
	v->teacher[1] = (struct kd_teacher){ "b", "en", v->zt[1], NULL, 0 };
	g->u[0] = &v->u;
	g->weights[0] = v->weight;
}

static void
test_extremes(void **state)
{
	static const float sizes[] = { 0, 1e-30f, 1, 1e4f, 3e38f };
	static const double heats[] = { 1e-3, 1, 1e3 };
	static struct golden g;

	(void)state;
	for (size_t n = 0; n < 4 * 5 * 5 * 3 * 2; n++) {
		static const size_t classes[] = { 1, 2, 4, 7 };
		float z = sizes[n / 4 % 5], t = sizes[n / 20 % 5];
		size_t K = classes[n % 4];

		extreme_make(&g, K, n < 300 ? (long)K - 1 : KD_UNLABELLED);
		g.options.objective.T = heats[n / 100 % 3];
		for (size_t c = 0; c < K; c++) {
			g.of[0].z[c] = c % 2 ? z : -z;
			g.of[0].zt[0][c] = c % 2 ? -t : t;
			g.of[0].zt[1][c] = c == 3 ? t : 0;
		}
		finite_everywhere(&g);
	}
}

/* What a weighting gives two teachers who say the same, and one alone. */
static void
test_equal(void **state)
{
	static struct golden g;

	(void)state;
	for (size_t i = 0; WEIGHTINGS[i]; i++) {
		extreme_make(&g, 3, 1);
		objective_parse(&g.options.objective, "hinton");
		weighting_parse(&g.options.weighting, WEIGHTINGS[i]);
		for (size_t c = 0; c < 3; c++) {
			g.of[0].z[c] = (float)c;
			g.of[0].zt[0][c] = g.of[0].zt[1][c] = c == 1;
		}
		finite_with(&g, 1);
		close_to(g.of[0].weight[0], 1, 1e-12);
		finite_with(&g, 2);
		close_to(g.of[0].weight[0],
		         strchr(WEIGHTINGS[i], ':') ? .25 : .5, 1e-12);
	}
}

/* A teacher who agrees costs nothing, however far the logits are moved. */
static void
test_same(void **state)
{
	static struct golden g;
	static const float z[] = { 1, -2, .5f };

	(void)state;
	for (size_t j = 0; OBJECTIVES[j]; j++) {
		double weight = 1, dlogits[3];
		struct kd_loss l;

		extreme_make(&g, 3, 0);
		g.options.lambda_alone = 1;
		g.of[0].u.teachers = 1;
		objective_parse(&g.options.objective, OBJECTIVES[j]);
		for (size_t c = 0; c < 3; c++) {
			g.of[0].z[c] = z[c];
			g.of[0].zt[0][c] = z[c] + 4;
		}
		l = kd_loss(dlogits, &weight, g.u[0], &g.options);
		close_to(l.loss, 0, 1e-12);
		for (size_t c = 0; c < 3; c++)
			close_to(dlogits[c], 0, 1e-12);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "loss, weights and gradient are PyTorch's",
		  test_golden, NULL, NULL, NULL },
		{ "the gradient agrees with central differences",
		  test_gradient, NULL, NULL, NULL },
		{ "a batch costs what it does by the published code",
		  test_published, NULL, NULL, NULL },
		{ "no logits, classes or temperature give NaN or infinity",
		  test_extremes, NULL, NULL, NULL },
		{ "equal teachers count the same, one alone for all",
		  test_equal, NULL, NULL, NULL },
		{ "a teacher who agrees costs nothing",
		  test_same, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
