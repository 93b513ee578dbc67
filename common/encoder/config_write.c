#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/config.h"
#include "weights/json.h"

enum { CHANGES_MAX = 48 };

/* Members to change; the values are owned. */
struct changes {
	struct json_change list[CHANGES_MAX];
	size_t count;
};

__attribute__((format(printf, 3, 4)))
static void
set(struct changes *c, const char *key, const char *format, ...)
{
	va_list arguments;
	char value[64];

	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	c->list[c->count++] = (struct json_change){ key, xstrdup(value) };
}

/* The shortest number that is x, and is a float to Python, too. */
static void
set_real(struct changes *c, const char *key, float x)
{
	char value[32];
	int digits = 1;

	do
		snprintf(value, sizeof value, "%.*g", digits, (double)x);
	while (strtof(value, NULL) != x && digits++ < 9);
	set(c, key, "%s%s", value, strpbrk(value, ".e") ? "" : ".0");
}

static void
set_truth(struct changes *c, const char *key, bool truth)
{
	set(c, key, "%s", truth ? "true" : "false");
}

static void
set_list(struct changes *c, const char *key, const size_t *list, size_t n)
{
	char value[ENCODER_CONVS_MAX * 24];
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(value + used, sizeof value - used,
		                         "%s%zu", i ? ", " : "[", list[i]);
	c->list[c->count++] = (struct json_change){
		key, xasprintf("%s]", value)
	};
}

/* {"0": "anger", ...}, or the other way round. */
static char *
labels_text(const struct encoder_config *c, bool by_name)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	if (!fp)
		die("out of memory");
	for (size_t k = 0; k < c->labels; k++) {
		fputs(k ? ",\n    " : "{\n    ", fp);
		if (!by_name)
			fprintf(fp, "\"%zu\": ", k);
		json_write_text(fp, c->label[k]);
		if (by_name)
			fprintf(fp, ": %zu", k);
	}
	fputs("\n  }", fp);
	if (ferror(fp) || fclose(fp) != 0)
		die("out of memory");
	return text;
}

static void
head_set(struct changes *c, const struct encoder_config *config)
{
	static const char *const end[] = {
		"Model", "ForSequenceClassification", "ForSpeechClassification"
	};
	bool audio = config->family == ENCODER_WHISPER &&
		config->head == ENCODER_HEAD_PROJECTOR;

	set(c, "architectures", "[\"%s%s\"]",
	    encoder_family_class(config->family),
	    audio ? "ForAudioClassification" : end[config->head]);
	c->list[c->count++] = (struct json_change){ "num_labels", NULL };
	if (config->head == ENCODER_HEAD_NONE)
		return;
	c->list[c->count++] = (struct json_change){
		"id2label", labels_text(config, false)
	};
	c->list[c->count++] = (struct json_change){
		"label2id", labels_text(config, true)
	};
	if (config->labels > 1 || config->regression)
		set(c, "problem_type", "\"%s\"", config->regression
		    ? "regression" : "single_label_classification");
	else
		c->list[c->count++] = (struct json_change){
			"problem_type", NULL
		};
	set_truth(c, "use_weighted_layer_sum", config->layer_sum);
	if (config->pooling != ENCODER_POOL_MEAN)
		set(c, ENCODER_POOLING_KEY, "\"%s\"",
		    encoder_pooling_names[config->pooling]);
	if (config->head == ENCODER_HEAD_PROJECTOR)
		set(c, "classifier_proj_size", "%zu", config->projector);
}

/* The rank of the adapters; none: the member goes. */
static void
lora_set(struct changes *c, const struct encoder_config *config)
{
	if (config->lora)
		set(c, ENCODER_LORA_KEY, "%zu", config->lora);
	else
		c->list[c->count++] = (struct json_change){
			ENCODER_LORA_KEY, NULL
		};
}

