#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "encoder/config.h"
#include "weights/json.h"

const char *const encoder_pooling_names[] = {
	"mean", "statistics", "attention", NULL
};

enum {
	REACH_MAX = 1000000,      /* samples that one row may depend on */
	WHISPER_WINDOW = 400, WHISPER_HOP = 160
};

/* model_type, and how the names of the classes start. */
static const struct { const char *type, *class; } families[] = {
	[ENCODER_WAV2VEC2] = { "wav2vec2", "Wav2Vec2" },
	[ENCODER_HUBERT] = { "hubert", "Hubert" },
	[ENCODER_WAVLM] = { "wavlm", "WavLM" },
	[ENCODER_UNISPEECH] = { "unispeech", "UniSpeech" },
	[ENCODER_UNISPEECH_SAT] = { "unispeech-sat", "UniSpeechSat" },
	[ENCODER_DATA2VEC] = { "data2vec-audio", "Data2VecAudio" },
	[ENCODER_WHISPER] = { "whisper", "Whisper" },
};

enum { FAMILIES = sizeof families / sizeof families[0] };

/* The members of an object; why is the first error. */
struct fields {
	const struct json *object;
	char *why;
};

struct count_field {
	const char *key;
	size_t place, standard, min, max;
};

struct real_field {
	const char *key;
	size_t place;
	double standard, min, max;
};

struct truth_field {
	const char *key;
	size_t place;
	bool standard;
};

/* Defaults are those of transformers. */
static const struct count_field wav2vec2_counts[] = {
	{ "hidden_size", offsetof(struct encoder_config, width), 768, 1, 8192 },
	{ "num_hidden_layers",
	  offsetof(struct encoder_config, layers), 12, 1, 128 },
	{ "num_attention_heads",
	  offsetof(struct encoder_config, heads), 12, 1, 1024 },
	{ "intermediate_size",
	  offsetof(struct encoder_config, inner), 3072, 1, 65536 },
	{ "num_conv_pos_embeddings",
	  offsetof(struct encoder_config, position_taps), 128, 1, 1024 },
	{ "num_conv_pos_embedding_groups",
	  offsetof(struct encoder_config, position_groups), 16, 1, 8192 },
	{ "num_buckets",
	  offsetof(struct encoder_config, buckets), 320, 4, 65536 },
	{ "max_bucket_distance",
	  offsetof(struct encoder_config, distance), 800, 2, 1000000 },
};

static const struct real_field wav2vec2_reals[] = {
	{ "layer_norm_eps",
	  offsetof(struct encoder_config, epsilon), 1e-5, 1e-12, 0.1 },
	{ "hidden_dropout",
	  offsetof(struct encoder_config, dropout), 0.1, 0, 0.99 },
	{ "attention_dropout",
	  offsetof(struct encoder_config, attention_dropout), 0.1, 0, 0.99 },
	{ "activation_dropout",
	  offsetof(struct encoder_config, activation_dropout), 0.1, 0, 0.99 },
	{ "feat_proj_dropout",
	  offsetof(struct encoder_config, projection_dropout), 0, 0, 0.99 },
	{ "final_dropout",
	  offsetof(struct encoder_config, head_dropout), 0.1, 0, 0.99 },
	{ "layerdrop",
	  offsetof(struct encoder_config, layer_drop), 0.1, 0, 0.99 },
};

static const struct truth_field wav2vec2_truths[] = {
	{ "conv_bias", offsetof(struct encoder_config, conv_bias), false },
	{ "do_stable_layer_norm",
	  offsetof(struct encoder_config, stable), false },
};

static const struct count_field whisper_counts[] = {
	{ "d_model", offsetof(struct encoder_config, width), 384, 1, 8192 },
	{ "encoder_layers",
	  offsetof(struct encoder_config, layers), 4, 1, 128 },
	{ "encoder_attention_heads",
	  offsetof(struct encoder_config, heads), 6, 1, 1024 },
	{ "encoder_ffn_dim",
	  offsetof(struct encoder_config, inner), 1536, 1, 65536 },
	{ "num_mel_bins",
	  offsetof(struct encoder_config, inputs), 80, 1, 512 },
	{ "max_source_positions",
	  offsetof(struct encoder_config, positions), 1500, 1, 90000 },
};

