/* model/directory: what is written can be read, whatever interrupts it. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/wait.h>

#include "hub.h"

/* Steps that change a directory until the process ends; none by default. */
static int steps_left = -1;

static void
step(void)
{
	if (steps_left == 0)
		_exit(9);
	steps_left -= steps_left > 0;
}

/* Calls of fsync until one finds the disk full. */
static int syncs_left = -1;

int
fsync(int fd)
{
	(void)fd;
	errno = ENOSPC;
	return syncs_left >= 0 && syncs_left-- == 0 ? -1 : 0;
}

/* In place of the library's: these are the steps. */
int
rename(const char *old, const char *new)
{
	step();
	return renameat(AT_FDCWD, old, AT_FDCWD, new);
}

int
unlink(const char *path)
{
	step();
	return unlinkat(AT_FDCWD, path, 0);
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

/* The directory's weights are these. */
static void
holds(const struct encoder_directory *d, const struct hub_tensors *t)
{
	assert_int_equal(d->files.weights.entries, t->count);
	for (size_t i = 0; i < t->count; i++) {
		const struct safetensors_entry *e =
			safetensors_find(&d->files.weights, t->source[i].name);

		assert_non_null(e);
		assert_memory_equal(e->data, t->source[i].data, e->size);
	}
}

static void
fresh_try(const char *config, enum encoder_head head)
{
	const struct encoder_spelling spelling = { .mask = true };
	struct hub_tensors t;
	struct encoder_contents c = { .config = &t.config,
	                                .params = &t.params };
	struct encoder_directory d;

	hub_remove();
	hub_tensors(&t, config, head, &spelling);
	t.config.normalize = true;
	encoder_directory_write(HUB, &c);
	hub_opened(&d, ENCODER_USE_ANY);
	holds(&d, &t);
	assert_int_equal(d.config.head, head);
	/* but for its labels a configuration has no pointers */
	for (size_t k = 0; k < d.config.labels; k++)
		assert_string_equal(d.config.label[k], t.config.label[k]);
	if (head == ENCODER_HEAD_NONE)
		assert_null(d.config.label);
	else
		assert_int_equal(d.config.labels, t.config.labels);
	assert_int_equal(d.config.normalize, true);
	assert_memory_equal(&d.config.convs, &t.config.convs,
	                    offsetof(struct encoder_config, buckets) -
	                            offsetof(struct encoder_config, convs));
	assert_int_equal(d.config.buckets, t.config.family == ENCODER_WAVLM
	                                           ? t.config.buckets
	                                           : 320);
	assert_int_equal(d.config.layer_sum, t.config.layer_sum);
	assert_int_equal(d.config.projector, head ? 9 : 256);
	assert_memory_equal(&d.config.dropout, &t.config.dropout,
	                    sizeof t.config -
	                            offsetof(struct encoder_config, dropout));
	encoder_directory_release(&d);
	hub_tensors_release(&t);
}

static void
test_fresh(void **state)
{
	char *text;

	(void)state;
	fresh_try(HUB_SHAPE("wavlm") HUB_LABELS "}", ENCODER_HEAD_PROJECTOR);
	fresh_try(HUB_SHAPE("hubert") ",'feat_proj_layer_norm':false,"
	          "'conv_bias':true,'feat_extract_norm':'layer',"
	          "'mask_feature_prob':0.3,'do_stable_layer_norm':true"
	          HUB_LABELS "}", ENCODER_HEAD_NONE);
	fresh_try(HUB_SHAPE("data2vec-audio") ",'conv_pos_kernel_size':7"
	          HUB_LABELS "}", ENCODER_HEAD_PROJECTOR);
	text = text_read("config.json");
	has_text(text, "\"conv_pos_kernel_size\": 7");
	has_text(text, "\"num_conv_pos_embeddings\": 4");
	free(text);
	fresh_try(HUB_SHAPE("hubert") ",'conv_pos_batch_norm':true" HUB_LABELS
	          "}", ENCODER_HEAD_PROJECTOR);
	fresh_try(HUB_SHAPE("unispeech-sat") HUB_LABELS "}",
	          ENCODER_HEAD_PROJECTOR);
	text = text_read("config.json");
	has_text(text, "\"model_type\": \"unispeech-sat\"");
	has_text(text, "[\"UniSpeechSatForSequenceClassification\"]");
	free(text);
	fresh_try(HUB_SHAPE("wav2vec2") ",'layerdrop':0,'hidden_dropout':0.12,"
	          "'use_weighted_layer_sum':true" HUB_LABELS "}",
	          ENCODER_HEAD_PROJECTOR);
	/* a float must look like one */
	text = text_read("config.json");
	has_text(text, "\"layer_norm_eps\": 1e-05,");
	has_text(text, "\"layerdrop\": 0.0,");
	has_text(text, "\"hidden_dropout\": 0.12,");
	has_text(text, "\"architectures\": "
	         "[\"Wav2Vec2ForSequenceClassification\"]");
	has_text(text, "\"label2id\": {\n    \"joy\": 0,\n    \"fear\": 1");
	has_text(text, "\"problem_type\": \"single_label_classification\"");
	assert_null(strstr(text, "num_labels"));
	free(text);
	text = text_read("preprocessor_config.json");
	has_text(text, "\"do_normalize\": true");
	has_text(text, "\"sampling_rate\": 16000");
	free(text);
}

/* What is not ours stays as it was written; what changes is changed. */
static void
test_keep(void **state)
{
	struct hub_tensors *t = *state;
	struct encoder_contents c = { .params = &t->params,
	                                .extras.type = TYPE_BF16 };
	struct encoder_config changed;
	struct encoder_directory d;
	char *kept, *text;

	kept = xasprintf("%s,'odd' : {'a':[1, 2.50, '],}\\''],\n 'b':{}} ,"
	                 "'dtype':'float32','z':0.0,'num_labels':7%s}",
	                 HUB_SHAPE("wav2vec2") HUB_CLASSIFIER, HUB_LABELS);
	hub_text("config.json", kept);
	free(kept);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	changed = d.config;
	changed.label = (char *[]){ d.config.label[2], d.config.label[1],
	                            d.config.label[0] };
	changed.regression = true;
	c.config = &changed;
	c.from = &d;
	encoder_directory_write(HUB, &c);
	encoder_directory_release(&d);

	text = text_read("config.json");
	has_text(text, "\"odd\": {\"a\":[1, 2.50, \"],}\\\"\"],\n \"b\":{}},");
	has_text(text, "\n  \"z\": 0.0,\n");
	has_text(text, "\"dtype\": \"bfloat16\"");
	has_text(text, "\"problem_type\": \"regression\"");
	assert_null(strstr(text, "num_labels"));
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_string_equal(d.config.label[0], "calm");
	assert_true(d.config.regression);
	assert_int_equal(d.files.weights.entry[0].type, TYPE_BF16);
	c.from = &d;
	c.config = &d.config;
	encoder_directory_write(HUB, &c);
	kept = text_read("config.json");
	assert_string_equal(text, kept);
	free(kept);
	kept = text_read("preprocessor_config.json");
	has_text(kept, "\"do_normalize\": false");
	free(kept);
	free(text);
	encoder_directory_release(&d);
}

static void
test_metadata(void **state)
{
	struct hub_tensors *t = *state;
	struct safetensors_text first[] = {
		{ (char *)(uintptr_t)"updates", (char *)(uintptr_t)"1" },
		{ (char *)(uintptr_t)"history", (char *)(uintptr_t)"a" }
	}, second = { (char *)(uintptr_t)"updates", (char *)(uintptr_t)"2" };
	struct encoder_contents c = {
		.config = &t->config, .params = &t->params,
		.extras.metadata = first, .extras.metadata_count = 2,
		.extras.training = t->source, .extras.trainings = 1
	};
	struct safetensors training;
	struct encoder_directory d;

	encoder_directory_write(HUB, &c);
	hub_opened(&d, ENCODER_USE_ANY);
	assert_string_equal(safetensors_metadata(&d.files.weights, "format"),
	                    "pt");
	assert_null(directory_training(&training, &d.files));
	safetensors_release(&training);
	c.from = &d;
	c.extras.metadata = &second;
	c.extras.metadata_count = 1;
	c.extras.trainings = 0;
	encoder_directory_write(HUB, &c);
	encoder_directory_release(&d);
	hub_opened(&d, ENCODER_USE_ANY);
	assert_string_equal(safetensors_metadata(&d.files.weights, "updates"),
	                    "2");
	assert_string_equal(safetensors_metadata(&d.files.weights, "history"),
	                    "a");
	assert_null(safetensors_metadata(&d.files.weights, "stamp"));
	assert_null(directory_training(&training, &d.files));
	assert_null(training.entry);
	assert_int_equal(access(HUB "/training.safetensors", F_OK), -1);
	encoder_directory_release(&d);
}

/* Writes c in a process that ends before step n; true: it was enough. */
static bool
interrupted(const struct encoder_contents *c, int n)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		steps_left = n;
		encoder_directory_write(HUB, c);
		_exit(0);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9);
	return WEXITSTATUS(status) == 0;
}

