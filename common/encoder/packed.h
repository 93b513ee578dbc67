/*
 * packed.h - a network's weights in bfloat16, packed once for inference
 *
 * What is not multiplied as a matrix, such as norms, biases, the first
 * convolution and the head, stays in float, where it was.
 */
#ifndef ENCODER_PACKED_H
#define ENCODER_PACKED_H

#include "encoder/wav2vec2_fold.h"
#include "gemm/gemm_bf16.h"
#include "weights/cache.h"
#include "weights/safetensors.h"

struct encoder_packed_layer {
	const uint16_t *qkv;             /* [3H,H]: one below the other */
	const uint16_t *out;             /* [H,H] */
	const uint16_t *wide, *narrow;   /* [F,H], [H,F] */
	const float *qkv_bias;           /* [3H] */
	/* gemm/bf16_remainder.h; of values, out, narrow */
	const uint16_t *value_remainder, *out_remainder, *narrow_remainder;
};

struct encoder_packed {
	const struct bf16_unit *unit;
	const uint16_t *conv[ENCODER_CONVS_MAX]; /* [O,kI]; none of the first */
	const uint16_t *projection;      /* [H,C] */
	const uint16_t *position;        /* group after group, [I,kI] */
	struct encoder_packed_layer *layer; /* owned */
	void *block;                     /* of all of them; owned, or */
	struct cached cached;            /* kept in a file */
	float *bias;                     /* of all layers' qkv; owned */
	char *key;                       /* by which they are kept, or NULL */
};

/*
 * Those that were kept of weights with this file's digest, if any; then true.
 * path: the model's, of which the digest is kept, too, so that the file need
 * not be read as long as it is the same.  Either way p is to be released.
 */
bool
encoder_packed_find(struct encoder_packed *p, const struct encoder_weights *w,
                    const struct encoder_config *c,
                    const struct safetensors *file, const char *path);

/*
 * After that found none: packs the weights, and keeps them for the next time,
 * unless they are few.  Lets go of the file's pages on the way.
 */
void
encoder_pack(struct encoder_packed *p, const struct encoder_weights *w,
             const struct wav2vec2_folded *folded,
             const struct encoder_config *c, const struct safetensors *file);
/* The convolutions alone, for a pass whose other weights are floats. */
void encoder_pack_convolutions(struct encoder_packed *p,
                               const struct wav2vec2_folded *folded,
                               const struct encoder_config *c);
void encoder_packed_release(struct encoder_packed *p);

#endif