static void
masking_set(struct changes *c, const struct encoder_config *config)
{
	const struct encoder_masking *time = &config->time_mask;
	const struct encoder_masking *feature = &config->feature_mask;

	set_truth(c, "apply_spec_augment", config->augment);
	set_real(c, "mask_time_prob", time->share);
	set(c, "mask_time_length", "%zu", time->length);
	set(c, "mask_time_min_masks", "%zu", time->least);
	set_real(c, "mask_feature_prob", feature->share);
	set(c, "mask_feature_length", "%zu", feature->length);
	set(c, "mask_feature_min_masks", "%zu", feature->least);
}

static void
whisper_set(struct changes *c, const struct encoder_config *config)
{
	set(c, "model_type", "\"whisper\"");
	set(c, "d_model", "%zu", config->width);
	set(c, "encoder_layers", "%zu", config->layers);
	set(c, "encoder_attention_heads", "%zu", config->heads);
	set(c, "encoder_ffn_dim", "%zu", config->inner);
	set(c, "activation_function", "\"gelu\"");
	set(c, "num_mel_bins", "%zu", config->inputs);
	set(c, "max_source_positions", "%zu", config->positions);
	set_real(c, "dropout", config->dropout);
	set_real(c, "attention_dropout", config->attention_dropout);
	set_real(c, "activation_dropout", config->activation_dropout);
	set_real(c, "encoder_layerdrop", config->layer_drop);
	masking_set(c, config);
}

static void
shape_set(struct changes *c, const struct encoder_config *config)
{
	set(c, "model_type", "\"%s\"", encoder_family_type(config->family));
	set(c, "hidden_size", "%zu", config->width);
	set(c, "num_hidden_layers", "%zu", config->layers);
	set(c, "num_attention_heads", "%zu", config->heads);
	set(c, "intermediate_size", "%zu", config->inner);
	set(c, "hidden_act", "\"gelu\"");
	set(c, "feat_extract_activation", "\"gelu\"");
	set(c, "feat_extract_norm", config->conv_layer_norm ? "\"layer\""
	                                                    : "\"group\"");
	set_truth(c, "do_stable_layer_norm", config->stable);
	set_list(c, "conv_dim", config->conv_width, config->convs);
	set_list(c, "conv_kernel", config->conv_taps, config->convs);
	set_list(c, "conv_stride", config->conv_stride, config->convs);
	set(c, "num_feat_extract_layers", "%zu", config->convs);
	set_truth(c, "conv_bias", config->conv_bias);
	if (config->family == ENCODER_DATA2VEC)
		set(c, "conv_pos_kernel_size", "%zu", config->position_taps);
	set(c, "num_conv_pos_embeddings", "%zu",
	    config->family == ENCODER_DATA2VEC ? config->position_plain
	                                       : config->position_taps);
	if (config->position_batch_norm)
		set_truth(c, "conv_pos_batch_norm", true);
	set(c, "num_conv_pos_embedding_groups", "%zu",
	    config->position_groups);
	set_real(c, "layer_norm_eps", config->epsilon);
	if (config->family == ENCODER_HUBERT)
		set_truth(c, "feat_proj_layer_norm", config->projection_norm);
	if (config->family == ENCODER_WAVLM) {
		set(c, "num_buckets", "%zu", config->buckets);
		set(c, "max_bucket_distance", "%zu", config->distance);
	}
}

static void
chance_set(struct changes *c, const struct encoder_config *config)
{
	set_real(c, "hidden_dropout", config->dropout);
	set_real(c, "attention_dropout", config->attention_dropout);
	set_real(c, "activation_dropout", config->activation_dropout);
	set_real(c, "feat_proj_dropout", config->projection_dropout);
	set_real(c, "final_dropout", config->head_dropout);
	set_real(c, "layerdrop", config->layer_drop);
	masking_set(c, config);
}

