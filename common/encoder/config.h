/*
 * config.h - the shape of a wav2vec 2.0, HuBERT, WavLM or Whisper network
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
	ENCODER_LABELS_MAX = 1024, ENCODER_LORA_MAX = 256,
	ENCODER_RATE = 16000
};

/* UniSpeech and UniSpeech-SAT are wav2vec 2.0 by other names. */
enum encoder_family {
	ENCODER_WAV2VEC2, ENCODER_HUBERT, ENCODER_WAVLM,
	ENCODER_UNISPEECH, ENCODER_UNISPEECH_SAT, ENCODER_DATA2VEC,
	ENCODER_WHISPER
};

#define ENCODER_VIEW_KEY "tunne_view" /* of Whisper, in config.json */

enum encoder_head {
	ENCODER_HEAD_NONE,           /* pre-trained only */
	ENCODER_HEAD_PROJECTOR,      /* projector, mean over time, classifier */
	ENCODER_HEAD_DENSE           /* mean over time, dense, tanh, out_proj */
};

/* Over time, of each state that the head reads. */
enum encoder_pooling {
	ENCODER_POOL_MEAN,
	ENCODER_POOL_STATISTICS,     /* mean and deviation */
	ENCODER_POOL_ATTENTION       /* the same, of weighted rows */
};

/* "mean" and so on, up to a NULL. */
extern const char *const encoder_pooling_names[];
#define ENCODER_POOLING_KEY "tunne_pooling" /* in config.json */

#define ENCODER_LORA_KEY "tunne_lora" /* their rank, in config.json */

/* SpecAugment of one axis, as Hugging Face computes it. */
struct encoder_masking {
	float share;              /* [mask_time_prob], [mask_feature_prob] */
	size_t length, least;     /* [mask_…_length], [mask_…_min_masks] */
};

struct encoder_config {
	enum encoder_family family;
	enum encoder_head head;
	size_t inputs;            /* channels that the network reads: 1, the
	                             samples; or Whisper's [num_mel_bins] */
	size_t convs;
	size_t conv_width[ENCODER_CONVS_MAX];  /* [conv_dim] channels */
	size_t conv_taps[ENCODER_CONVS_MAX];   /* [conv_kernel] */
	size_t conv_stride[ENCODER_CONVS_MAX];
	size_t conv_padding;      /* rows of zeros at both ends of an input */
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
	/* Whisper: [max_source_positions], and whether only those of the
	   utterance's own length are used: whisper_front.h */
	size_t positions;
	bool clip;
	bool stable;              /* [do_stable_layer_norm]: norms first */
	float epsilon;            /* [layer_norm_eps] */
	size_t buckets, distance; /* WavLM: [num_buckets], [max_bucket_…] */
	size_t lora;              /* rank of the adapters; 0: there are none */
	bool layer_sum;           /* [use_weighted_layer_sum] */
	enum encoder_pooling pooling;
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

/* "wav2vec2", "hubert": [model_type] */
const char *encoder_family_type(enum encoder_family family);

/* "Wav2Vec2", "Hubert" and so on: how the names of its classes start. */
const char *encoder_family_class(enum encoder_family family);

/* The name of the class that computes its input. */
const char *encoder_extractor_class(enum encoder_family family);

/* Columns that pooling makes of a state, [W]. */
size_t encoder_pooled_width(const struct encoder_config *c);

/* Input channels of a convolution: the network's, or the last one's output. */
size_t encoder_conv_inputs(const struct encoder_config *c, size_t layer);

/* How many positional convolutions there are. */
size_t encoder_positions(const struct encoder_config *c);

/* Rows that the convolutions make of N samples, or rows; 0: too few. */
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
