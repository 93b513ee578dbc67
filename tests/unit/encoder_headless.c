/*
 * wav2vec 2.0 as it comes from pre-training, without a head and perhaps with
 * tensors that only pre-training needs, against PyTorch.
 */
#include "encoder/open.h"
#include "encoder/encoder.h"
#include "encoder_golden.h"

enum { WIDTH = 24 };

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
	wav2vec2_folded_init(&n.folded, &n.config);
	wav2vec2_fold(&n.folded, &n.weights, &n.config);
	for (size_t i = 0; i < LEN(golden_samples); i++) {
		size_t N = golden_samples[i];
		float *x = constant_floats(N, NAN);

		golden_audio(x, N);
		encoder_normalize(x, x, N);
		encoder_infer(&n, NULL, &logit, embedding, x, N, &arena);
		golden_match(&expected, "embedding", N, embedding, WIDTH);
		free(x);
	}
	free(owned);
	arena_release(&arena);
	params_release(&p);
	wav2vec2_folded_release(&n.folded);
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
