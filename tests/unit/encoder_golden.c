/*
 * wav2vec 2.0, HuBERT, WavLM and Whisper against PyTorch, each a small model in
 * a directory: logits, embeddings, every gradient, ten steps of AdamW.
 * tests/golden/w2v2.py, hub.py and whisper.py wrote the numbers and say how.
 */
#include <string.h>

#include "encoder_training.h"
#include "train/adamw.h"

enum { EMBEDDING_MAX = 64, STEPS = 10 };

static const char *const classifiers[] = {
	"base", "large", "hubert", "wavlm", "wavlm-large", "dense",
	"regression", "labels", "sharded", "untied",
	"unispeech", "unispeech-sat", "hubert-batch", "data2vec",
	"whisper/full", "whisper/clip",
	"whisper/statistics", "whisper/attention", "whisper/lora",
};
static const char *const trained[] = {
	"base", "large", "hubert", "wavlm", "wavlm-large", "dense",
	"untied", "hubert-batch", "data2vec", "whisper/full", "whisper/clip",
	"whisper/statistics", "whisper/attention",
};

static void
test_inference(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(classifiers); i++) {
		float logits[LABELS_MAX], embedding[EMBEDDING_MAX];
		struct golden g;

		golden_init(&g, classifiers[i], false);
		assert_in_range(g.m.class_count, 3, LABELS_MAX);
		assert_in_range(model_embedding_length(&g.m), 12,
		                EMBEDDING_MAX);
		for (size_t j = 0; j < LEN(golden_samples); j++) {
			size_t N = golden_samples[j];
			struct model_view view = view_of(&g, &g.frame[0], N);

			model_infer(&g.m, logits, embedding, &view, &g.arena);
			golden_match(&g.expected, "logits", N, logits,
			             g.m.class_count);
			golden_match(&g.expected, "embedding", N, embedding,
			             model_embedding_length(&g.m));
		}
		golden_release(&g);
	}
}

static void
test_labels(void **state)
{
	struct golden g;

	(void)state;
	golden_init(&g, "labels", false);
	assert_int_equal(g.m.class_count, 11);
	assert_string_equal(g.m.classes[1], "Fröhlich");
	assert_string_equal(g.m.classes[2], "sad");
	assert_string_equal(g.m.classes[10], "other");
	assert_false(g.m.regression);
	golden_release(&g);
	golden_init(&g, "regression", false);
	assert_string_equal(g.m.classes[1], "dominance");
	assert_true(g.m.regression);
	golden_release(&g);
}

static bool
is_convolution(const struct param *t)
{
	return strstr(t->name, ".feature_extractor.") ||
	       strstr(t->name, "encoder.conv");
}

/* Length of x - y. */
static double
distance(const float *x, const float *y, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += pow((double)x[i] - (double)y[i], 2);
	return sqrt(sum);
}

/* That of all tensors is large; of some it is 0 but for rounding. */
static double
smallest_length(const struct golden *g)
{
	double sum = 0;

	for (size_t i = 0; i < g->m.params.count; i++) {
		const struct param *t = &g->m.params.param[i];
		float *d = golden_tensor(&g->gradients, t->name, t->length);

		sum += dot(d, d, t->length);
		free(d);
	}
	return 3e-5 * sqrt(sum);
}

static void
gradients_match(const struct golden *g, bool convolutions)
{
	double least = smallest_length(g);

	assert_true(least > 0);
	assert_int_equal(g->m.params.count, g->gradients.entries);
	for (size_t i = 0; i < g->m.params.count; i++) {
		const struct param *t = &g->m.params.param[i];
		float *d = golden_tensor(&g->gradients, t->name, t->length);
		double length = sqrt(dot(d, d, t->length)), off;

		off = distance(g->gradient + t->offset, d, t->length);
		if ((convolutions || !is_convolution(t)) &&
		    !(off <= 1e-3 * fmax(length, least)))
			fail_msg("%s: gradient of %s is %g off, of %g",
			         g->name, t->name, off, length);
		free(d);
	}
}

static void
test_gradients(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(trained); i++) {
		struct golden g;

		training_begin(&g, trained[i]);
		gradient_compute(&g, true, SIZE_MAX);
		gradients_match(&g, true);
		gradient_compute(&g, false, SIZE_MAX);
		gradients_match(&g, false);
		golden_release(&g);
	}
}

/* Is the tensor of a layer from `layers` on, or of what follows layers? */
static bool
is_above(const struct golden *g, const struct param *t, size_t layers)
{
	const char *at = strstr(t->name, "encoder.layers.");
	const struct encoder *n = model_encoder_of(&g->m);

	if (t->slot == &n->weights.norm.gain ||
	    t->slot == &n->weights.norm.bias)
		return n->config.stable;
	return at ? strtoul(at + strlen("encoder.layers."), NULL, 10) >= layers
	          : !strncmp(t->name, "projector", 9) ||
	            !strncmp(t->name, "pooling", 7) ||
	            !strncmp(t->name, "classifier", 10) ||
	            !strcmp(t->name, "layer_weights");
}