/* Whisper's num_hidden_layers, where it is given, is encoder_layers. */
static void
layers_set(struct changes *c, const struct encoder_config *config,
           const struct json *old)
{
	static const char shared[] = "num_hidden_layers";
	bool whisper = config->family == ENCODER_WHISPER;

	if (whisper)
		set(c, "encoder_layers", "%zu", config->layers);
	if (!whisper || json_find(old, shared))
		set(c, shared, "%zu", config->layers);
}

static bool
head_equal(const struct encoder_config *a, const struct encoder_config *b)
{
	if (a->head != b->head || a->labels != b->labels ||
	    a->layer_sum != b->layer_sum || a->pooling != b->pooling ||
	    a->projector != b->projector ||
	    a->regression != b->regression)
		return false;
	for (size_t k = 0; k < a->labels; k++)
		if (strcmp(a->label[k], b->label[k]) != 0)
			return false;
	return true;
}

/* Applies the changes and frees them. */
static char *
edited(struct changes *c, const struct json *old, const char *old_text)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	if (!fp)
		die("out of memory");
	json_edit(fp, old, old ? old_text : "{}", c->list, c->count);
	if (ferror(fp) || fclose(fp) != 0)
		die("out of memory");
	for (size_t i = 0; i < c->count; i++)
		free((char *)(uintptr_t)c->list[i].value);
	return text;
}

char *
encoder_config_text(const struct encoder_config *config,
                    enum safetensors_type type, const struct json *old,
                    const char *old_text,
                    const struct encoder_config *old_config)
{
	static const char *const types[] = { "float32", "float16", "bfloat16" };
	static const char *const type_keys[] = { "torch_dtype", "dtype" };
	struct changes c = { .count = 0 };

	bool whisper = config->family == ENCODER_WHISPER;

	if (!old && whisper) {
		whisper_set(&c, config);
	} else if (!old) {
		shape_set(&c, config);
		chance_set(&c, config);
	}
	if (whisper && (!old || config->clip != old_config->clip))
		set(&c, ENCODER_VIEW_KEY, config->clip ? "\"clip\""
		                                       : "\"full\"");
	if (old && config->layers != old_config->layers)
		layers_set(&c, config, old);
	if (old && config->lora != old_config->lora)
		lora_set(&c, config);
	if (!old || !head_equal(config, old_config))
		head_set(&c, config);
	/* so that each version reads the states as here */
	if (config->head != ENCODER_HEAD_NONE && encoder_states_differ(config))
		set_truth(&c, "tie_last_hidden_states", !config->untied);
	/* transformers converts what it reads to what these say */
	for (int i = 0; i < 2; i++)
		if (json_find(old, type_keys[i]))
			set(&c, type_keys[i], "\"%s\"", types[type]);
	return edited(&c, old, old_text);
}

static void
spectrogram_set(struct changes *c, const struct encoder_config *config)
{
	size_t rows = 2 * config->positions;

	set(c, "chunk_length", "%zu", rows / 100);
	set(c, "dither", "0.0");
	set(c, "hop_length", "160");
	set(c, "n_fft", "400");
	set(c, "n_samples", "%zu", rows * 160);
	set(c, "nb_max_frames", "%zu", rows);
}

char *
encoder_preprocessor_text(const struct encoder_config *config,
                          const struct json *old, const char *old_text)
{
	struct changes c = { .count = 0 };

	if (!old && config->family == ENCODER_WHISPER)
		spectrogram_set(&c, config);
	else if (!old)
		set_truth(&c, "do_normalize", config->normalize);
	if (!old) {
		set(&c, "feature_extractor_type", "\"%s\"",
		    encoder_extractor_class(config->family));
		set(&c, "feature_size", "%zu", config->inputs);
		set(&c, "padding_side", "\"right\"");
		set(&c, "padding_value", "0.0");
		set_truth(&c, "return_attention_mask",
		          config->attention_mask);
		set(&c, "sampling_rate", "%d", ENCODER_RATE);
	}
	return edited(&c, old, old_text);
}