static const struct real_field whisper_reals[] = {
	{ "dropout", offsetof(struct encoder_config, dropout), 0, 0, 0.99 },
	{ "attention_dropout",
	  offsetof(struct encoder_config, attention_dropout), 0, 0, 0.99 },
	{ "activation_dropout",
	  offsetof(struct encoder_config, activation_dropout), 0, 0, 0.99 },
	{ "encoder_layerdrop",
	  offsetof(struct encoder_config, layer_drop), 0, 0, 0.99 },
};

/* Those of every family. */
static const struct count_field counts[] = {
	{ "classifier_proj_size",
	  offsetof(struct encoder_config, projector), 256, 1, 8192 },
	{ "mask_time_length",
	  offsetof(struct encoder_config, time_mask.length), 10, 1, 1000000 },
	{ "mask_time_min_masks",
	  offsetof(struct encoder_config, time_mask.least), 2, 0, 1000000 },
	{ "mask_feature_length",
	  offsetof(struct encoder_config, feature_mask.length),
	  10, 1, 1000000 },
	{ "mask_feature_min_masks",
	  offsetof(struct encoder_config, feature_mask.least), 0, 0, 1000000 },
};

static const struct real_field reals[] = {
	{ "mask_time_prob",
	  offsetof(struct encoder_config, time_mask.share), 0.05, 0, 1 },
	{ "mask_feature_prob",
	  offsetof(struct encoder_config, feature_mask.share), 0, 0, 1 },
};

enum {
	WAV2VEC2_COUNTS = sizeof wav2vec2_counts / sizeof wav2vec2_counts[0],
	WAV2VEC2_REALS = sizeof wav2vec2_reals / sizeof wav2vec2_reals[0],
	WAV2VEC2_TRUTHS = sizeof wav2vec2_truths / sizeof wav2vec2_truths[0],
	WHISPER_COUNTS = sizeof whisper_counts / sizeof whisper_counts[0],
	WHISPER_REALS = sizeof whisper_reals / sizeof whisper_reals[0],
	COUNTS = sizeof counts / sizeof counts[0],
	REALS = sizeof reals / sizeof reals[0]
};

static void
refuse(struct fields *f, char *why)
{
	if (f->why)
		free(why);
	else
		f->why = why;
}

static size_t
count_read(struct fields *f, const char *key, size_t standard, size_t min,
           size_t max)
{
	const struct json *j = json_given(f->object, key);
	size_t n = standard;

	if (j && (!json_count(j, &n) || n < min || n > max))
		refuse(f, xasprintf("%s: want a whole number in %zu..%zu",
		                    key, min, max));
	return n;
}

static float
real_read(struct fields *f, const struct real_field *field)
{
	const struct json *j = json_given(f->object, field->key);
	double x = field->standard;

	if (j && (!json_real(j, &x) || x < field->min || x > field->max))
		refuse(f, xasprintf("%s: want a number in %g..%g", field->key,
		                    field->min, field->max));
	return (float)x;
}

static bool
truth_read(struct fields *f, const char *key, bool standard)
{
	const struct json *j = json_given(f->object, key);
	bool truth = standard;

	if (j && !json_truth(j, &truth))
		refuse(f, xasprintf("%s: want true or false", key));
	return truth;
}

static void
counts_read(struct fields *f, struct encoder_config *c,
            const struct count_field *t, size_t n)
{
	for (; n-- > 0; t++)
		*(size_t *)(void *)((char *)c + t->place) =
			count_read(f, t->key, t->standard, t->min, t->max);
}

static void
reals_read(struct fields *f, struct encoder_config *c,
           const struct real_field *t, size_t n)
{
	for (; n-- > 0; t++)
		*(float *)(void *)((char *)c + t->place) = real_read(f, t);
}

