/*
 * layout.h - the tensors of a network: names, shapes, and where they go
 *
 * Shapes are those of the file (PyTorch's); a tensor that the configuration
 * does not have is NULL.  One list names them in the file, binds weights and
 * gradients, and is written back.
 */
#pragma once

#include "encoder/config.h"
#include "weights/params.h"

struct encoder_linear { float *weight, *bias; }; /* [O,I], [O] */
struct encoder_norm { float *gain, *bias; };     /* [C], [C] */

struct encoder_conv {
	struct encoder_linear conv;  /* [O,I,k], [O] */
	struct encoder_norm norm; /* over time (group) or channels (layer) */
};

struct encoder_adapter { float *a, *b; };        /* [r,H], [H,r]: lora.h */

struct encoder_layer {
	struct encoder_linear q, k, v, out;      /* [H,H]; Whisper's k has
	                                            no bias */
	struct encoder_adapter q_lora, v_lora;
	struct encoder_norm attention_norm;      /* [layer_norm] */
	struct encoder_linear wide, narrow;      /* [F,H], [H,F] */
	struct encoder_norm norm;                /* [final_layer_norm] */
	struct encoder_linear gate;              /* WavLM: [8,H/heads], [8] */
	float *gate_scale;                    /* WavLM: [1,heads,1,1] */
};

struct encoder_weights {
	struct encoder_conv conv[ENCODER_CONVS_MAX];
	struct encoder_norm projection_norm;
	struct encoder_linear projection;        /* [H,C] */
	float *position_gain;                 /* g [1,1,K] */
	float *position_direction;            /* v [H,H/groups,K] */
	float *position_bias;                 /* [H] */
	float *positions;                     /* Whisper: [positions,H] */
	struct encoder_linear position[ENCODER_POSITIONS_MAX]; /* plain ones:
	                                         [H,H/groups,K], [H] */
	struct encoder_norm position_norm;       /* batch norm, with */
	float *position_mean, *position_variance; /* [H]; not trained */
	struct encoder_norm norm;                /* [encoder.layer_norm] */
	struct encoder_layer *layer;             /* owned */
	float *distance;                      /* WavLM: [buckets,heads] */
	float *mask;                          /* [masked_spec_embed], [H] */
	float *layer_weight;                  /* [layers + 1] */
	float *attention;                     /* [1 or layers + 1,H]: scores
	                                         of attentive pooling */
	struct encoder_linear projector;      /* [P,W]; or classifier.dense */
	struct encoder_linear classifier;        /* [K,P]; or .out_proj */
};

/* Names that differ from file to file. */
struct encoder_spelling {
	const char *prefix;       /* before the encoder's names; NULL: the
	                             family's, "wav2vec2." and so on */
	bool parametrized;        /* weight norm as original0, original1 */
	bool mask;                /* has masked_spec_embed */
	bool output;              /* classifier.output for .out_proj */
};

/* Finds the spelling of this file of this family. */
void
encoder_spelling_read(struct encoder_spelling *spelling,
                      const struct safetensors *s, enum encoder_family family);

/*
 * Lists every tensor in p and gives w its layers; params_bind or params_map
 * then sets w's pointers.  The convolutions' tensors come first.  The file may
 * also have tensors of CTC and of pre-training and, without a head, of any.
 */
void encoder_layout(struct params *p, struct encoder_weights *w,
                    const struct encoder_config *c,
                    const struct encoder_spelling *spelling);
void encoder_weights_release(struct encoder_weights *w);