/* The state of training, here just the first tensor, is of these weights. */
static void
belongs(const struct safetensors *training, const struct encoder_directory *d,
        const struct hub_tensors *t)
{
	const char *name = t->source[0].name;

	assert_memory_equal(safetensors_find(training, name)->data,
	                    safetensors_find(&d->files.weights, name)->data, 4);
}

/* Old or new, with the state of its own training, or no model at all. */
static void
whole(const struct hub_tensors *old, const struct hub_tensors *new)
{
	struct encoder_directory d;
	struct safetensors training;
	const char *why =
		encoder_directory_open(&d, HUB, ENCODER_USE_CLASSIFIER);

	if (why) {
		has_text(why, "/model.safetensors: No such file");
	} else {
		bool is_old = strcmp(d.config.label[0],
		                     old->config.label[0]) == 0;

		holds(&d, is_old && strcmp(d.config.label[0],
		                           new->config.label[0]) ? old : new);
		assert_null(directory_training(&training, &d.files));
		belongs(&training, &d, old);
		safetensors_release(&training);
	}
	encoder_directory_release(&d);
}

/* Another model over the old one, interrupted at each step, then not. */
static void
test_interrupted(void **state)
{
	static const struct encoder_spelling spelling = { .mask = true };
	struct hub_tensors *old = *state, new;
	struct encoder_contents before = {
		.config = &old->config, .params = &old->params,
		.extras.training = old->source, .extras.trainings = 1
	}, after = {
		.config = &new.config, .params = &new.params,
		.extras.trainings = 1
	};
	int n = 0;

	hub_tensors(&new, HUB_SHAPE("wav2vec2") ",'id2label':{'0':'x',"
	            "'1':'y','2':'z'}}", ENCODER_HEAD_PROJECTOR, &spelling);
	for (size_t i = 0; i < new.params.length; i++)
		new.block[i] += 1;
	after.extras.training = new.source;
	do {
		encoder_directory_write(HUB, &before);
		whole(old, old);
	} while (!interrupted(&after, n++) && (whole(old, &new), true));
	assert_true(n > 7);
	whole(&new, &new);
	hub_tensors_release(&new);
}