/* True for the second of two words. */
static bool
choice_read(struct fields *f, const char *key, const char *standard,
            const char *other)
{
	const struct json *j = json_given(f->object, key);
	const char *text = j ? json_text(j) : standard;

	if (!text || (strcmp(text, standard) != 0 &&
	              (!other || strcmp(text, other) != 0)))
		refuse(f, xasprintf("%s \"%s\" is not supported, only %s%s%s",
		                    key, text ? text : "(no text)", standard,
		                    other ? " and " : "", other ? other : ""));
	return text && other && strcmp(text, other) == 0;
}

/* A list of convs counts, or the standard one. */
static void
list_read(struct fields *f, size_t *list, size_t convs, const char *key,
          const size_t *standard, size_t max)
{
	const struct json *j = json_given(f->object, key);

	if (j && (json_kind(j) != JSON_ARRAY || json_length(j) != convs)) {
		refuse(f, xasprintf("%s: want a list of %zu numbers, one for "
		                    "each convolution", key, convs));
		return;
	}
	if (!j && convs > 7)
		refuse(f, xasprintf("%s is missing", key));
	j = json_first(j);
	for (size_t i = 0; i < convs && !f->why; i++) {
		list[i] = j ? 0 : standard[i];
		if (j && (!json_count(j, &list[i]) || list[i] < 1 ||
		          list[i] > max))
			refuse(f, xasprintf("%s: want whole numbers in "
			                    "1..%zu", key, max));
		j = j ? json_next(j) : NULL;
	}
}

/* A row must depend on a sane number of samples. */
static void
reach_check(struct fields *f, const struct encoder_config *c)
{
	size_t reach = 1;

	for (size_t i = c->convs; i-- > 0 && reach <= REACH_MAX;)
		reach = (reach - 1) * c->conv_stride[i] + c->conv_taps[i];
	if (reach > REACH_MAX)
		refuse(f, xasprintf("conv_kernel, conv_stride: a row of over "
		                    "%d samples", REACH_MAX));
}

static void
convolutions_read(struct fields *f, struct encoder_config *c)
{
	static const size_t width[] = { 512, 512, 512, 512, 512, 512, 512 };
	static const size_t taps[] = { 10, 3, 3, 3, 3, 2, 2 };
	static const size_t stride[] = { 5, 2, 2, 2, 2, 2, 2 };
	const struct json *dim = json_given(f->object, "conv_dim");

	c->convs = dim ? json_length(dim) : 7;
	if (c->convs < 1 || c->convs > ENCODER_CONVS_MAX) {
		refuse(f, xasprintf("conv_dim: want a list of 1..%d numbers",
		                    ENCODER_CONVS_MAX));
		return;
	}
	list_read(f, c->conv_width, c->convs, "conv_dim", width, 8192);
	list_read(f, c->conv_taps, c->convs, "conv_kernel", taps, 1024);
	list_read(f, c->conv_stride, c->convs, "conv_stride", stride, 1024);
	if (!f->why)
		reach_check(f, c);
	c->conv_layer_norm = choice_read(f, "feat_extract_norm", "group",
	                                 "layer");
}

static void
family_read(struct fields *f, struct encoder_config *c)
{
	const char *type = json_text(json_given(f->object, "model_type"));

	for (size_t i = 0; type && i < FAMILIES; i++)
		if (strcmp(type, families[i].type) == 0) {
			c->family = (enum encoder_family)i;
			return;
		}
	refuse(f, xasprintf("model_type \"%s\" is not supported, only "
	                    "wav2vec2, hubert, wavlm, unispeech, "
	                    "unispeech-sat, data2vec-audio and whisper",
	                    type ? type : "(none)"));
}

/* Settings that would change the network in ways not computed here. */
static void
strange_refuse(struct fields *f)
{
	const struct json *adapter = json_given(f->object, "adapter_attn_dim");

	choice_read(f, "hidden_act", "gelu", NULL);
	choice_read(f, "feat_extract_activation", "gelu", NULL);
	if (truth_read(f, "add_adapter", false))
		refuse(f, xstrdup("add_adapter true is not supported"));
	if (adapter)
		refuse(f, xstrdup("adapter_attn_dim (adapters for languages) "
		                  "is not supported"));
}

