/* model/directory: a model directory of Hugging Face, opened and refused. */
#include "core/die.h"
#include "hub.h"

static void
test_open(void **state)
{
	struct hub_tensors *t = *state;
	struct encoder_directory d;
	struct encoder_weights w;
	struct params p = { .param = NULL };
	float *owned;

	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_int_equal(d.config.head, ENCODER_HEAD_PROJECTOR);
	assert_int_equal(d.config.labels, 3);
	assert_string_equal(d.config.label[0], "joy");
	assert_string_equal(d.config.label[2], "calm");
	assert_false(d.config.regression);
	assert_false(d.config.normalize);
	assert_true(d.config.attention_mask);
	assert_int_equal(d.config.projector, 9);
	assert_true(d.spelling.mask);
	assert_string_equal(d.spelling.prefix, "wav2vec2.");
	encoder_layout(&p, &w, &d.config, &d.spelling);
	assert_null(params_map(&p, &d.files.weights, &owned));
	assert_memory_equal(w.classifier.weight, t->weights.classifier.weight,
	                    27 * sizeof(float));
	assert_null(owned);
	params_release(&p);
	encoder_weights_release(&w);
	encoder_directory_release(&d);
}

static void
test_defaults(void **state)
{
	struct encoder_config c;
	const char *why;
	struct json *j = json_parse("{\"model_type\":\"hubert\"}", 23, &why);

	(void)state;
	assert_null(encoder_config_read(&c, j));
	assert_int_equal(c.convs, 7);
	assert_int_equal(c.conv_taps[0], 10);
	assert_int_equal(c.conv_stride[6], 2);
	assert_int_equal(c.inner, 3072);
	assert_int_equal(c.time_mask.least, 2);
	assert_true(c.projection_norm && c.augment && !c.conv_bias);
	assert_true(c.time_mask.share == 0.05f && c.layer_drop == 0.1f);
	assert_true(c.epsilon == 1e-5f);
	assert_null(encoder_labels_read(&c, j));
	assert_int_equal(c.labels, 2);
	assert_string_equal(c.label[1], "LABEL_1");
	assert_int_equal(encoder_rows(&c, 399), 0);
	assert_int_equal(encoder_rows(&c, 400), 1);
	assert_int_equal(encoder_rows(&c, 16000), 49);
	assert_int_equal(encoder_rows(&c, 320000), 999);
	encoder_config_release(&c);
	json_release(j);
}

/* A member of config.json, added to a good one, and what is said of it. */
static const struct { const char *member, *says; } lies[] = {
	{ "'hidden_act':'relu'", "hidden_act \"relu\" is not supported" },
	{ "'feat_extract_activation':'selu'", "feat_extract_activation" },
	{ "'feat_extract_norm':'batch'", "only group and layer" },
	{ "'feat_extract_norm':3", "feat_extract_norm" },
	{ "'add_adapter':true", "add_adapter" },
	{ "'adapter_attn_dim':16", "adapter_attn_dim" },
	{ "'do_stable_layer_norm':1", "want true or false" },
	{ "'layer_norm_eps':0", "layer_norm_eps" },
	{ "'layer_norm_eps':-1e-5", "layer_norm_eps" },
	{ "'hidden_dropout':1", "hidden_dropout" },
	{ "'layerdrop':'0.1'", "layerdrop" },
	{ "'mask_time_prob':1.5", "mask_time_prob" },
	{ "'mask_time_length':0", "mask_time_length" },
	{ "'mask_feature_min_masks':-1", "mask_feature_min_masks" },
	{ "'problem_type':'multi_label_classification'",
	  "multi_label_classification" },
	{ "'conv_bias':true", "conv.bias [5] is missing" },
	{ "'use_weighted_layer_sum':true", "layer_weights [3] is missing" },
};

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(lies); i++) {
		char *text = xasprintf("%s%s,%s}", HUB_SHAPE("wav2vec2")
		                       HUB_CLASSIFIER, HUB_LABELS,
		                       lies[i].member);

		hub_text("config.json", text);
		hub_refused(ENCODER_USE_CLASSIFIER, lies[i].says);
		free(text);
	}
}

