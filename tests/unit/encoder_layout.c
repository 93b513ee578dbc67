/* model/encoder_layout: the tensors of each family, their names and shapes. */
#include <stdio.h>
#include <string.h>

#include "encoder/layout.h"
#include "gradient.h"
#include "weights/json.h"

struct network {
	struct encoder_config config;
	struct encoder_weights weights;
	struct params params;
};

/* In a text here ' stands for ". */
static void
network_make(struct network *n, const char *text,
             enum encoder_head head, const struct encoder_spelling *spelling)
{
	char *copy = xstrdup(text), *reason;
	const char *why;
	struct json *j;

	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	j = json_parse(copy, strlen(copy), &why);
	assert_non_null(j);
	reason = encoder_config_read(&n->config, j);
	if (reason)
		fail_msg("%s", reason);
	assert_null(encoder_labels_read(&n->config, j));
	n->config.head = head;
	n->params = (struct params){ .param = NULL };
	encoder_layout(&n->params, &n->weights, &n->config, spelling);
	json_release(j);
	free(copy);
}

static void
network_release(struct network *n)
{
	params_release(&n->params);
	encoder_weights_release(&n->weights);
	encoder_config_release(&n->config);
}

/* Name and shape of each tensor, with blanks between them. */
static char *
network_print(const struct network *n)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	for (size_t i = 0; i < n->params.count; i++) {
		const struct param *t = &n->params.param[i];

		fprintf(fp, "%s", t->name);
		for (int d = 0; d < t->ndim; d++)
			fprintf(fp, "%c%zu", d ? 'x' : ' ', t->dim[d]);
		fputc('\n', fp);
	}
	fclose(fp);
	return text;
}

static void
lists(const char *config, enum encoder_head head,
      const struct encoder_spelling *spelling, const char *want)
{
	struct network n;
	char *have;

	network_make(&n, config, head, spelling);
	have = network_print(&n);
	assert_string_equal(have, want);
	free(have);
	network_release(&n);
}

#define LINEAR(name, out, in) \
	name ".weight " #out "x" #in "\n" name ".bias " #out "\n"
#define NORM(name, width) \
	name ".weight " #width "\n" name ".bias " #width "\n"
#define LAYER(p, gate) \
	LINEAR(p ".attention.q_proj", 8, 8) \
	LINEAR(p ".attention.k_proj", 8, 8) \
	LINEAR(p ".attention.v_proj", 8, 8) \
	LINEAR(p ".attention.out_proj", 8, 8) gate \
	NORM(p ".layer_norm", 8) \
	LINEAR(p ".feed_forward.intermediate_dense", 12, 8) \
	LINEAR(p ".feed_forward.output_dense", 8, 12) \
	NORM(p ".final_layer_norm", 8)

static const char tiny_group[] =
	"{'model_type':'wav2vec2','hidden_size':8,'num_hidden_layers':2,"
	"'num_attention_heads':2,'intermediate_size':12,'conv_dim':[5,6],"
	"'conv_kernel':[4,3],'conv_stride':[2,2],'num_conv_pos_embeddings':7,"
	"'num_conv_pos_embedding_groups':4,'use_weighted_layer_sum':true,"
	"'classifier_proj_size':9,'num_labels':3}";

static void
test_wav2vec2(void **state)
{
	const struct encoder_spelling spelling = { .mask = true };

	(void)state;
	lists(tiny_group, ENCODER_HEAD_PROJECTOR, &spelling,
	      "wav2vec2.feature_extractor.conv_layers.0.conv.weight 5x1x4\n"
	      NORM("wav2vec2.feature_extractor.conv_layers.0.layer_norm", 5)
	      "wav2vec2.feature_extractor.conv_layers.1.conv.weight 6x5x3\n"
	      NORM("wav2vec2.feature_projection.layer_norm", 6)
	      LINEAR("wav2vec2.feature_projection.projection", 8, 6)
	      "wav2vec2.masked_spec_embed 8\n"
	      "wav2vec2.encoder.pos_conv_embed.conv.bias 8\n"
	      "wav2vec2.encoder.pos_conv_embed.conv.weight_g 1x1x7\n"
	      "wav2vec2.encoder.pos_conv_embed.conv.weight_v 8x2x7\n"
	      NORM("wav2vec2.encoder.layer_norm", 8)
	      LAYER("wav2vec2.encoder.layers.0", "")
	      LAYER("wav2vec2.encoder.layers.1", "")
	      "layer_weights 3\n"
	      LINEAR("projector", 9, 8) LINEAR("classifier", 3, 9));
}