/* What the positional convolutions are, in each family. */
static void
positions_read(struct fields *f, struct encoder_config *c)
{
	c->position_batch_norm = c->family == ENCODER_HUBERT &&
		truth_read(f, "conv_pos_batch_norm", false);
	c->position_plain = c->position_batch_norm;
	if (c->family != ENCODER_DATA2VEC)
		return;
	c->position_plain = count_read(f, "num_conv_pos_embeddings", 5, 1,
	                               ENCODER_POSITIONS_MAX);
	c->position_taps = count_read(f, "conv_pos_kernel_size", 19, 1, 1024);
	/* it has no fields for these */
	c->conv_layer_norm = true;
	c->stable = false;
}

static void
shape_check(struct fields *f, const struct encoder_config *c)
{
	if (c->width % c->heads)
		refuse(f, xasprintf("hidden_size %zu is not a multiple of "
		                    "num_attention_heads %zu", c->width,
		                    c->heads));
	if (c->position_groups && c->width % c->position_groups)
		refuse(f, xasprintf("hidden_size %zu is not a multiple of "
		                    "num_conv_pos_embedding_groups %zu",
		                    c->width, c->position_groups));
	/* half the buckets a direction, half of those for near keys */
	if (c->family == ENCODER_WAVLM &&
	    (c->buckets % 4 || c->distance <= c->buckets / 4))
		refuse(f, xasprintf("num_buckets %zu: want a multiple of 4, "
		                    "less than 4 times max_bucket_distance "
		                    "%zu", c->buckets, c->distance));
}

static void
wav2vec2_read(struct fields *f, struct encoder_config *c)
{
	strange_refuse(f);
	c->inputs = 1;
	counts_read(f, c, wav2vec2_counts, WAV2VEC2_COUNTS);
	reals_read(f, c, wav2vec2_reals, WAV2VEC2_REALS);
	for (size_t i = 0; i < WAV2VEC2_TRUTHS; i++)
		*(bool *)((char *)c + wav2vec2_truths[i].place) =
			truth_read(f, wav2vec2_truths[i].key,
			           wav2vec2_truths[i].standard);
	/* the others have no such field and always the norm */
	c->projection_norm = c->family != ENCODER_HUBERT ||
		truth_read(f, "feat_proj_layer_norm", true);
	convolutions_read(f, c);
	positions_read(f, c);
}

/* Two convolutions of 3 taps, the second over every other row. */
static void
whisper_read(struct fields *f, struct encoder_config *c)
{
	choice_read(f, "activation_function", "gelu", NULL);
	counts_read(f, c, whisper_counts, WHISPER_COUNTS);
	reals_read(f, c, whisper_reals, WHISPER_REALS);
	c->clip = choice_read(f, ENCODER_VIEW_KEY, "full", "clip");
	c->stable = c->conv_bias = true;
	c->epsilon = 1e-5f;
	c->convs = 2;
	c->conv_padding = 1;
	for (size_t i = 0; i < c->convs; i++) {
		c->conv_width[i] = c->width;
		c->conv_taps[i] = 3;
		c->conv_stride[i] = i + 1;
	}
}

static void
pooling_read(struct fields *f, struct encoder_config *c)
{
	const struct json *j = json_find(f->object, ENCODER_POOLING_KEY);
	const char *text = json_text(j);

	for (int i = 0; text && encoder_pooling_names[i]; i++)
		if (strcmp(text, encoder_pooling_names[i]) == 0) {
			c->pooling = (enum encoder_pooling)i;
			return;
		}
	if (j)
		refuse(f, xasprintf("%s: want mean, statistics or attention",
		                    ENCODER_POOLING_KEY));
}

