/* model/encoder_init: a head for an encoder, and random networks. */
#include "encoder/encoder_init.h"
#include "hub.h"

#define NEW "new.test"

static const char *const classes[] = { "good", "bad" };

static void
new_remove(void)
{
	unlink(NEW "/config.json");
	unlink(NEW "/preprocessor_config.json");
	unlink(NEW "/model.safetensors");
	rmdir(NEW);
}

static void
new_open(struct encoder_directory *d)
{
	if (encoder_directory_open(d, NEW, ENCODER_USE_CLASSIFIER))
		fail_msg("%s", d->why);
}

static const float *
floats(const struct encoder_directory *d, const char *name, size_t length)
{
	const struct safetensors_entry *e =
		safetensors_find(&d->files.weights, name);

	assert_non_null(e);
	assert_int_equal(e->length, length);
	return (const float *)(const void *)e->data;
}

/* Normal, mean 0, deviation 0.02. */
static void
is_narrow(const float *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)x[i];
	assert_close(sqrt(dot(x, x, n) / (double)n), 0.02, 0.004);
	assert_close(sum / (double)n, 0, 0.01);
}

/* A bare encoder of pre-training, with a tensor that goes. */
static void
bare_make(struct hub_tensors *t, enum safetensors_type type)
{
	const struct encoder_spelling spelling = {
		.prefix = "", .parametrized = true
	};
	struct safetensors_text text[] = {
		{ (char *)(uintptr_t)"passes", (char *)(uintptr_t)"9" },
		{ (char *)(uintptr_t)"speakers", (char *)(uintptr_t)"s1" }
	};

	hub_text("config.json", HUB_SHAPE("wavlm") ",'odd':1.0,"
	         "'mask_time_prob':0.1}");
	hub_tensors(t, HUB_SHAPE("wavlm") "}", ENCODER_HEAD_NONE, &spelling);
	for (size_t i = 0; i < t->count; i++)
		t->source[i].type = type;
	t->source[t->count] = t->source[0];
	t->source[t->count].name = "quantizer.codevectors";
	safetensors_write(HUB "/model.safetensors", t->source, t->count + 1,
	                  text, 2);
}

static void
test_derive(void **state)
{
	const struct encoder_wishes wishes = {
		.from = HUB, .classes = classes, .class_count = 2,
		.layer_sum = true, .projector = 256, .seed = 3
	};
	struct hub_tensors t;
	struct encoder_directory d;

	(void)state;
	bare_make(&t, TYPE_F32);
	encoder_init(NEW, &wishes);
	new_open(&d);
	for (size_t i = 0; i < t.count; i++) {
		char *name = xasprintf("wavlm.%s", t.source[i].name);

		assert_memory_equal(floats(&d, name, t.params.param[i].length),
		                    t.source[i].data,
		                    t.params.param[i].length * 4);
		free(name);
	}
	/* head and mask */
	assert_int_equal(d.files.weights.entries, t.count + 6);
	is_narrow(floats(&d, "projector.weight", 256 * 8), 256 * 8);
	is_narrow(floats(&d, "classifier.weight", 512), 512);
	assert_true(floats(&d, "classifier.bias", 2)[1] == 0);
	assert_true(floats(&d, "layer_weights", 3)[0] ==
	            floats(&d, "layer_weights", 3)[2]);
	assert_true(d.config.layer_sum && d.config.normalize == false);
	assert_string_equal(d.config.label[1], "bad");
	assert_non_null(strstr(d.files.json_text, "\"odd\": 1.0"));
	assert_string_equal(safetensors_metadata(&d.files.weights, "passes"),
	                    "0");
	assert_string_equal(safetensors_metadata(&d.files.weights, "speakers"),
	                    "s1");
	encoder_directory_release(&d);
	hub_tensors_release(&t);
}

