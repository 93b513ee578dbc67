/* model/weight_map, model/directory: weights and state in several files. */
#include "hub.h"

/* Two files of the first n tensors and the others. */
static void
split(const struct hub_tensors *t, size_t n)
{
	unlink(HUB "/model.safetensors");
	safetensors_write(HUB "/one.safetensors", t->source, n, NULL, 0);
	safetensors_write(HUB "/two.safetensors", t->source + n, t->count - n,
	                  NULL, 0);
}

/*
 * The index of those, but that tensor `odd` has another file, or no entry
 * where file is NULL.
 */
static void
index_write(const struct hub_tensors *t, size_t n, size_t odd,
            const char *file)
{
	char *text = xstrdup("{'metadata':{'total_size':1},'weight_map':{");
	const char *comma = "";
	char *whole;

	for (size_t i = 0; i < t->count; i++) {
		const char *name = i == odd ? file
			: i < n ? "one.safetensors" : "two.safetensors";
		char *longer;

		if (!name)
			continue;
		longer = xasprintf("%s%s'%s':'%s'", text, comma,
		                   t->source[i].name, name);
		free(text);
		text = longer;
		comma = ",";
	}
	whole = xasprintf("%s}}", text);
	hub_text("model.safetensors.index.json", whole);
	free(whole);
	free(text);
}

static void
test_shards(void **state)
{
	struct hub_tensors *t = *state;
	struct encoder_directory d;

	split(t, 5);
	index_write(t, 5, SIZE_MAX, NULL);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_int_equal(d.files.weights.entries, t->count);
	for (size_t i = 0; i < t->count; i++) {
		const struct safetensors_entry *e =
			safetensors_find(&d.files.weights, t->source[i].name);

		assert_non_null(e);
		assert_memory_equal(e->data, t->source[i].data, e->size);
	}
	encoder_directory_release(&d);
}

static void
test_index_lies(void **state)
{
	static const struct { const char *file, *says; } lies[] = {
		{ "../one.safetensors", "want the name of a .safetensors" },
		{ "/etc/passwd", "want the name of a .safetensors" },
		{ ".safetensors", "want the name of a .safetensors" },
		{ "one.bin", "want the name of a .safetensors" },
		{ "", "want the name of a .safetensors" },
		{ "two.safetensors", "index says two.saf" },
		{ "three.safetensors", "index says three.saf" },
		{ NULL, "is not in the index" },
	};
	struct hub_tensors *t = *state;

	split(t, 5);
	for (size_t i = 0; i < LEN(lies); i++) {
		index_write(t, 5, 2, lies[i].file);
		hub_refused(ENCODER_USE_CLASSIFIER, lies[i].says);
	}
	index_write(t, 5, SIZE_MAX, NULL);
	unlink(HUB "/two.safetensors");
	hub_refused(ENCODER_USE_CLASSIFIER, "two.safetensors: No such file");
	hub_text("model.safetensors.index.json", "{'weight_map':{}}");
	hub_refused(ENCODER_USE_CLASSIFIER, "no weight_map");
	hub_text("model.safetensors.index.json", "{'weight_map':{'a':1}}");
	hub_refused(ENCODER_USE_CLASSIFIER, "tensor a: want the name");
	hub_text("model.safetensors.index.json", "{'weight_map':[]}");
	hub_refused(ENCODER_USE_CLASSIFIER, "no weight_map");
	hub_text("model.safetensors.index.json", "[");
	hub_refused(ENCODER_USE_CLASSIFIER, "index.json: not JSON");
}

/* A tensor in both files, and one in neither. */
static void
test_shards_disagree(void **state)
{
	struct hub_tensors *t = *state;

	split(t, 5);
	index_write(t, 5, SIZE_MAX, NULL);
	safetensors_write(HUB "/one.safetensors", t->source, 6, NULL, 0);
	hub_refused(ENCODER_USE_CLASSIFIER, "the index says two.safetensors");
	safetensors_write(HUB "/one.safetensors", t->source, 4, NULL, 0);
	hub_refused(ENCODER_USE_CLASSIFIER, "of the index, is not in it");
	split(t, 5);
	t->source[7].name = "stranger";
	index_write(t, 5, SIZE_MAX, NULL);
	split(t, 5);
	hub_refused(ENCODER_USE_CLASSIFIER, "index.json: tensor");
}

static void
test_training(void **state)
{
	struct hub_tensors *t = *state;
	struct safetensors_text stamp = { (char *)(uintptr_t)"stamp",
	                                  (char *)(uintptr_t)"one" };
	struct safetensors s;
	struct encoder_directory d;
	char *reason;

	safetensors_write(HUB "/training.safetensors", t->source, 1, &stamp,
	                  1);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_null(directory_training(&s, &d.files));
	assert_null(s.entry);
	safetensors_release(&s);
	encoder_directory_release(&d);

	safetensors_write(HUB "/model.safetensors", t->source, t->count,
	                  &stamp, 1);
	stamp.value = (char *)(uintptr_t)"two";
	safetensors_write(HUB "/training.next.safetensors", t->source, 2,
	                  &stamp, 1);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_null(directory_training(&s, &d.files));
	assert_int_equal(s.entries, 1);
	safetensors_release(&s);
	encoder_directory_release(&d);

	safetensors_write(HUB "/model.safetensors", t->source, t->count,
	                  &stamp, 1);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_null(directory_training(&s, &d.files));
	assert_int_equal(s.entries, 2);
	safetensors_release(&s);
	encoder_directory_release(&d);

	/* one that is cut does no harm beside the right one, alone it does */
	assert_int_equal(truncate(HUB "/training.safetensors", 9), 0);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_null(directory_training(&s, &d.files));
	assert_int_equal(s.entries, 2);
	safetensors_release(&s);
	assert_int_equal(remove(HUB "/training.next.safetensors"), 0);
	reason = directory_training(&s, &d.files);
	assert_non_null(strstr(reason, "training.safetensors: "));
	free(reason);
	safetensors_release(&s);
	encoder_directory_release(&d);
}

int
main(void)
{
	const struct { const char *title; void (*run)(void **); } tests[] = {
		{ "an index makes several files one", test_shards },
		{ "an index that lies is refused", test_index_lies },
		{ "files must hold what the index says", test_shards_disagree },
		{ "what training left is found by its stamp", test_training },
	};
	struct CMUnitTest unit[LEN(tests)] = { { .name = NULL } };

	for (size_t i = 0; i < LEN(tests); i++) {
		unit[i].name = tests[i].title;
		unit[i].test_func = tests[i].run;
		unit[i].setup_func = hub_start;
		unit[i].teardown_func = hub_finish;
	}
	return cmocka_run_group_tests(unit, NULL, NULL);
}