/*
 * Another model where the disk is full: the old one stands, to the last, and
 * nothing is left beside it.
 */
static void
test_full(void **state)
{
	struct hub_tensors *t = *state;
	struct encoder_contents c = {
		.config = &t->config, .params = &t->params,
		.extras.training = t->source, .extras.trainings = 1
	};
	glob_t left;
	int status = 1, n = 0;

	encoder_directory_write(HUB, &c);
	t->config.label[0][0] ^= 1;
	for (; status != 0; n++) {
		struct encoder_directory d;
		pid_t child = fork();

		if (child == 0) {
			fclose(stderr);
			syncs_left = n;
			encoder_directory_write(HUB, &c);
			_exit(0);
		}
		waitpid(child, &status, 0);
		hub_opened(&d, ENCODER_USE_CLASSIFIER);
		holds(&d, t);
		assert_int_equal(strcmp(d.config.label[0],
		                        t->config.label[0]) == 0,
		                 status == 0);
		encoder_directory_release(&d);
		assert_int_equal(glob(HUB "/*.tmp-tunne", 0, NULL, &left),
		                 GLOB_NOMATCH);
	}
	assert_true(n > 4); /* two of tensors, two of texts */
	t->config.label[0][0] ^= 1;
}

/* The same model after an update, twice interrupted: never none. */
static void
test_checkpoints(void **state)
{
	struct hub_tensors *t = *state;
	struct encoder_contents c = {
		.config = &t->config, .params = &t->params,
		.extras.training = t->source, .extras.trainings = 1
	};

	for (int first = 0; first < 6; first++)
		for (int second = 0; second < 6; second++) {
			struct safetensors training;
			struct encoder_directory d;

			encoder_directory_write(HUB, &c);
			t->block[0] += 1;
			interrupted(&c, first);
			t->block[0] += 1;
			interrupted(&c, second);
			hub_opened(&d, ENCODER_USE_CLASSIFIER);
			assert_null(directory_training(&training, &d.files));
			belongs(&training, &d, t);
			safetensors_release(&training);
			encoder_directory_release(&d);
		}
}

int
main(void)
{
	const struct { const char *title; void (*run)(void **); } tests[] = {
		{ "what is written fresh is read the same", test_fresh },
		{ "what is not ours stays as it was", test_keep },
		{ "metadata are kept, and a key is replaced", test_metadata },
		{ "an interruption leaves the old, the new or none",
		  test_interrupted },
		{ "a full disk leaves the old", test_full },
		{ "interruptions of training lose at most a step",
		  test_checkpoints },
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