/* Members of config.json that are null have their defaults. */
static void
test_null(void **state)
{
	static const char *const keys[] = {
		"hidden_act", "feat_extract_activation", "add_adapter",
		"adapter_attn_dim", "conv_pos_batch_norm", "conv_bias",
		"do_stable_layer_norm", "layer_norm_eps", "layerdrop",
		"hidden_dropout", "mask_time_prob", "mask_time_length",
		"use_weighted_layer_sum", "feat_extract_norm", "problem_type",
		"pooling_mode", "num_labels", "tie_last_hidden_states",
		"transformers_version", "apply_spec_augment"
	};
	struct encoder_directory d;
	char *text = xasprintf("%s%s", HUB_SHAPE("wav2vec2")
	                       HUB_CLASSIFIER, HUB_LABELS), *longer;

	(void)state;
	for (size_t i = 0; i < LEN(keys); i++) {
		longer = xasprintf("%s,'%s':null", text, keys[i]);
		free(text);
		text = longer;
	}
	longer = xasprintf("%s}", text);
	hub_text("config.json", longer);
	free(longer);
	free(text);
	hub_text("preprocessor_config.json", "{'do_normalize':null,"
	         "'feature_extractor_type':null,'sampling_rate':null,"
	         "'feature_size':null,'return_attention_mask':null}");
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_true(d.config.normalize && d.config.augment);
	assert_true(d.config.epsilon == 1e-5f);
	encoder_directory_release(&d);
}

/* A member of the good one, another value, and what is said of it. */
static const struct { const char *from, *to, *says; } changes[] = {
	{ "'wav2vec2'", "'sew'", "only wav2vec2, hubert, wavlm, unispeech" },
	{ "'wav2vec2'", "3", "model_type" },
	{ "'hidden_size':8", "'hidden_size':9", "not a multiple of" },
	{ "'hidden_size':8", "'hidden_size':10", "want [10" },
	{ "'hidden_size':8", "'hidden_size':16384", "1..8192" },
	{ "'hidden_size':8", "'hidden_size':1e300", "1..8192" },
	{ "'hidden_size':8", "'hidden_size':8.5", "1..8192" },
	{ "'num_hidden_layers':2", "'num_hidden_layers':129", "1..128" },
	{ "'num_hidden_layers':2", "'num_hidden_layers':3",
	  "layers.2.attention.q_proj.weight [8,8] is missing" },
	{ "'num_hidden_layers':2", "'num_hidden_layers':1",
	  "layers.1.attention.k_proj.bias has no place" },
	{ "'num_attention_heads':2", "'num_attention_heads':3", "multiple" },
	{ "'num_attention_heads':2", "'num_attention_heads':0", "1..1024" },
	{ "groups':2", "groups':3", "num_conv_pos_embedding_groups 3" },
	{ "'conv_dim':[5,6]", "'conv_dim':[]", "conv_dim" },
	{ "'conv_dim':[5,6]", "'conv_dim':{'a':5,'b':6}", "conv_dim" },
	{ "'conv_dim':[5,6]", "'conv_dim':[5,6,7]", "conv_kernel" },
	{ "'conv_dim':[5,6]", "'conv_dim':[5,9000]", "1..8192" },
	{ "'conv_stride':[2,2]", "'conv_stride':[2]", "conv_stride" },
	{ "'conv_stride':[2,2]", "'conv_stride':[2,0]", "conv_stride" },
	{ "'conv_kernel':[4,3]", "'conv_kernel':[4,null]", "conv_kernel" },
	{ "'conv_kernel':[4,3]", "'conv_kernel':[4,4]", "want [6,5,4]" },
	{ "ForSequence", "ForAudioFrame",
	  "Wav2Vec2ForAudioFrameClassification is not supported" },
	{ "Wav2Vec2ForSequence", "HubertForSequence", "is not supported" },
	{ "'1':'fear'", "'1':'joy'", "two classes joy" },
	{ "'1':'fear'", "'3':'fear'", "each of 0..2 once" },
	{ "'1':'fear'", "'x':'fear'", "each of 0..2 once" },
	{ "'1':'fear'", "'01':'fear','1':'z'", "each of 0..3 once" },
	{ "'1':'fear'", "'1':''", "want a name" },
	{ "'1':'fear'", "'1':7", "not a text" },
	{ "'1':'fear'", "'1':'a\\tb'", "a tab" },
	{ "'1':'fear'", "'1':'a\\nb'", "a tab, a newline" },
	{ "'1':'fear'", "'1':'a\xc2\x9b'", "a tab, a newline" },
	{ "'2':'calm'", "'2':'calm','3':'odd'", "want [4,9]" },
	{ "{'0':'joy','1':'fear','2':'calm'}", "{}", "1..1024" },
	{ "{'0':'joy','1':'fear','2':'calm'}", "['joy']", "id2label" },
	{ "{'0':'joy','1':'fear','2':'calm'}", "null,'num_labels':0",
	  "num_labels" },
	{ "{'0':'joy','1':'fear','2':'calm'}", "null", "want [2,9]" },
	{ HUB_CONFIG, "", "config.json" },
	{ HUB_CONFIG, "[]", "not an object" },
	{ HUB_CONFIG, "{}", "model_type \"(none)\"" },
	{ "'model_type'", "'model_type':'wav2vec2','model_type'", "twice" },
};