static void
test_hubert(void **state)
{
	const struct encoder_spelling spelling = {
		.prefix = "", .parametrized = true
	};

	(void)state;
	lists("{'model_type':'hubert','hidden_size':8,'num_hidden_layers':1,"
	      "'num_attention_heads':2,'intermediate_size':12,"
	      "'conv_dim':[5,6],'conv_kernel':[4,3],'conv_stride':[2,2],"
	      "'num_conv_pos_embeddings':6,'feat_extract_norm':'layer',"
	      "'num_conv_pos_embedding_groups':1,'conv_bias':true,"
	      "'feat_proj_layer_norm':false}", ENCODER_HEAD_NONE, &spelling,
	      "feature_extractor.conv_layers.0.conv.weight 5x1x4\n"
	      "feature_extractor.conv_layers.0.conv.bias 5\n"
	      NORM("feature_extractor.conv_layers.0.layer_norm", 5)
	      "feature_extractor.conv_layers.1.conv.weight 6x5x3\n"
	      "feature_extractor.conv_layers.1.conv.bias 6\n"
	      NORM("feature_extractor.conv_layers.1.layer_norm", 6)
	      LINEAR("feature_projection.projection", 8, 6)
	      "encoder.pos_conv_embed.conv.bias 8\n"
	      "encoder.pos_conv_embed.conv.parametrizations.weight.original0 "
	      "1x1x6\n"
	      "encoder.pos_conv_embed.conv.parametrizations.weight.original1 "
	      "8x8x6\n"
	      NORM("encoder.layer_norm", 8)
	      LAYER("encoder.layers.0", ""));
}

#define GATE(p) p ".attention.gru_rel_pos_const 1x2x1x1\n" \
	LINEAR(p ".attention.gru_rel_pos_linear", 8, 4)

static void
test_wavlm(void **state)
{
	const struct encoder_spelling spelling = { .output = true };
	const char *head = LINEAR("classifier.dense", 8, 8)
		LINEAR("classifier.output", 3, 8);
	struct network n;
	char *have;

	(void)state;
	network_make(&n, "{'model_type':'wavlm','hidden_size':8,"
	             "'num_hidden_layers':2,'num_attention_heads':2,"
	             "'intermediate_size':12,'num_buckets':16,"
	             "'num_conv_pos_embedding_groups':4,"
	             "'classifier_proj_size':8,'num_labels':3}",
	             ENCODER_HEAD_DENSE, &spelling);
	have = network_print(&n);
	assert_non_null(strstr(have, LAYER("wavlm.encoder.layers.0",
		GATE("wavlm.encoder.layers.0")
		"wavlm.encoder.layers.0.attention.rel_attn_embed.weight 16x2\n")
		LAYER("wavlm.encoder.layers.1",
		      GATE("wavlm.encoder.layers.1"))));
	assert_string_equal(have + strlen(have) - strlen(head), head);
	free(have);
	network_release(&n);
}

/* How many parameters the published models have. */
static const struct { const char *config; size_t parameters; } published[] = {
	{ "{'model_type':'wav2vec2'}", 94371712 },
	{ "{'model_type':'hubert'}", 94371712 },
	{ "{'model_type':'wavlm'}", 94381936 },
	{ "{'model_type':'wav2vec2','hidden_size':1024,"
	  "'num_hidden_layers':24,'num_attention_heads':16,"
	  "'intermediate_size':4096,'feat_extract_norm':'layer',"
	  "'conv_bias':true,'do_stable_layer_norm':true}", 315438720 },
};

