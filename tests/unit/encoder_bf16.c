/*
 * Networks whose products are in bfloat16 against PyTorch's logits, which
 * tests/golden/w2v2.py wrote, and against those in float.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, setenv */
#include <string.h>

#include "cache_folder.h"
#include "core/bits.h"
#include "encoder/encoder.h"
#include "encoder_golden.h"
#include "gemm/bf16_remainder.h"
#include "model/model_encoder.h"
#include "stream/fields.h"
#include "stream/frame.h"

enum { LABELS_MAX = 16 };

static const char *const classifiers[] = {
	"base", "large", "hubert", "wavlm", "wavlm-large", "dense",
	"regression", "labels", "sharded", "untied",
	"unispeech", "unispeech-sat", "hubert-batch", "data2vec",
	"whisper/full", "whisper/clip", "whisper/lora",
};

/* Adds up (x - y)^2 and y^2, y the exact logits of N samples. */
static void
differ(double *errors, double *squares, const struct safetensors *expected,
       size_t N, const float *x, size_t n)
{
	char name[32];
	float *y;

	snprintf(name, sizeof name, "logits.%zu", N);
	y = golden_tensor(expected, name, n);
	for (size_t i = 0; i < n; i++) {
		*errors += (double)((x[i] - y[i]) * (x[i] - y[i]));
		*squares += (double)(y[i] * y[i]);
	}
	free(y);
}

static void
logits_of(float *logits, const struct model *m, size_t N)
{
	struct arena arena = ARENA_INIT;
	struct frame f = FRAME_INIT;
	struct model_view view;

	golden_audio(frame_add1(&f, FIELD_AUDIO, N), N);
	frame_set_number(&f, FIELD_RATE, 16000);
	assert_null(model_view(&view, m, &f));
	model_infer(m, logits, NULL, &view, &arena);
	arena_release(&arena);
	frame_release(&f);
}

/*
 * As far from PyTorch's exact logits, in relative L2, as its own are when it
 * rounds what linear layers and convolutions multiply, twice over, since
 * attention's products are rounded besides.
 */
static void
test_logits(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(classifiers); i++) {
		double ours = 0, theirs = 0, squares = 0;
		struct safetensors expected;
		struct model m;
		char path[96];

		golden_path(path, classifiers[i], "");
		model_open(&m, path, &(struct model_options){
			.precision = PRECISION_BF16 });
		golden_open(&expected, classifiers[i],
		            "expected.safetensors");
		for (size_t j = 0; j < LEN(golden_samples); j++) {
			size_t N = golden_samples[j], K = m.class_count;
			float logits[LABELS_MAX], *rounded;
			char name[32];

			snprintf(name, sizeof name, "bf16.%zu", N);
			rounded = golden_tensor(&expected, name, K);
			differ(&theirs, &squares, &expected, N, rounded, K);
			free(rounded);
			logits_of(logits, &m, N);
			differ(&ours, &squares, &expected, N, logits, K);
		}
		assert_true(theirs > 0);
		assert_true(sqrt(ours) <= 2 * sqrt(theirs) +
		            .005 * sqrt(squares / 2));
		safetensors_release(&expected);
		model_release(&m);
	}
}

/*
 * Of weight [N,K], each as far from a bfloat as may be, on the side where what
 * is rounded off adds up: inputs are of the sign of input_sign().
 */
static void
spoil(float **weight, size_t N, size_t K, bool alternate, struct arena *arena)
{
	float *w = arena_floats(arena, N * K);

	for (size_t n = 0; n < N; n++)
		for (size_t k = 0; k < K; k++) {
			uint32_t bits = bits_of((*weight)[n * K + k]);
			bool less = (bits >> 31 ^ n ^ (alternate ? k : 0)) & 1;

			w[n * K + k] = bits_float((bits & 0xffff0000) |
			                          (less ? 0x8100 : 0x7f00));
		}
	*weight = w;
}

/* A bias far from 0, of either sign in turn. */
static void
alternate(float **bias, size_t n, struct arena *arena)
{
	float *b = arena_floats(arena, n);

	for (size_t i = 0; i < n; i++)
		b[i] = i % 2 ? -3 : 3;
	*bias = b;
}

static void
network_spoil(struct encoder *n, struct arena *arena)
{
	size_t H = n->config.width, F = n->config.inner;

	for (size_t i = 0; i < n->config.layers; i++) {
		struct encoder_layer *l = &n->weights.layer[i];

		alternate(&l->attention_norm.bias, H, arena);
		alternate(&l->norm.bias, H, arena);
		alternate(&l->v.bias, H, arena);
		spoil(&l->v.weight, H, H, true, arena);
		spoil(&l->out.weight, H, H, true, arena);
		spoil(&l->narrow.weight, H, F, false, arena);
	}
}

/* Of logits in bfloat16 from those in float, relative L2. */
static double
distance(const struct model *m, const struct encoder_packed *p)
{
	enum { SAMPLES = 16000 };
	const struct encoder *n = model_encoder_of(m);
	double errors = 0, squares = 0;
	float audio[SAMPLES], x[LABELS_MAX], y[LABELS_MAX];
	struct arena arena = ARENA_INIT;

	golden_audio(audio, SAMPLES);
	encoder_infer(n, NULL, y, NULL, audio, SAMPLES, &arena);
	encoder_infer(n, p, x, NULL, audio, SAMPLES, &arena);
	for (size_t k = 0; k < m->class_count; k++) {
		errors += (double)((x[k] - y[k]) * (x[k] - y[k]));
		squares += (double)(y[k] * y[k]);
	}
	arena_release(&arena);
	return sqrt(errors / squares);
}

/* A remainder of every layer, VALUE, OUT or NARROW, becomes 0. */
enum { VALUE, OUT, NARROW, REMAINDERS };

static void
forget(const struct encoder_packed *p, const struct encoder_config *c,
       int which)
{
	for (size_t i = 0; i < c->layers; i++) {
		const struct encoder_packed_layer *l = &p->layer[i];
		const uint16_t *const all[] = {
			l->qkv.remainder, l->out.remainder,
			l->narrow.remainder
		};
		size_t K = which == NARROW ? c->inner : c->width;

		memset((void *)(uintptr_t)all[which], 0,
		       bf16_remainder_length(c->width, K) *
		       sizeof *all[which]);
	}
}

/*
 * With what is rounded off the weights given back, logits are nearer than with
 * one of the remainders forgotten.
 */
static void
try_remainders(const char *name)
{
	struct safetensors file;
	struct arena arena = ARENA_INIT;
	struct model m;
	char path[96];

	golden_path(path, name, "");
	model_open(&m, path, NULL);
	golden_open(&file, name, "model.safetensors");
	network_spoil(model_encoder_of(&m), &arena);
	for (int which = 0; which < REMAINDERS; which++) {
		const struct encoder *n = model_encoder_of(&m);
		struct encoder_packed p = { .unit = NULL };
		double with;

		encoder_pack(&p, &n->weights, &n->folded, &n->config, &file);
		with = distance(&m, &p);
		forget(&p, &n->config, which);
		assert_true(with < distance(&m, &p) / 2);
		encoder_packed_release(&p);
	}
	safetensors_release(&file);
	arena_release(&arena);
	model_release(&m);
}

static void
test_remainders(void **state)
{
	(void)state;
	try_remainders("regression");
	try_remainders("wavlm-large");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "logits are near, of 1 to 49 rows",
		  test_logits, cache_begin, cache_end, NULL },
		{ "what rounding takes off weights is given back",
		  test_remainders, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
