/*
 * Networks as they come from pre-training, without a head and perhaps with
 * tensors that only pre-training needs, against PyTorch.
 */
#include "feat/whisper_mel.h"
#include "encoder/open.h"
#include "encoder/encoder.h"
#include "encoder_golden.h"

enum { WIDTH = 24 };

/* What the network reads of N samples; the caller frees it. */
static float *
input_make(size_t *length, const struct encoder_config *c, size_t N)
{
	size_t all = 2 * WHISPER_MEL_HOP * c->positions;
	float *x = constant_floats(N, NAN), *mel;
	struct whisper_mel m;

	golden_audio(x, N);
	*length = N;
	if (c->family != ENCODER_WHISPER) {
		encoder_normalize(x, x, N);
		return x;
	}
	whisper_mel_init(&m, c->inputs);
	*length = whisper_mel_rows(all);
	mel = constant_floats(*length * c->inputs, NAN);
	whisper_mel_forward(mel, x, N, all, &m);
	whisper_mel_release(&m);
	free(x);
	return mel;
}

/* With a dense head, the embedding is the mean of the last rows. */
static void
headless_match(const char *name)
{
	float nothing[WIDTH] = { 0 }, embedding[WIDTH];
	struct encoder n = { .convolutions = 0 };
	struct params p = { .param = NULL };
	struct arena arena = ARENA_INIT;
	struct safetensors expected;
	float logit, *owned;
	struct encoder_directory d;
	char path[96];

	golden_path(path, name, "");
	golden_open(&expected, name, "expected.safetensors");
	assert_null(encoder_directory_open(&d, path, ENCODER_USE_ENCODER));
	assert_int_equal(d.config.head, ENCODER_HEAD_NONE);
	n.config = d.config;
	assert_int_equal(n.config.width, WIDTH);
	encoder_layout(&p, &n.weights, &n.config, &d.spelling);
	assert_null(params_map(&p, &d.files.weights, &owned));
	n.config.head = ENCODER_HEAD_DENSE;
	n.config.projector = n.config.labels = 1;
	n.weights.projector = n.weights.classifier =
		(struct encoder_linear){ nothing, nothing };
	encoder_folded_init(&n.folded, &n.config);
	encoder_fold(&n.folded, &n.weights, &n.config);
	for (size_t i = 0; i < LEN(golden_samples); i++) {
		size_t N = golden_samples[i];
		size_t length;
		float *x = input_make(&length, &n.config, N);

		encoder_infer(&n, NULL, &logit, embedding, x, length, &arena);
		golden_match(&expected, "embedding", N, embedding, WIDTH);
		free(x);
	}
	free(owned);
	arena_release(&arena);
	params_release(&p);
	encoder_folded_release(&n.folded);
	encoder_weights_release(&n.weights);
	encoder_directory_release(&d);
	safetensors_release(&expected);
}

static void
test_headless(void **state)
{
	(void)state;
	headless_match("bare");
	headless_match("pretraining");
	headless_match("whisper/generation");
	headless_match("whisper/model");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a network without a head is PyTorch's",
		  test_headless, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