static void
test_published(void **state)
{
	const struct encoder_spelling spelling = { .mask = true };

	(void)state;
	for (size_t i = 0; i < LEN(published); i++) {
		struct network n;

		network_make(&n, published[i].config, ENCODER_HEAD_NONE,
		             &spelling);
		assert_int_equal(n.params.length, published[i].parameters);
		network_release(&n);
	}
}

/* Every pointer that the shape has is bound, and no other. */
static void
test_bind(void **state)
{
	const struct encoder_spelling spelling = { .mask = false };
	struct network n;
	float *block;

	(void)state;
	network_make(&n, tiny_group, ENCODER_HEAD_PROJECTOR, &spelling);
	block = constant_floats(n.params.length, 0);
	params_bind(&n.params, block);
	assert_ptr_equal(n.weights.conv[0].conv.weight, block);
	assert_null(n.weights.conv[0].conv.bias);
	assert_null(n.weights.conv[1].norm.gain);
	assert_null(n.weights.mask);
	assert_null(n.weights.distance);
	assert_null(n.weights.layer[1].gate_scale);
	assert_non_null(n.weights.layer[1].norm.bias);
	assert_ptr_equal(n.weights.classifier.bias,
	                 block + n.params.length - 3);
	free(block);
	network_release(&n);
}

static void
spelt(const char *const *names, size_t count, enum encoder_family family,
      const struct encoder_spelling *want)
{
	struct safetensors_entry entry[4] = { { .name = NULL } };
	struct safetensors s = { .entry = entry, .entries = count };
	struct encoder_spelling have;

	for (size_t i = 0; i < count; i++)
		entry[i].name = (char *)(uintptr_t)names[i];
	encoder_spelling_read(&have, &s, family);
	assert_string_equal(have.prefix, want->prefix);
	assert_int_equal(have.parametrized, want->parametrized);
	assert_int_equal(have.mask, want->mask);
	assert_int_equal(have.output, want->output);
}

static void
test_spelling(void **state)
{
	static const char *const whole[] = {
		"hubert.feature_projection.projection.weight",
		"hubert.encoder.pos_conv_embed.conv.weight_g",
		"masked_spec_embed", "classifier.output.weight"
	};
	static const char *const bare[] = {
		"feature_projection.projection.weight", "masked_spec_embed",
		("encoder.pos_conv_embed.conv.parametrizations.weight."
		 "original0")
	};
	static const char *const whisper[] = { "model.encoder.conv1.weight" };

	(void)state;
	spelt(whole, LEN(whole), ENCODER_HUBERT,
	      &(struct encoder_spelling){
		.prefix = "hubert.", .output = true
	      });
	spelt(bare, LEN(bare), ENCODER_WAVLM,
	      &(struct encoder_spelling){
		.prefix = "", .parametrized = true, .mask = true
	      });
	spelt(NULL, 0, ENCODER_WAV2VEC2,
	      &(struct encoder_spelling){ .prefix = "wav2vec2." });
	spelt(whisper, LEN(whisper), ENCODER_WHISPER,
	      &(struct encoder_spelling){ .prefix = "model.encoder." });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "wav2vec 2.0 with a projector and a sum of layers",
		  test_wav2vec2, NULL, NULL, NULL },
		{ "HuBERT, bare, with layer norms and new names", test_hubert,
		  NULL, NULL, NULL },
		{ "WavLM has gates, and distances in its first layer",
		  test_wavlm, NULL, NULL, NULL },
		{ "the published models have as many parameters",
		  test_published, NULL, NULL, NULL },
		{ "pointers are bound where there is a tensor", test_bind,
		  NULL, NULL, NULL },
		{ "a file's spelling is told from its names", test_spelling,
		  NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
