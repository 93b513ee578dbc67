/*
 * Adapters of queries and values against PyTorch (tests/golden/whisper.py):
 * logits, gradients, ten steps of AdamW, what stays, and the merged network.
 */
#include "encoder_training.h"
#include "model/model_training.h"
#include "train/adamw.h"

enum { RANK = 5, STEPS = 10 };

static const char network[] = "whisper/lora";

/* A training as student-step --lora begins it. */
struct adapted {
	struct golden g;
	struct training_options options;
	struct model_training t;
	struct model_view view[BATCH];
};

static void
adapted_open(struct adapted *a, const char *name, int rank, int precision)
{
	const struct model_options options = {
		.train = true, .lora = (size_t)rank, .seed = 1
	};

	*a = (struct adapted){
		.g.name = name, .options = {
			.batch = BATCH, .lora = rank, .memory = 1, .seed = 1,
			.plain = true, .precision = precision
		}
	};
	golden_path(a->g.path, name, "");
	model_open(&a->g.m, a->g.path, &options);
	golden_open(&a->g.expected, name, "expected.safetensors");
	golden_open(&a->g.gradients, name, "grad.safetensors");
	for (size_t i = 0; i < BATCH; i++)
		a->view[i] = view_of(&a->g, &a->g.frame[i], batch_samples[i]);
	model_training_begin(&a->t, &a->g.m, &a->options);
}

static void
adapted_close(struct adapted *a)
{
	model_training_end(&a->t);
	golden_release(&a->g);
}

/* The batch's loss, and its gradient. */
static double
batch_run(struct adapted *a)
{
	const struct training_progress progress = { 0 };
	float logits[BATCH * LABELS_MAX], dlogits[BATCH * LABELS_MAX];
	double loss;

	a->t.kind->forward(&a->t, logits, NULL, a->view, BATCH, &progress);
	loss = cross_entropy(dlogits, logits, a->g.m.class_count);
	a->t.kind->backward(&a->t, dlogits, NULL);
	return loss;
}

static bool
trains(const struct param *p)
{
	return strstr(p->name, ".lora_") ||
	       strcmp(p->name, "layer_weights") == 0 ||
	       strncmp(p->name, "projector", 9) == 0 ||
	       strncmp(p->name, "classifier", 10) == 0;
}

static void
gradient_match(const struct adapted *a, const struct param *p, double limit)
{
	const float *d = a->t.gradient + p->offset;
	float *want = golden_tensor(&a->g.gradients, p->name, p->length);
	double length = sqrt(dot(want, want, p->length)), off = 0;

	for (size_t i = 0; i < p->length; i++)
		off += pow((double)d[i] - (double)want[i], 2);
	if (!(sqrt(off) <= limit * length) || (length > 0) != trains(p))
		fail_msg("gradient of %s is %g off, of %g", p->name, sqrt(off),
		         length);
	free(want);
}

/* What is frozen has a gradient of 0 in both. */
static void
gradients_try(int precision, double limit)
{
	struct adapted a;

	adapted_open(&a, network, RANK, precision);
	assert_int_equal(a.g.m.params.count, a.g.gradients.entries);
	batch_run(&a);
	for (size_t i = 0; i < a.g.m.params.count; i++)
		gradient_match(&a, &a.g.m.params.param[i], limit);
	adapted_close(&a);
}

static void
test_gradients(void **state)
{
	(void)state;
	gradients_try(PRECISION_FP32, 1e-3);
	gradients_try(PRECISION_BF16, .1);
}

static void
update(struct adapted *a, float *m, float *v, size_t step)
{
	const struct params *p = &a->g.m.params;

	for (size_t i = 0; i < p->count; i++) {
		const struct param *t = &p->param[i];
		struct adamw o = { 1e-3f, .9f, .999f, 1e-8f, .01f };
		size_t at = t->offset;

		assert_int_equal(a->t.kind->frozen(&a->t, t), !trains(t));
		assert_int_equal(a->t.kind->stateless(&a->t, t), !trains(t));
		if (!trains(t))
			continue;
		assert_false(a->t.kind->missed(&a->t, t));
		if (!param_decays(t))
			o.decay = 0;
		adamw_step(a->g.m.block + at, m + at, v + at,
		           a->t.gradient + at, 1, t->length, step, &o);
	}
	memset(a->t.gradient, 0, p->length * sizeof *a->t.gradient);
	a->t.kind->changed(&a->t);
}

