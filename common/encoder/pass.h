/*
 * pass.h - what all parts of a network share during one forward pass
 *
 * The rows of all utterances lie one below the other: those of utterance u are
 * start[u] … start[u+1]-1, N in all.  H is the width of the transformer.
 */
#pragma once

#include <stdint.h>

#include "core/arena.h"
#include "core/rng.h"
#include "encoder/layout.h"

struct bf16_space;
struct encoder;
struct encoder_batch;
struct encoder_packed;
struct encoder_products;
struct encoder_folded;

struct encoder_rows {
	const struct encoder *network;
	const struct encoder_config *config; /* the network's */
	const struct encoder_weights *weights; /* the network's; or with
	                                          adapters, lora.h */
	const struct encoder_batch *batch;
	const size_t *start;      /* count + 1 */
	size_t count, total;      /* utterances; rows of all of them */
	float **relative;         /* WavLM: per utterance [heads,2T-1] */
	float **drelative;        /* its gradient, during backward */
	bool training;            /* keep what backward needs */
	bool chance;              /* dropout, masks, layer drop */
	const struct encoder_products *products;
	struct bf16_space *space; /* for training in bfloat16, or NULL */
	const struct encoder_packed *packed; /* for inference in it, or NULL */
};

/* Rows of utterance u, and of the longest one. */
size_t encoder_rows_of(const struct encoder_rows *rows, size_t u);
size_t encoder_rows_longest(const struct encoder_rows *rows);

/* Rows between two products: one of the pointers is NULL. */
struct encoder_values {
	float *floats;
	uint16_t *halves;         /* bfloat16 */
};

/* Room for [N,width], and for rows of halves up to a multiple of 32. */
struct encoder_values
encoder_values_take(struct arena *arena, bool halves, size_t N, size_t width);

/*
 * What a product multiplies.  With a norm, y = norm(x) is computed by the first
 * product that needs it, or by encoder_operand_settle.
 */
struct encoder_operand {
	struct encoder_values y;
	const float *x;           /* may be y.floats */
	const struct encoder_norm *norm; /* NULL: y holds its values already */
	size_t width;             /* of a row of x and of y */
	float *mean, *rstd;       /* [N] of the norm, kept for backward */
	bool settled;             /* y = norm(x) is done */
};

/* norm(x); y, mean and rstd are taken from the arena, y unless it is given. */
struct encoder_operand
encoder_operand_norm(const float *x, float *y, const struct encoder_norm *norm,
                     size_t width, const struct encoder_rows *rows,
                     struct arena *arena);

void encoder_operand_settle(struct encoder_operand *o,
                            const struct encoder_rows *rows);

/* Adds to dx and to gradient from dy, all of the operand's norm. */
void encoder_operand_backward(float *dx, struct encoder_norm *gradient,
                              const float *dy, const struct encoder_operand *o,
                              const struct encoder_rows *rows);

/* A stream of chance for one part of the network in one training step. */
struct rng
encoder_chance(const struct encoder_rows *rows, const char *part, size_t n);

/* Is anything dropped at this share, in this pass? */
bool encoder_drops(const struct encoder_rows *rows, float share);

/*
 * Drops out of x [n] in place while training.  Returns the mask, in the
 * arena, or NULL where nothing was dropped.
 */
uint8_t *
encoder_drop(float *x, size_t n, float share, const struct encoder_rows *rows,
             struct rng *rng, struct arena *arena);

/* The gradient before dropout; dy itself where nothing was dropped. */
const float *encoder_undrop(const float *dy, const uint8_t *mask, float share,
                            size_t n, struct arena *arena);

/*
 * The rows on their way through the layers.  Inference uses two buffers in
 * turn; while training, every layer's input stays where it is.
 */
struct encoder_stream {
	struct encoder_operand x; /* input of the next layer */
	float *next;              /* [N,H]: where its result goes */
};

/*
 * A front end: what computes the first layer's input.  wav2vec 2.0, HuBERT and
 * WavLM share one, Whisper has another.
 */
struct encoder_front {
	/*
	 * Sets stream->x and, without training, stream->next.  Returns what
	 * backward needs.  arena keeps all that outlives the call; scratch is
	 * cleared.
	 */
	void *(*forward)(struct encoder_stream *stream,
	                 const struct encoder_rows *rows, struct arena *arena,
	                 struct arena *scratch);

	/* Adds to gradient and dfolded from dx [N,H], which is used up. */
	void (*backward)(struct encoder_weights *gradient,
	                 struct encoder_folded *dfolded, float *dx,
	                 const void *kept, const struct encoder_rows *rows,
	                 struct arena *arena, struct arena *scratch);
};