/* config.json with the first `from` replaced. */
static void
config_change(const char *from, const char *to)
{
	static const char good[] = HUB_CONFIG;
	const char *at = strstr(good, from);
	char *text;

	assert_non_null(at);
	text = xasprintf("%.*s%s%s", (int)(at - good), good, to,
	                 at + strlen(from));
	hub_text("config.json", text);
	free(text);
}

static void
test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(changes); i++) {
		config_change(changes[i].from, changes[i].to);
		hub_refused(ENCODER_USE_CLASSIFIER, changes[i].says);
	}
}

static void
test_preprocessor(void **state)
{
	struct encoder_directory d;

	(void)state;
	hub_text("preprocessor_config.json", "{'sampling_rate':8000}");
	hub_refused(ENCODER_USE_CLASSIFIER, "only 16000 Hz");
	hub_text("preprocessor_config.json", "{'feature_size':80}");
	hub_refused(ENCODER_USE_CLASSIFIER, "feature_size");
	hub_text("preprocessor_config.json", "{'do_normalize':'no'}");
	hub_refused(ENCODER_USE_CLASSIFIER,
	            "preprocessor_config.json: do_normalize");
	hub_text("preprocessor_config.json",
	         "{'feature_extractor_type':'SeamlessM4TFeatureExtractor'}");
	hub_refused(ENCODER_USE_CLASSIFIER, "only Wav2Vec2FeatureExtractor");
	hub_text("preprocessor_config.json", "{");
	hub_refused(ENCODER_USE_CLASSIFIER,
	            "preprocessor_config.json: not JSON");
	hub_text("preprocessor_config.json", "{}");
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_true(d.config.normalize);
	encoder_directory_release(&d);
	unlink(HUB "/preprocessor_config.json");
	program_set_verbosity(-1);
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	program_set_verbosity(0);
	assert_true(d.config.normalize);
	encoder_directory_release(&d);
}

static void
test_missing(void **state)
{
	(void)state;
	unlink(HUB "/model.safetensors");
	hub_refused(ENCODER_USE_CLASSIFIER, "/model.safetensors: No such file");
	hub_text("flax_model.msgpack", "x");
	hub_refused(ENCODER_USE_CLASSIFIER, "has only flax_model.msgpack, wei");
	hub_text("tf_model.h5", "x");
	hub_refused(ENCODER_USE_CLASSIFIER, "has only tf_model.h5, weights");
	hub_text("pytorch_model.bin.index.json", "x");
	hub_refused(ENCODER_USE_CLASSIFIER, "glob.glob('pytorch_model-*.bin')");
	hub_text("pytorch_model.bin", "x");
	hub_refused(ENCODER_USE_CLASSIFIER, "s.save_file({k: v.clone()");
	hub_text("adapter_model.safetensors", "x");
	hub_refused(ENCODER_USE_CLASSIFIER, "a PEFT adapter, not a whole");
	hub_text("adapter_config.json", "{}");
	unlink(HUB "/config.json");
	hub_refused(ENCODER_USE_ANY, "has only adapter_config.json, a PEFT");
	unlink(HUB "/adapter_config.json");
	unlink(HUB "/adapter_model.safetensors");
	hub_refused(ENCODER_USE_ANY, "/config.json: No such file");
	assert_int_equal(mkfifo(HUB "/config.json", 0666), 0);
	hub_refused(ENCODER_USE_ANY, "not a regular file");
}

static void
test_pointer(void **state)
{
	static const char pointer[] =
		"version https://git-lfs.github.com/spec/v1\n"
		"oid sha256:0\nsize 1\n";
	static const char *const files[] = {
		"config.json", "preprocessor_config.json",
		"processor_config.json",
		"model-00001-of-00001.safetensors", "model.safetensors"
	};

	(void)state;
	hub_text("model.safetensors.index.json",
	         "{'weight_map':{'a':'model-00001-of-00001.safetensors'}}");
	for (size_t i = LEN(files); i-- > 0;) {
		char *want = xasprintf("%s: a pointer of Git LFS, not yet the "
		                       "file itself (run: git lfs pull)",
		                       files[i]);

		hub_text(files[i], pointer);
		hub_refused(ENCODER_USE_CLASSIFIER, want);
		if (i > 2)
			unlink(HUB "/model.safetensors");
		free(want);
	}
}

static void
test_regression(void **state)
{
	struct encoder_directory d;

	(void)state;
	config_change("'0':'joy','1':'fear','2':'calm'",
	              "'2':'Valence','1':'dominance','0':'arousal'");
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_true(d.config.regression);
	assert_string_equal(d.config.label[2], "Valence");
	encoder_directory_release(&d);
	config_change("'id2label'", "'problem_type':'regression','id2label'");
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_true(d.config.regression);
	encoder_directory_release(&d);
}

