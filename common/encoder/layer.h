/*
 * layer.h - one transformer layer of wav2vec 2.0, both ways
 *
 *	norm last                     norm first ("stable")
 *	s = x + attention(x)          s = x + attention(norm(x))
 *	h = norm(s)                   h = norm(s)
 *	y = norm(h + feed(h))         y = s + feed(h)
 *
 * where feed = linear H -> F, GELU, linear F -> H.  Utterances are packed:
 * the rows of utterance u are start[u] … start[u+1]-1.
 */
#ifndef ENCODER_LAYER_H
#define ENCODER_LAYER_H

#include <stdint.h>

#include "core/arena.h"
#include "encoder/layout.h"

struct bf16_space;

/* What all layers of a pass share. */
struct encoder_rows {
	const struct encoder_config *config;
	const size_t *start;      /* count + 1 */
	size_t count, total;      /* utterances; rows in all */
	float **relative;         /* WavLM: per utterance [heads,2T-1] */
	float **drelative;        /* its gradient while going back */
	bool training;            /* keep what backward needs */
	bool chance;              /* drop out, mask, leave out layers */
	unsigned long seed;       /* of dropout, with each layer's number */
	unsigned long step;
	struct bf16_space *space; /* products are in bfloat16; or NULL */
};

/* What forward keeps for backward, in the arena it was given. */
struct encoder_kept {
	const float *x;
	const float *a;           /* what attention sees; x without a norm */
	float *qkv, *attended;    /* [N,3H], [N,H] */
	float **probability;      /* per utterance [heads,T,T] */
	float *gate;              /* WavLM: [N,heads] */
	float *s, *h, *sum;       /* sum: h + feed(h), norm last only */
	float *mean, *rstd, *last_mean, *last_rstd;
	float *wide, *active;     /* [N,F] before and after GELU; or */
	uint16_t *wide_half, *active_half; /* both in bfloat16 */
	uint8_t *attention_mask, *out_mask, *active_mask, *feed_mask;
	uint8_t **probability_mask;
};

/* Rows of the longest utterance. */
size_t encoder_rows_longest(const struct encoder_rows *rows);

/*
 * y [N,H] from x [N,H], which must stay until after backward.  n is the
 * layer's number.
 */
void
encoder_layer_forward(float *y, struct encoder_kept *kept, const float *x,
                      size_t n, const struct encoder_layer *w,
                      const struct encoder_rows *rows, struct arena *arena);

/* Turns dy [N,H] into dx, in place; adds to gradient and drelative. */
void
encoder_layer_backward(struct encoder_layer *gradient, float *dy,
                       const struct encoder_kept *kept,
                       const struct encoder_layer *w,
                       const struct encoder_rows *rows, struct arena *scratch);

#endif
