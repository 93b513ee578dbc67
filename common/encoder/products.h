/*
 * products.h - the arithmetic of a network: a table for each kind of weights
 *
 *	plain     weights are floats; where the rows have space, every product
 *	          rounds them to bfloat16 (training)
 *	packed    weights were packed in bfloat16 once (packed.h): inference of
 *	          one utterance
 *	int8      the layers' weights were quantised once (packed.h): inference
 *
 * The forward pass is written once, against such a table.  An entry may fuse
 * steps: the packed product norms rows while it packs them, and adds bias, GELU
 * and residual while its sums are in registers.
 */
#pragma once

#include "core/rng.h"
#include "encoder/packed.h"
#include "encoder/pass.h"

struct encoder_kept;
struct wav2vec2_front_kept;

/* A linear layer; packed is looked at by the packed table alone. */
struct encoder_matrix {
	const struct encoder_linear *linear;
	const struct encoder_packed_matrix *packed;
	size_t I, O;
};

/* Where a product goes, [N,O]. */
struct encoder_result {
	struct encoder_values y;
	bool gelu;                /* y = GELU(product) */
	struct encoder_values before; /* with gelu: its input; may be y */
	const float *residual;    /* is added; may be y.floats; or NULL */
};

struct encoder_products {
	bool halves;              /* features and values are bfloat16 */

	/* y = GELU(operand weight^T + bias) + residual */
	void (*linear)(const struct encoder_result *result,
	               struct encoder_operand *operand,
	               const struct encoder_matrix *matrix,
	               const struct encoder_rows *rows, struct arena *arena);

	/*
	 * Adds to gradient and to dx [N,I], or writes a fresh dx; or NULL.
	 * Rows of dy are lddy floats apart.
	 */
	void (*linear_backward)(float *dx, bool fresh,
	                        struct encoder_linear *gradient,
	                        const float *dy, size_t lddy,
	                        const struct encoder_values *x,
	                        const struct encoder_matrix *matrix,
	                        const struct encoder_rows *rows);

	/* kept->qkv of kept->a */
	void (*qkv)(struct encoder_kept *kept,
	            const struct encoder_rows *rows, struct arena *arena);

	/* kept->attended of kept->qkv */
	void (*attention)(struct encoder_kept *kept,
	                  const struct encoder_rows *rows, struct rng *rng,
	                  struct arena *arena);

	/* Whisper: x [N,H] of the batch (whisper_front.h); clears scratch */
	void (*whisper_convolutions)(float *x, const struct encoder_rows *rows,
	                             struct arena *scratch);

	/* wav2vec 2.0: features [N,C] of the batch; clears scratch */
	void (*convolutions)(const struct encoder_values *features,
	                     const struct encoder_rows *rows,
	                     struct arena *scratch);

	/* wav2vec 2.0: sum = p + GELU(positional convolution of p) */
	void (*position)(float *sum, struct wav2vec2_front_kept *kept,
	                 const struct encoder_rows *rows, struct arena *arena);

	/* dp and dfolded from dposition, the gradient before GELU */
	void (*position_backward)(struct encoder_weights *gradient,
	                          struct encoder_folded *dfolded, float *dp,
	                          const float *dposition,
	                          const struct wav2vec2_front_kept *kept,
	                          const struct encoder_rows *rows,
	                          struct arena *scratch);
};

extern const struct encoder_products encoder_products_plain;
extern const struct encoder_products encoder_products_packed;
extern const struct encoder_products encoder_products_int8;

/* What was packed of layer n; NULL pointers where nothing was. */
const struct encoder_packed_layer *
encoder_packed_layer(const struct encoder_rows *rows, size_t n);

/*
 * y = dropout(operand weight^T + bias) + residual, which may be y.  Returns the
 * mask, in the arena, or NULL where nothing was dropped.
 */
uint8_t *
encoder_linear_add(float *y, struct encoder_operand *operand,
                   const struct encoder_matrix *matrix, const float *residual,
                   const struct encoder_rows *rows, struct rng *rng,
                   struct arena *arena);