/* A dense head, spelt in either way; its width is its own. */
static void
dense_try(bool output)
{
	const struct encoder_spelling spelling = { .output = output };
	struct hub_tensors t;
	struct encoder_directory d;

	hub_tensors(&t, HUB_CONFIG, ENCODER_HEAD_DENSE, &spelling);
	safetensors_write(HUB "/model.safetensors", t.source, t.count, NULL,
	                  0);
	config_change("Wav2Vec2ForSequence", "Wav2Vec2ForSpeech");
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_int_equal(d.config.head, ENCODER_HEAD_DENSE);
	assert_int_equal(d.config.projector, 9);
	assert_int_equal(d.spelling.output, output);
	encoder_directory_release(&d);
	config_change("Wav2Vec2ForSequenceClassification", "EmotionModel");
	hub_opened(&d, ENCODER_USE_CLASSIFIER);
	assert_int_equal(d.config.head, ENCODER_HEAD_DENSE);
	encoder_directory_release(&d);
	config_change("'id2label'", "'pooling_mode':'max','id2label'");
	hub_refused(ENCODER_USE_CLASSIFIER, "pooling_mode \"max\"");
	hub_tensors_release(&t);
}

static void
test_dense(void **state)
{
	(void)state;
	dense_try(false);
	dense_try(true);
}

/* What pre-training and CTC leave beside a head is not read. */
static void
test_left(void **state)
{
	static const char *const names[] = {
		"quantizer.codevectors", "project_q.bias", "project_hid.bias",
		"lm_head.weight", "ctc_proj.bias", "speaker_proj.bias",
		"label_embeddings_concat"
	};
	struct hub_tensors *t = *state;
	struct encoder_directory d;

	for (size_t i = 0; i < LEN(names); i++) {
		t->source[t->count] = t->source[0];
		t->source[t->count].name = names[i];
		safetensors_write(HUB "/model.safetensors", t->source,
		                  t->count + 1, NULL, 0);
		hub_opened(&d, ENCODER_USE_CLASSIFIER);
		encoder_directory_release(&d);
	}
	t->source[t->count].name = "tdnn.0.weight";
	safetensors_write(HUB "/model.safetensors", t->source, t->count + 1,
	                  NULL, 0);
	hub_refused(ENCODER_USE_CLASSIFIER, "tdnn.0.weight has no place");
}

/* What pre-training and CTC leave behind is known; else nothing is. */
static void
test_encoder(void **state)
{
	const struct encoder_spelling spelling = { .prefix = NULL };
	struct hub_tensors t;
	struct encoder_directory d;

	(void)state;
	hub_opened(&d, ENCODER_USE_ENCODER);
	assert_int_equal(d.config.head, ENCODER_HEAD_NONE);
	encoder_directory_release(&d);

	hub_tensors(&t, HUB_CONFIG, ENCODER_HEAD_NONE, &spelling);
	config_change("SequenceClassification", "CTC");
	t.source[t.count] = t.source[0];
	t.source[t.count].name = "lm_head.weight";
	safetensors_write(HUB "/model.safetensors", t.source, t.count + 1,
	                  NULL, 0);
	hub_opened(&d, ENCODER_USE_ENCODER);
	encoder_directory_release(&d);
	hub_opened(&d, ENCODER_USE_ANY);
	encoder_directory_release(&d);
	hub_refused(ENCODER_USE_CLASSIFIER, "has no head with classes");
	t.source[t.count].name = "tdnn.0.weight";
	safetensors_write(HUB "/model.safetensors", t.source, t.count + 1,
	                  NULL, 0);
	hub_refused(ENCODER_USE_ENCODER,
	            "model.safetensors: tensor tdnn.0.weight has no place");
	config_change("ForSequenceClassification", "Model");
	hub_refused(ENCODER_USE_CLASSIFIER, "has no head with classes");
	hub_tensors_release(&t);
}

int
main(void)
{
	const struct { const char *title; void (*run)(void **); } tests[] = {
		{ "a classifier is opened as it is", test_open },
		{ "what config.json leaves out is as in transformers",
		  test_defaults },
		{ "what a member of config.json may not say", test_lies },
		{ "what its members may not become", test_changes },
		{ "null is as if a member were missing", test_null },
		{ "the preprocessor is checked, and may be absent",
		  test_preprocessor },
		{ "a missing file is named", test_missing },
		{ "a pointer of Git LFS is known", test_pointer },
		{ "dimensions are told by the problem or by their names",
		  test_regression },
		{ "a dense head is told by its tensors", test_dense },
		{ "tensors of pre-training may be beside a head", test_left },
		{ "an encoder is all of a model but its head", test_encoder },
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
