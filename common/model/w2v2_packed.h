/*
 * w2v2_packed.h - a network's weights in bfloat16, packed once for inference
 *
 * What is not multiplied as a matrix, such as norms, biases, the first
 * convolution and the head, stays in float, where it was.
 */
#ifndef W2V2_PACKED_H
#define W2V2_PACKED_H

#include "model/cache.h"
#include "model/safetensors.h"
#include "model/w2v2_fold.h"
#include "nn/gemm_bf16.h"

struct w2v2_packed_layer {
	const uint16_t *qkv;             /* [3H,H]: one below the other */
	const uint16_t *out;             /* [H,H] */
	const uint16_t *wide, *narrow;   /* [F,H], [H,F] */
	const float *qkv_bias;           /* [3H] */
	/* nn/bf16_remainder.h; of values, out, narrow */
	const uint16_t *value_remainder, *out_remainder, *narrow_remainder;
};

struct w2v2_packed {
	const struct bf16_unit *unit;
	const uint16_t *conv[W2V2_CONVS_MAX]; /* [O,kI]; none of the first */
	const uint16_t *projection;      /* [H,C] */
	const uint16_t *position;        /* group after group, [I,kI] */
	struct w2v2_packed_layer *layer; /* owned */
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
bool w2v2_packed_find(struct w2v2_packed *p, const struct w2v2_weights *w,
                      const struct w2v2_config *c,
                      const struct safetensors *file, const char *path);

/*
 * After that found none: packs the weights, and keeps them for the next time,
 * unless they are few.  Lets go of the file's pages on the way.
 */
void w2v2_pack(struct w2v2_packed *p, const struct w2v2_weights *w,
               const struct w2v2_folded *folded, const struct w2v2_config *c,
               const struct safetensors *file);
/* The convolutions alone, for a pass whose other weights are floats. */
void w2v2_pack_convolutions(struct w2v2_packed *p,
                            const struct w2v2_folded *folded,
                            const struct w2v2_config *c);
void w2v2_packed_release(struct w2v2_packed *p);

#endif
