/*
 * w2v2_layout.h - the tensors of a wav2vec 2.0 network, listed once
 *
 * Shapes are those of the file (PyTorch's); NULL where the configuration has
 * no such tensor.  The same list names them in the file, binds weights and
 * gradients, and is what is written back.
 */
#ifndef W2V2_LAYOUT_H
#define W2V2_LAYOUT_H

#include "model/params.h"
#include "model/w2v2_config.h"

struct w2v2_linear { float *weight, *bias; }; /* [O,I], [O] */
struct w2v2_norm { float *gain, *bias; };     /* [C], [C] */

struct w2v2_conv {
	struct w2v2_linear conv;  /* [O,I,k], [O] */
	struct w2v2_norm norm;    /* over time (group) or channels (layer) */
};

struct w2v2_layer {
	struct w2v2_linear q, k, v, out;      /* [H,H] */
	struct w2v2_norm attention_norm;      /* [layer_norm] */
	struct w2v2_linear wide, narrow;      /* [F,H], [H,F] */
	struct w2v2_norm norm;                /* [final_layer_norm] */
	struct w2v2_linear gate;              /* WavLM: [8,H/heads], [8] */
	float *gate_scale;                    /* WavLM: [1,heads,1,1] */
};

struct w2v2_weights {
	struct w2v2_conv conv[W2V2_CONVS_MAX];
	struct w2v2_norm projection_norm;
	struct w2v2_linear projection;        /* [H,C] */
	float *position_gain;                 /* g [1,1,K] */
	float *position_direction;            /* v [H,H/groups,K] */
	float *position_bias;                 /* [H] */
	struct w2v2_norm norm;                /* [encoder.layer_norm] */
	struct w2v2_layer *layer;             /* owned */
	float *distance;                      /* WavLM: [buckets,heads] */
	float *mask;                          /* [masked_spec_embed], [H] */
	float *layer_weight;                  /* [layers + 1] */
	struct w2v2_linear projector;         /* [P,H]; or classifier.dense */
	struct w2v2_linear classifier;        /* [K,P]; or .out_proj */
};

/* How a file spells what can be spelt in several ways. */
struct w2v2_spelling {
	bool bare;                /* no "wav2vec2." before encoder names */
	bool parametrized;        /* weight norm as original0, original1 */
	bool mask;                /* has masked_spec_embed */
	bool output;              /* classifier.output for .out_proj */
};

/* As this file of this family spells them. */
void w2v2_spelling_read(struct w2v2_spelling *spelling,
                        const struct safetensors *s, enum w2v2_family family);

/*
 * Lists every tensor in p and gives w its layers; params_bind or params_map
 * then sets w's pointers.  The convolutions' tensors come first.  Without a
 * head, those of any head, of CTC and of pre-training may be in the file
 * besides.
 */
void w2v2_layout(struct params *p, struct w2v2_weights *w,
                 const struct w2v2_config *c,
                 const struct w2v2_spelling *spelling);
void w2v2_weights_release(struct w2v2_weights *w);

#endif