/* Frozen layers get no gradient, and that of the rest stays as it was. */
static void
test_frozen(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * LEN(trained); i++) {
		size_t frozen = 1 + i % 2;
		struct golden g;
		float *whole;
		size_t n;

		training_begin(&g, trained[i / 2]);
		n = g.m.params.length;
		whole = constant_floats(n, 0);
		gradient_compute(&g, false, SIZE_MAX);
		memcpy(whole, g.gradient, n * sizeof *whole);
		g.frozen = frozen;
		gradient_compute(&g, false, SIZE_MAX);
		for (size_t p = 0; p < g.m.params.count; p++) {
			const struct param *t = &g.m.params.param[p];
			float *d = g.gradient + t->offset;

			if (is_above(&g, t, frozen))
				assert_all_close(d, whole + t->offset,
				                 t->length, 1e-5);
			else
				assert_true(dot(d, d, t->length) == 0);
		}
		free(whole);
		golden_release(&g);
	}
}

/* With products in bfloat16: the whole gradient is near, in relative L2. */
static void
test_gradients_bf16(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(trained); i++) {
		struct bf16_space space = { .unit = bf16_unit_find(NULL) };
		double off = 0, length = 0;
		struct golden g;

		training_begin(&g, trained[i]);
		g.space = &space;
		gradient_compute(&g, true, SIZE_MAX);
		for (size_t p = 0; p < g.m.params.count; p++) {
			const struct param *t = &g.m.params.param[p];
			float *d = golden_tensor(&g.gradients, t->name,
			                         t->length);

			off += pow(distance(g.gradient + t->offset, d,
			                    t->length), 2);
			length += dot(d, d, t->length);
			free(d);
		}
		assert_true(off > 0);
		assert_true(sqrt(off) <= .05 * sqrt(length));
		arena_release(&space.arena);
		golden_release(&g);
	}
}

static void
test_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * LEN(trained); i++) {
		struct bf16_space space = { .unit = bf16_unit_find(NULL) };
		struct golden g;
		float *kept;
		size_t n;

		training_begin(&g, trained[i / 2]);
		g.space = i % 2 ? &space : NULL;
		n = g.m.params.length;
		kept = constant_floats(n, 0);
		gradient_compute(&g, true, SIZE_MAX);
		memcpy(kept, g.gradient, n * sizeof *kept);
		gradient_compute(&g, true, 0);
		assert_memory_equal(g.gradient, kept, n * sizeof *kept);
		free(kept);
		arena_release(&space.arena);
		golden_release(&g);
	}
}

static bool
ends(const char *name, const char *with)
{
	size_t n = strlen(name), k = strlen(with);

	return n >= k && strcmp(name + n - k, with) == 0;
}

static void
update(struct golden *g, bool frozen, float *m, float *v, size_t step)
{
	struct encoder *e = model_encoder_of(&g->m);

	for (size_t i = 0; i < g->m.params.count; i++) {
		const struct param *t = &g->m.params.param[i];
		struct adamw o = { 1e-3f, .9f, .999f, 1e-8f, .01f };
		size_t at = t->offset;

		if ((frozen && is_convolution(t)) ||
		    strstr(t->name, "batch_norm.running_") ||
		    strstr(t->name, "embed_positions"))
			continue;
		if (!param_decays(t))
			o.decay = 0;
		assert_int_equal(o.decay == 0, ends(t->name, ".bias") ||
		                               ends(t->name, "norm.weight"));
		adamw_step(g->m.block + at, m + at, v + at,
		           g->gradient + at, 1, t->length, step, &o);
	}
	encoder_fold(&e->folded, &e->weights, &e->config);
}

static void
losses_match(const char *name, bool frozen)
{
	float *expected, *m, *v;
	struct golden g;

	training_begin(&g, name);
	m = constant_floats(g.m.params.length, 0);
	v = constant_floats(g.m.params.length, 0);
	expected = golden_tensor(&g.expected,
	                       frozen ? "losses.frozen" : "losses",
	                       STEPS + 1);
	for (size_t step = 0; step <= STEPS; step++) {
		double loss = gradient_compute(&g, !frozen, SIZE_MAX);

		if (!(fabs(loss - (double)expected[step]) <= 1e-3))
			fail_msg("%s: loss %g after %zu steps, expected %g",
			         g.name, loss, step, (double)expected[step]);
		update(&g, frozen, m, v, step + 1);
	}
	free(expected);
	free(m);
	free(v);
	golden_release(&g);
}

static void
test_losses(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(trained); i++) {
		losses_match(trained[i], true);
		losses_match(trained[i], false);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "logits and embeddings are PyTorch's, of 1 to 49 rows",
		  test_inference, NULL, NULL, NULL },
		{ "labels come in their order, and dimensions are known",
		  test_labels, NULL, NULL, NULL },
		{ "every gradient is PyTorch's",
		  test_gradients, NULL, NULL, NULL },
		{ "frozen layers get no gradient, the others theirs",
		  test_frozen, NULL, NULL, NULL },
		{ "gradients with products in bfloat16 are near",
		  test_gradients_bf16, NULL, NULL, NULL },
		{ "what is computed again for want of memory is the same",
		  test_memory, NULL, NULL, NULL },
		{ "ten steps of AdamW lose what PyTorch's do",
		  test_losses, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
