/*
 * config.h - the shape of a wav2vec 2.0, HuBERT or WavLM network
 *
 * From config.json and preprocessor_config.json of Hugging Face; names in
 * brackets are theirs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "weights/safetensors.h"

struct json;

enum {
	ENCODER_CONVS_MAX = 16, ENCODER_POSITIONS_MAX = 16,
	ENCODER_LABELS_MAX = 1024,
	ENCODER_RATE = 16000
};

/* UniSpeech and UniSpeech-SAT are wav2vec 2.0 by other names. */
enum encoder_family {
	ENCODER_WAV2VEC2, ENCODER_HUBERT, ENCODER_WAVLM,
	ENCODER_UNISPEECH, ENCODER_UNISPEECH_SAT, ENCODER_DATA2VEC
};

enum encoder_head {
	ENCODER_HEAD_NONE,           /* pre-trained only */
	ENCODER_HEAD_PROJECTOR,      /* projector, mean over time, classifier */
	ENCODER_HEAD_DENSE           /* mean over time, dense, tanh, out_proj */
};

/* SpecAugment of one axis, as Hugging Face computes it. */
struct encoder_masking {
	float share;              /* [mask_time_prob], [mask_feature_prob] */
	size_t length, least;     /* [mask_…_length], [mask_…_min_masks] */
};

struct encoder_config {
	enum encoder_family family;
	enum encoder_head head;
	size_t convs;
	size_t conv_width[ENCODER_CONVS_MAX];  /* [conv_dim] channels */
	size_t conv_taps[ENCODER_CONVS_MAX];   /* [conv_kernel] */
	size_t conv_stride[ENCODER_CONVS_MAX];
	bool conv_bias;
	bool conv_layer_norm;     /* [feat_extract_norm] layer, else group */
	bool projection_norm;     /* [feat_proj_layer_norm] */
	size_t width;             /* [hidden_size] */
	size_t layers, heads;
	size_t inner;             /* [intermediate_size] */
	size_t position_taps, position_groups; /* [num_conv_pos_…] */
	size_t position_plain;    /* positional convolutions without weight
	                             norm; 0: one with it */
	bool position_batch_norm; /* HuBERT: [conv_pos_batch_norm] */
	bool stable;              /* [do_stable_layer_norm]: norms first */
	float epsilon;            /* [layer_norm_eps] */
	size_t buckets, distance; /* WavLM: [num_buckets], [max_bucket_…] */
	bool layer_sum;           /* [use_weighted_layer_sum] */
	bool untied;              /* not [tie_last_hidden_states]: below */
	size_t projector;         /* [classifier_proj_size]; or dense's width */
	size_t labels;
	char **label;             /* [id2label], in order; owned */
	bool regression;          /* dimensions, not classes */
	bool normalize;           /* [do_normalize]: mean 0, variance 1 */
	bool attention_mask;      /* [return_attention_mask]; kept, unused */

	/* for training */
	float dropout;            /* [hidden_dropout] */
	float attention_dropout, activation_dropout, projection_dropout;
	float head_dropout;       /* [final_dropout]; only of a dense head */
	float layer_drop;         /* [layerdrop] */
	bool augment;             /* [apply_spec_augment] */
	struct encoder_masking time_mask, feature_mask;
};

/*
 * Read config.json: missing members have the defaults of transformers, wrong
 * ones are refused.  Each returns NULL or what is wrong (the caller frees it).
 * The architecture sets the head: a projector, or none; a dense head is known
 * by its tensors.
 */
char *encoder_config_read(struct encoder_config *c, const struct json *config);
char *
encoder_architecture_read(struct encoder_config *c, const struct json *config);
char *encoder_labels_read(struct encoder_config *c, const struct json *config);

/*
 * The last state of a sum of layers is the network's output, after its final
 * norm, where c is tied, else what goes into that norm: encoder_states_differ
 * says whether that matters.  transformers' default was the first up to 5.15
 * and is the second since; open is whether config.json leaves it open.
 */
char *encoder_states_read(struct encoder_config *c, const struct json *config,
                          bool *open);
bool encoder_states_differ(const struct encoder_config *c);

/* Are the labels dimensions, such as arousal, rather than classes? */
bool encoder_labels_dimensions(const struct encoder_config *c);

/* Reads preprocessor_config.json in the same way. */
char *encoder_preprocessor_read(struct encoder_config *c,
                                const struct json *preprocessor);

void encoder_config_release(struct encoder_config *c);

/* "Wav2Vec2", "Hubert": how the names of its classes start. */
const char *encoder_family_class(enum encoder_family family);

/* "wav2vec2", "hubert": [model_type] */
const char *encoder_family_type(enum encoder_family family);

/* Input channels of a convolution: 1, then the output of the one before. */
size_t encoder_conv_inputs(const struct encoder_config *c, size_t layer);

/* How many positional convolutions there are. */
size_t encoder_positions(const struct encoder_config *c);

/* Rows that the convolutions make of N samples; 0: too few. */
size_t encoder_rows(const struct encoder_config *c, size_t N);

/*
 * The text of config.json, for the caller to free.  Members of old, which was
 * parsed from old_text and read to old_config, stay unless c changes them; all
 * three are NULL for a fresh one.  type is that of the weights.
 */
char *
encoder_config_text(const struct encoder_config *c, enum safetensors_type type,
                    const struct json *old, const char *old_text,
                    const struct encoder_config *old_config);

/* The same of preprocessor_config.json. */
char *encoder_preprocessor_text(const struct encoder_config *c,
                                const struct json *old, const char *old_text);