/* Halves are floats in the new file, their values the same. */
static void
test_halves(void **state)
{
	const struct encoder_wishes wishes = {
		.from = HUB, .classes = classes, .class_count = 2
	};
	const char *name = "encoder.layers.1.final_layer_norm.bias";
	const char *new = "wavlm.encoder.layers.1.final_layer_norm.bias";
	struct hub_tensors t;
	struct encoder_directory old, d;
	float want[8];

	(void)state;
	bare_make(&t, TYPE_BF16);
	encoder_init(NEW, &wishes);
	new_open(&d);
	hub_opened(&old, ENCODER_USE_ANY);
	safetensors_floats(want, safetensors_find(&old.files.weights, name));
	assert_memory_equal(floats(&d, new, 8), want, sizeof want);
	encoder_directory_release(&d);
	encoder_directory_release(&old);
	hub_tensors_release(&t);
}

/* Heads that were there go, or stay with all their tensors. */
static void
test_heads(void **state)
{
	struct encoder_wishes wishes = {
		.from = HUB, .classes = classes, .class_count = 2, .seed = 1
	};
	struct hub_tensors *t = *state;
	struct encoder_directory d;

	encoder_init(NEW, &wishes);
	new_open(&d);
	assert_int_equal(d.config.labels, 2);
	assert_int_equal(d.config.projector, 9);
	assert_memory_not_equal(floats(&d, "projector.weight", 72),
	                        t->weights.projector.weight, 72 * 4);
	encoder_directory_release(&d);
	wishes.keep_head = true;
	wishes.class_count = 0;
	encoder_init(NEW, &wishes);
	new_open(&d);
	assert_string_equal(d.config.label[2], "calm");
	assert_memory_equal(floats(&d, "projector.weight", 72),
	                    t->weights.projector.weight, 72 * 4);
	encoder_directory_release(&d);
}

static void
test_dimensions(void **state)
{
	static const char *const names[] = { "arousal", "valence" };
	const struct encoder_wishes wishes = {
		.size = "hubert-tiny", .classes = names, .class_count = 2
	};
	struct encoder_directory d;

	(void)state;
	encoder_init(NEW, &wishes);
	new_open(&d);
	assert_true(d.config.regression);
	assert_non_null(strstr(d.files.json_text, "\"regression\""));
	encoder_directory_release(&d);
}

/* Sizes that fit in a test: each can be made, by its seed alone. */
static void
test_sizes(void **state)
{
	struct encoder_wishes wishes = {
		.classes = classes, .class_count = 2, .seed = 5
	};
	struct encoder_directory a, b;

	(void)state;
	for (size_t i = 0; encoder_sizes[i]; i++) {
		if (!strstr(encoder_sizes[i], "tiny"))
			continue;
		wishes.size = encoder_sizes[i];
		encoder_init(HUB, &wishes);
		encoder_init(NEW, &wishes);
		hub_opened(&a, ENCODER_USE_CLASSIFIER);
		new_open(&b);
		assert_int_equal(a.files.weights.mapping_size,
		                 b.files.weights.mapping_size);
		assert_memory_equal(a.files.weights.mapping,
		                    b.files.weights.mapping,
		                    a.files.weights.mapping_size);
		encoder_directory_release(&b);
		wishes.seed++;
		encoder_init(NEW, &wishes);
		new_open(&b);
		assert_memory_not_equal(a.files.weights.mapping,
		                    b.files.weights.mapping,
		                        a.files.weights.mapping_size);
		encoder_directory_release(&a);
		encoder_directory_release(&b);
	}
}

static int
finish(void **state)
{
	new_remove();
	return hub_finish(state);
}

int
main(void)
{
	const struct { const char *title; void (*run)(void **); } tests[] = {
		{ "an encoder stays as it is and gets a head", test_derive },
		{ "halves become the floats that they are", test_halves },
		{ "a head is replaced, or kept whole", test_heads },
		{ "arousal and valence make a regression", test_dimensions },
		{ "a random network is its seed's", test_sizes },
	};
	struct CMUnitTest unit[LEN(tests)] = { { .name = NULL } };

	for (size_t i = 0; i < LEN(tests); i++) {
		unit[i].name = tests[i].title;
		unit[i].test_func = tests[i].run;
		unit[i].setup_func = hub_start;
		unit[i].teardown_func = finish;
	}
	return cmocka_run_group_tests(unit, NULL, NULL);
}