char *
encoder_config_read(struct encoder_config *c, const struct json *config)
{
	struct fields f = { .object = config };

	*c = (struct encoder_config){ .head = ENCODER_HEAD_NONE };
	if (json_kind(config) != JSON_OBJECT)
		return xstrdup("not an object of JSON");
	family_read(&f, c);
	counts_read(&f, c, counts, COUNTS);
	reals_read(&f, c, reals, REALS);
	c->layer_sum = truth_read(&f, "use_weighted_layer_sum", false);
	pooling_read(&f, c);
	c->lora = count_read(&f, ENCODER_LORA_KEY, 0, 1, ENCODER_LORA_MAX);
	c->augment = truth_read(&f, "apply_spec_augment",
	                        c->family != ENCODER_WHISPER);
	if (c->family == ENCODER_WHISPER)
		whisper_read(&f, c);
	else
		wav2vec2_read(&f, c);
	if (!f.why)
		shape_check(&f, c);
	return f.why;
}

/* Whisper's spectrogram has no other settings than these. */
static void
spectrogram_read(struct fields *f, const struct encoder_config *c)
{
	size_t most = c->positions * c->conv_stride[1] * WHISPER_HOP;
	size_t seconds = count_read(f, "chunk_length", most / ENCODER_RATE, 1,
	                            1000000);

	count_read(f, "feature_size", 80, c->inputs, c->inputs);
	count_read(f, "hop_length", WHISPER_HOP, WHISPER_HOP, WHISPER_HOP);
	count_read(f, "n_fft", WHISPER_WINDOW, WHISPER_WINDOW, WHISPER_WINDOW);
	if (!c->clip && seconds * ENCODER_RATE != most)
		refuse(f, xasprintf("chunk_length: %zu seconds are not the "
		                    "%zu samples of max_source_positions %zu",
		                    seconds, most, c->positions));
}

char *
encoder_preprocessor_read(struct encoder_config *c,
                          const struct json *preprocessor)
{
	bool whisper = c->family == ENCODER_WHISPER;
	struct fields f = { .object = preprocessor };

	if (json_kind(preprocessor) != JSON_OBJECT)
		return xstrdup("not an object of JSON");
	choice_read(&f, "feature_extractor_type",
	            encoder_extractor_class(c->family), NULL);
	if (count_read(&f, "sampling_rate", ENCODER_RATE, 1, 1000000) !=
	    ENCODER_RATE)
		refuse(&f, xasprintf("sampling_rate: only %d Hz is supported",
		                     ENCODER_RATE));
	c->attention_mask = truth_read(&f, "return_attention_mask", false);
	if (whisper) {
		spectrogram_read(&f, c);
		return f.why;
	}
	count_read(&f, "feature_size", 1, 1, 1);
	c->normalize = truth_read(&f, "do_normalize", true);
	return f.why;
}

const char *
encoder_family_class(enum encoder_family family)
{
	return families[family].class;
}

const char *
encoder_family_type(enum encoder_family family)
{
	return families[family].type;
}

const char *
encoder_extractor_class(enum encoder_family family)
{
	return family == ENCODER_WHISPER ? "WhisperFeatureExtractor"
	                                 : "Wav2Vec2FeatureExtractor";
}

size_t
encoder_pooled_width(const struct encoder_config *c)
{
	return c->pooling == ENCODER_POOL_MEAN ? c->width : 2 * c->width;
}

size_t
encoder_conv_inputs(const struct encoder_config *c, size_t layer)
{
	return layer ? c->conv_width[layer - 1] : c->inputs;
}

size_t
encoder_positions(const struct encoder_config *c)
{
	return c->position_plain ? c->position_plain : 1;
}

size_t
encoder_rows(const struct encoder_config *c, size_t N)
{
	for (size_t i = 0; i < c->convs; i++) {
		N += 2 * c->conv_padding;
		if (N < c->conv_taps[i])
			return 0;
		N = (N - c->conv_taps[i]) / c->conv_stride[i] + 1;
	}
	return N;
}

void
encoder_config_release(struct encoder_config *c)
{
	for (size_t i = 0; c->label && i < c->labels; i++)
		free(c->label[i]);
	free(c->label);
	c->label = NULL;
	c->labels = 0;
}
