/*
 * packed.h - a network's weights in bfloat16 or int8, packed once for inference
 *
 * Norms, biases, the first convolution and the head are not multiplied as
 * matrices: they stay floats, where they were.  So do sums, softmax and
 * residuals: logits of small networks are .5 % off those in float in the
 * median, 5 % at most, whether the audio is short, long or silent (relative L2;
 * predict(1) says what was measured).
 */
#pragma once

#include "core/arena.h"
#include "encoder/fold.h"
#include "gemm/gemm_bf16.h"
#include "gemm/gemm_int8.h"
#include "weights/cache.h"
#include "weights/safetensors.h"

/* What rounding took off a weight is kept where it counts, else NULL. */
struct encoder_packed_matrix {
	const uint16_t *weight;   /* gemm/gemm_bf16.h */
	const uint16_t *remainder; /* gemm/bf16_remainder.h */
	const struct int8_matrix *int8; /* instead of these two */
};

struct encoder_packed_layer {
	struct encoder_packed_matrix qkv; /* [3H,H]; remainder of values */
	struct encoder_packed_matrix out; /* [H,H] */
	struct encoder_packed_matrix wide, narrow; /* [F,H], [H,F] */
	const float *qkv_bias;           /* [3H] */
};

struct encoder_packed {
	const struct bf16_unit *unit; /* or */
	const struct int8_unit *int8_unit;
	struct int8_matrix *int8;        /* of all layers; owned */
	size_t int8_count;
	struct int8_matrix conv_int8[ENCODER_CONVS_MAX]; /* as conv; owned */
	const uint16_t *conv[ENCODER_CONVS_MAX]; /* [O,kI]; but one that
	                                            reads samples */
	struct encoder_packed_matrix projection; /* [H,C] */
	const uint16_t *position;        /* group after group, [I,kI] */
	struct encoder_packed_layer *layer; /* owned; NULL: convolutions only */
	void *block;                     /* what all point into, owned; or */
	struct cached cached;            /* the same in a file of the cache */
	float *bias;                     /* of all layers' qkv; owned */
	char *key;                       /* of that file, or NULL */
};

/*
 * True if the cache has them for weights of this file's digest.  The cache
 * remembers the digest of the model at path, too: an unchanged file need not
 * be read.  p is to be released in either case.
 */
bool
encoder_packed_find(struct encoder_packed *p, const struct encoder_weights *w,
                    const struct encoder_config *c,
                    const struct safetensors *file, const char *path);

/*
 * Packs the weights when the cache has none, and writes large ones to the
 * cache.  Releases the memory of the file's pages on the way.
 */
void
encoder_pack(struct encoder_packed *p, const struct encoder_weights *w,
             const struct encoder_folded *folded,
             const struct encoder_config *c, const struct safetensors *file);

/* The convolutions alone, for training that leaves them as they are. */
void encoder_pack_convolutions(struct encoder_packed *p,
                               const struct encoder_folded *folded,
                               const struct encoder_config *c);

/*
 * The weights of layers and convolutions in int8, by dynamic quantisation
 * (gemm/gemm_int8.h).  Attention, a convolution that reads samples, the
 * positional one, norms and the head are computed in float.  Releases the
 * memory of the file's pages.
 */
void encoder_pack_int8(struct encoder_packed *p,
                       const struct encoder_weights *w,
                       const struct encoder_folded *folded,
                       const struct encoder_config *c,
                       const struct safetensors *file);

/*
 * z [rows,O] = convolution i of x [T,I], with its bias, by int8 weights.
 * False, and nothing is done, where p is NULL or has none.
 */
bool encoder_convolve_int8(float *z, const struct encoder_packed *p, size_t i,
                           const float *x, size_t T, size_t taps, size_t stride,
                           const float *bias, struct arena *arena);
void encoder_packed_release(struct encoder_packed *p);