static void
test_losses(void **state)
{
	struct adapted a;
	float *expected, *m, *v;

	(void)state;
	adapted_open(&a, network, RANK, PRECISION_FP32);
	m = constant_floats(a.g.m.params.length, 0);
	v = constant_floats(a.g.m.params.length, 0);
	expected = golden_tensor(&a.g.expected, "losses", STEPS + 1);
	assert_true(fabsf(expected[0] - expected[STEPS]) > .01f);
	for (size_t step = 0; step <= STEPS; step++) {
		double loss = batch_run(&a);

		if (!(fabs(loss - (double)expected[step]) <= 1e-4))
			fail_msg("loss %g after %zu steps, expected %g", loss,
			         step, (double)expected[step]);
		update(&a, m, v, step + 1);
	}
	free(expected);
	free(m);
	free(v);
	adapted_close(&a);
}

/* Merged weights give the logits of those that are kept apart. */
static void
test_merged(void **state)
{
	const struct training_progress progress = { 0 };
	float apart[LABELS_MAX], merged[LABELS_MAX];
	struct golden g;
	struct adapted a;

	(void)state;
	adapted_open(&a, network, RANK, PRECISION_FP32);
	golden_init(&g, network, false);
	assert_int_equal(model_encoder_of(&a.g.m)->config.lora, RANK);
	assert_int_equal(model_encoder_of(&g.m)->config.lora, 0);
	assert_int_equal(a.g.m.params.count - g.m.params.count, 8);
	for (size_t i = 0; i < BATCH; i++) {
		a.t.kind->forward(&a.t, apart, NULL, &a.view[i], 1, &progress);
		model_infer(&g.m, merged, NULL, &a.view[i], &g.arena);
		assert_all_close(merged, apart, g.m.class_count, 1e-5);
	}
	golden_release(&g);
	adapted_close(&a);
}

/* New adapters change nothing at first: B is 0, and A is not. */
static void
test_fresh(void **state)
{
	const struct training_progress progress = { 0 };
	float logits[LABELS_MAX];
	struct adapted a;

	(void)state;
	adapted_open(&a, "whisper/clip", 3, PRECISION_FP32);
	for (size_t i = 0; i < a.g.m.params.count; i++) {
		const struct param *p = &a.g.m.params.param[i];
		const float *x = a.g.m.block + p->offset;

		if (!strstr(p->name, ".lora_"))
			continue;
		assert_int_equal(dot(x, x, p->length) > 0,
		                 strstr(p->name, ".lora_A") != NULL);
		assert_int_equal(p->dim[p->ndim - 1], p->name[
			strlen(p->name) - 1] == 'A' ? 24 : 3);
	}
	a.t.kind->forward(&a.t, logits, NULL, &a.view[1], 1, &progress);
	golden_match(&a.g.expected, "logits", batch_samples[1], logits,
	             a.g.m.class_count);
	adapted_close(&a);
}

/* Adapters of frozen layers have no gradient, those above the same. */
static void
test_frozen(void **state)
{
	struct adapted a;

	(void)state;
	adapted_open(&a, network, RANK, PRECISION_FP32);
	a.options.freeze = 1;
	batch_run(&a);
	for (size_t i = 0; i < a.g.m.params.count; i++) {
		const struct param *p = &a.g.m.params.param[i];
		const float *d = a.t.gradient + p->offset;
		bool low = strstr(p->name, "layers.0.");

		assert_int_equal(a.t.kind->frozen(&a.t, p),
		                 low || !trains(p));
		if (low)
			assert_true(dot(d, d, p->length) == 0);
		else
			gradient_match(&a, p, 1e-3);
	}
	adapted_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "gradients of adapters and head are PyTorch's, others 0",
		  test_gradients, NULL, NULL, NULL },
		{ "ten steps of AdamW lose what PyTorch's do",
		  test_losses, NULL, NULL, NULL },
		{ "merged weights compute the same",
		  test_merged, NULL, NULL, NULL },
		{ "new adapters change nothing before they train",
		  test_fresh, NULL, NULL, NULL },
		{ "adapters of frozen layers stay",
		  test_frozen, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
