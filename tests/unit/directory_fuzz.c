/* model/directory: whatever its files say, a refusal or a sound network. */
#include "core/die.h"
#include "encoder/encoder.h"
#include "hub.h"

enum { ROUNDS = 1000, SIZE_MOST = 1 << 16, SAMPLES = 300 };

/* A file as it was, and as it is after some bad luck. */
struct victim {
	const char *path;
	unsigned char good[SIZE_MOST], bad[SIZE_MOST];
	size_t good_size, bad_size;
	size_t within;            /* bytes that luck can strike */
};

static void
victim_read(struct victim *v, const char *path)
{
	FILE *fp = fopen(path, "rb");

	assert_non_null(fp);
	v->path = path;
	v->good_size = v->within = fread(v->good, 1, SIZE_MOST, fp);
	fclose(fp);
	assert_in_range(v->good_size, 2, SIZE_MOST / 2);
	if (strstr(path, ".safetensors") && !strstr(path, ".json"))
		v->within = 8 + v->good[0] + 256u * v->good[1]; /* header */
}

static void
victim_write(const struct victim *v, const unsigned char *bytes, size_t size)
{
	FILE *fp;

	unlink(v->path); /* some file systems flush what is overwritten */
	fp = fopen(v->path, "wb");
	assert_non_null(fp);
	fwrite(bytes, 1, size, fp);
	fclose(fp);
}

/* Replaces count bytes at `at` by text. */
static void
splice(struct victim *v, size_t at, size_t count, const char *text)
{
	size_t length = strlen(text);

	if (count > v->bad_size - at)
		count = v->bad_size - at;
	memmove(v->bad + at + length, v->bad + at + count,
	        v->bad_size - at - count);
	memcpy(v->bad + at, text, length);
	v->bad_size += length - count;
}

/* A digit found from `at` on, and what goes for it. */
static void
number_change(struct victim *v, size_t at, struct rng *r)
{
	static const char *const numbers[] = {
		"0", "-1", "1e400", "8192", "4294967296",
		"18446744073709551615", "1.5", "null", "\"2\"", "[]", "{}",
		"2", "4", "1", "true"
	};
	size_t end;

	while (at < v->bad_size && (v->bad[at] < '0' || v->bad[at] > '9'))
		at++;
	for (end = at; end < v->bad_size && v->bad[end] >= '0' &&
	     v->bad[end] <= '9'; end++)
		continue;
	splice(v, at, end - at, numbers[rng_below(r, LEN(numbers))]);
}

static void
strike(struct victim *v, struct rng *r)
{
	static const char *const words[] = {
		",", "{", "}", "[", "]", "\"", ":", "\\", "../x", "\\u0000",
		"\n", "hubert", "wavlm", "null,", "\xff", "{\"a\":1},"
	};
	size_t at = rng_below(r, v->within < v->bad_size ? v->within
	                                                 : v->bad_size);

	switch (rng_below(r, 6)) {
	case 0:
		v->bad[at] ^= (unsigned char)(1 << rng_below(r, 8));
		break;
	case 1:
		splice(v, at, 1 + rng_below(r, 20), "");
		break;
	case 2:
		splice(v, at, rng_below(r, 3), words[rng_below(r, LEN(words))]);
		break;
	case 3:
		v->bad_size = at + 1;
		break;
	default:
		number_change(v, at, r);
	}
}

/* What was not refused can be used. */
static void
infer(struct encoder_directory *d)
{
	struct encoder n = { .config = d->config, .spelling = d->spelling };
	struct params p = { .param = NULL };
	struct arena arena = ARENA_INIT;
	float *audio = random_floats(SAMPLES, 1), *owned;
	float logits[ENCODER_LABELS_MAX];
	char *why;

	encoder_layout(&p, &n.weights, &n.config, &n.spelling);
	why = params_map(&p, &d->files.weights, &owned);
	if (!why && encoder_rows(&n.config, SAMPLES) > 0 &&
	    n.config.head != ENCODER_HEAD_NONE) {
		encoder_folded_init(&n.folded, &n.config);
		encoder_fold(&n.folded, &n.weights, &n.config);
		encoder_infer(&n, NULL, logits, NULL, audio, SAMPLES,
		              &arena);
		encoder_folded_release(&n.folded);
	}
	free(why);
	free(owned);
	free(audio);
	arena_release(&arena);
	params_release(&p);
	encoder_weights_release(&n.weights);
}

