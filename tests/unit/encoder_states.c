/* encoder/config_states: which last state a weighted sum of layers takes. */
#include "core/die.h"
#include "hub.h"

#define SUM ",'do_stable_layer_norm':true,'use_weighted_layer_sum':true"

/* A directory of a network with such a sum, and these members besides. */
static void
sum_make(const char *members, bool trained)
{
	const struct safetensors_text updates = {
		(char *)(uintptr_t)"updates", (char *)(uintptr_t)"3"
	};
	const struct encoder_spelling spelling = { .mask = true };
	char *text = xasprintf("%s%s}", HUB_SHAPE("wav2vec2") HUB_CLASSIFIER
	                       SUM HUB_LABELS, members);
	struct hub_tensors t;

	hub_tensors(&t, text, ENCODER_HEAD_PROJECTOR, &spelling);
	hub_text("config.json", text);
	safetensors_write(HUB "/model.safetensors", t.source, t.count,
	                  &updates, trained);
	hub_tensors_release(&t);
	free(text);
}

static const struct { const char *members; bool untied; } sums[] = {
	{ ",'transformers_version':'4.30.2'", false },
	{ ",'transformers_version':'5.15.9'", false },
	{ ",'transformers_version':'5.16.0.dev0'", true },
	{ ",'transformers_version':'6.0'", true },
	{ ",'transformers_version':'10'", true },
	{ ",'tie_last_hidden_states':true", false },
	{ ",'tie_last_hidden_states':false", true },
	{ ",'tie_last_hidden_states':null,'transformers_version':'5.24.0'",
	  true },
	{ ",'tie_last_hidden_states':true,'transformers_version':'5.24.0'",
	  false },
};

static void
test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(sums); i++) {
		struct encoder_directory d;

		sum_make(sums[i].members, false);
		hub_opened(&d, ENCODER_USE_CLASSIFIER);
		assert_true(encoder_states_differ(&d.config));
		assert_int_equal(d.config.untied, sums[i].untied);
		encoder_directory_release(&d);
	}
	sum_make(",'tie_last_hidden_states':1", false);
	hub_refused(ENCODER_USE_CLASSIFIER,
	            "tie_last_hidden_states: want true or false");
}

/* Trained by a version of tunne that knew no other state than the tied one. */
static void
test_old(void **state)
{
	struct encoder_directory d;

	(void)state;
	sum_make(",'transformers_version':'5.24.0'", true);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_false(d.config.untied);
	encoder_directory_release(&d);
	sum_make(",'tie_last_hidden_states':false", true);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_true(d.config.untied);
	encoder_directory_release(&d);
}

/* What is written says so; a network without such a sum stays as it was. */
static void
test_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(sums); i++) {
		struct encoder_directory d;
		char *text;

		sum_make(sums[i].members, false);
		hub_opened(&d, ENCODER_USE_CLASSIFIER);
		text = encoder_config_text(&d.config, TYPE_F32, d.files.json,
		                           d.files.json_text, &d.config);
		has_text(text, sums[i].untied
		         ? "\"tie_last_hidden_states\": false"
		         : "\"tie_last_hidden_states\": true");
		free(text);
		text = encoder_config_text(&d.config, TYPE_F32, NULL, NULL,
		                           NULL);
		has_text(text, "\"tie_last_hidden_states\": ");
		free(text);
		d.config.layer_sum = false;
		text = encoder_config_text(&d.config, TYPE_F32, NULL, NULL,
		                           NULL);
		assert_null(strstr(text, "tie_last_hidden_states"));
		free(text);
		encoder_directory_release(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, hub_start,
		                                hub_finish),
		cmocka_unit_test_setup_teardown(test_old, hub_start,
		                                hub_finish),
		cmocka_unit_test_setup_teardown(test_write, hub_start,
		                                hub_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
