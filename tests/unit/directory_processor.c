/* weights/directory_processor: processor_config.json, read and kept up. */
#include "core/die.h"
#include "hub.h"

#define KIND "'feature_extractor_type':'Wav2Vec2FeatureExtractor'"
#define NESTED(name, normal) "{'processor_class':'P','" name "':{" KIND \
	",'dither' : 0.0,'do_normalize':" normal "}}"

static bool
opened_normalize(void)
{
	struct encoder_directory d;
	bool normalize;

	program_set_verbosity(-1);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	program_set_verbosity(0);
	normalize = d.config.normalize;
	encoder_directory_release(&d);
	return normalize;
}

/* preprocessor_config.json has do_normalize false. */
static void
test_priority(void **state)
{
	(void)state;
	hub_text("processor_config.json", NESTED("feature_extractor", "true"));
	assert_true(opened_normalize());
	hub_text("processor_config.json", NESTED("audio_processor", "true"));
	assert_true(opened_normalize());
	hub_text("processor_config.json", NESTED("tokenizer", "true"));
	assert_false(opened_normalize());
	hub_text("processor_config.json", "{'feature_extractor':null,"
	         "'audio_processor':{" KIND ",'do_normalize':true}}");
	assert_false(opened_normalize());
	unlink(HUB "/preprocessor_config.json");
	hub_text("processor_config.json",
	         NESTED("feature_extractor", "false"));
	assert_false(opened_normalize());
}

static void
test_refused(void **state)
{
	(void)state;
	hub_text("processor_config.json",
	         "{'feature_extractor':{'sampling_rate':8000}}");
	hub_refused(ENCODER_USE_CLASSIFIER,
	            "/processor_config.json: sampling_rate: only 16000 Hz");
	hub_text("processor_config.json", "{'feature_extractor':[]}");
	hub_refused(ENCODER_USE_CLASSIFIER,
	            "/processor_config.json: not an object");
	hub_text("processor_config.json", "{");
	hub_refused(ENCODER_USE_CLASSIFIER, "/processor_config.json: not JSON");
}

static char *
text_read(const char *file)
{
	char *path = xasprintf(HUB "/%s", file), *text = NULL, *why;
	struct json *j = json_read(path, &text, &why);

	assert_non_null(j);
	json_release(j);
	free(path);
	return text;
}

static void
file_is(const char *file, const char *want)
{
	char *have = text_read(file), *copy = xstrdup(want);

	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	assert_string_equal(have, copy);
	free(have);
	free(copy);
}

/* Writes the model at HUB, or one that normalises, over the one at HUB. */
static void
written(const struct hub_tensors *t, bool itself)
{
	struct encoder_contents c = { .params = &t->params,
	                              .config = &t->config };
	struct encoder_directory d;

	program_set_verbosity(-1);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	program_set_verbosity(0);
	if (itself) {
		c.from = &d;
		c.config = &d.config;
	}
	encoder_directory_write(HUB, &c);
	encoder_directory_release(&d);
}

static void
test_written(void **state)
{
	struct hub_tensors *t = *state;
	static const char own[] = NESTED("feature_extractor", "true");
	static const char other[] = NESTED("tokenizer", "false");
	char *text;

	/* in place: it stays, and the file that it overrules is made like it */
	hub_text("processor_config.json", own);
	written(t, true);
	file_is("processor_config.json", own);
	text = text_read("preprocessor_config.json");
	has_text(text, "\"dither\": 0.0");
	has_text(text, "\"do_normalize\": true");
	free(text);
	/* another model over it: it is made like the new one's */
	hub_text("processor_config.json",
	         NESTED("audio_processor", "false"));
	t->config.normalize = true;
	written(t, false);
	text = text_read("processor_config.json");
	has_text(text, "\"processor_class\": \"P\"");
	has_text(text, "\"do_normalize\": true");
	assert_null(strstr(text, "\"do_normalize\": false"));
	free(text);
	assert_true(opened_normalize());
	/* without a preprocessor it is not ours */
	hub_text("processor_config.json", other);
	written(t, true);
	file_is("processor_config.json", other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_priority, hub_start,
		                                hub_finish),
		cmocka_unit_test_setup_teardown(test_refused, hub_start,
		                                hub_finish),
		cmocka_unit_test_setup_teardown(test_written, hub_start,
		                                hub_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