/* Strikes one file at a time, 1 to 4 times; returns how many passed. */
static size_t
fuzz(const char *const *paths, size_t count, uint64_t seed)
{
	struct victim *victims = xcalloc(count, sizeof *victims);
	size_t passed = 0;
	struct rng r;

	rng_init(&r, seed);
	for (size_t i = 0; i < count; i++)
		victim_read(&victims[i], paths[i]);
	for (int round = 0; round < ROUNDS; round++) {
		struct victim *v = &victims[rng_below(&r, count)];
		struct encoder_directory d;
		const char *why;

		memcpy(v->bad, v->good, v->good_size);
		v->bad_size = v->good_size;
		for (size_t i = rng_below(&r, 4) + 1; i > 0 && v->bad_size; i--)
			strike(v, &r);
		victim_write(v, v->bad, v->bad_size);
		why = encoder_directory_open(&d, HUB, ENCODER_USE_ANY);
		if (why && strncmp(why, HUB, strlen(HUB)) != 0)
			fail_msg("a refusal that does not name the file: %s",
			         why);
		if (!why)
			infer(&d);
		passed += !why;
		encoder_directory_release(&d);
		victim_write(v, v->good, v->good_size);
	}
	free(victims);
	return passed;
}

static void
test_fuzz(void **state)
{
	static const char *const paths[] = {
		HUB "/config.json", HUB "/preprocessor_config.json"
	};
	static const char *const weights[] = { HUB "/model.safetensors" };
	size_t passed;

	(void)state;
	passed = fuzz(paths, LEN(paths), 1);
	assert_in_range(passed, ROUNDS / 50, ROUNDS / 2);
	passed = fuzz(weights, LEN(weights), 2);
	assert_in_range(passed, 1, ROUNDS / 2);
}

static void
test_fuzz_processor(void **state)
{
	static const char *const paths[] = { HUB "/processor_config.json" };
	size_t passed;

	(void)state;
	hub_text("processor_config.json", "{'processor_class':'P',"
	         "'feature_extractor':" HUB_PREPROCESSOR "}");
	program_set_verbosity(-1);
	passed = fuzz(paths, LEN(paths), 4);
	program_set_verbosity(0);
	assert_in_range(passed, 1, ROUNDS / 2);
}

static void
test_fuzz_index(void **state)
{
	static const char *const paths[] = {
		HUB "/model.safetensors.index.json"
	};
	struct hub_tensors *t = *state;
	char *text = xstrdup("{\"weight_map\":{"), *longer;
	size_t passed;

	for (size_t i = 0; i < t->count; i++) {
		longer = xasprintf("%s%s\"%s\":\"all.safetensors\"", text,
		                   i ? "," : "", t->source[i].name);
		free(text);
		text = longer;
	}
	longer = xasprintf("%s}}", text);
	hub_text("model.safetensors.index.json", longer);
	assert_int_equal(rename(HUB "/model.safetensors",
	                        HUB "/all.safetensors"), 0);
	passed = fuzz(paths, LEN(paths), 3);
	assert_in_range(passed, 1, ROUNDS / 2);
	free(text);
	free(longer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "mutilated files are refused, or make a network", test_fuzz,
		  hub_start, hub_finish, NULL },
		{ "so is a mutilated processor, or it is one",
		  test_fuzz_processor, hub_start, hub_finish, NULL },
		{ "a mutilated index is refused, or makes one",
		  test_fuzz_index, hub_start, hub_finish, NULL },
	};

	program_set_verbosity(-1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
