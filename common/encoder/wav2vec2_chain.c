#include <string.h>

#include "encoder/encoder.h"
#include "encoder/wav2vec2_chain.h"
#include "encoder/wav2vec2_position.h"
#include "nn/gelu.h"
#include "nn/layernorm.h"
#include "nn/residual.h"

/* What a convolution keeps for backward; [N,H] but for mean and rstd [N]. */
struct wav2vec2_chain_kept {
	const float *x;           /* its input */
	float *z;                 /* its output, before the norm */
	float *normed;            /* before GELU */
	float *mean, *rstd;
};

/* Gain and bias of a norm that has none: ones, then zeros. */
static const float *
norm_take(size_t H, struct arena *arena)
{
	float *norm = arena_zeros(arena, 2 * H);

	for (size_t i = 0; i < H; i++)
		norm[i] = 1;
	return norm;
}

static struct wav2vec2_chain_kept
kept_take(const struct encoder_rows *rows, struct arena *arena)
{
	size_t n = rows->total * rows->config->width;

	return (struct wav2vec2_chain_kept){
		.z = arena_floats(arena, n),
		.normed = arena_floats(arena, n),
		.mean = arena_floats(arena, rows->total),
		.rstd = arena_floats(arena, rows->total)
	};
}

void
wav2vec2_chain_forward(float *sum, struct wav2vec2_front_kept *k,
                       const struct encoder_rows *rows, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t H = c->width, N = rows->total;
	const float *norm = norm_take(H, arena), *x = k->p;
	void *room = wav2vec2_position_room(rows, arena);
	struct wav2vec2_chain_kept *kept =
		arena_take(arena, c->position_plain, sizeof *kept);

	for (size_t i = 0; i < c->position_plain; i++) {
		float *y = sum;

		/* inference needs one set of rows, and x is read before y */
		kept[i] = rows->training || i == 0 ? kept_take(rows, arena)
		                                   : kept[0];
		kept[i].x = x;
		if (rows->training && i + 1 < c->position_plain)
			y = arena_floats(arena, N * H);
		wav2vec2_position_convolve(kept[i].z, x, i, rows, room);
		layernorm_forward(kept[i].normed, kept[i].mean, kept[i].rstd,
		                  kept[i].z, norm, norm + H, N, H,
		                  LAYERNORM_EPSILON);
		gelu_forward(y, kept[i].normed, N * H);
		x = y;
	}
	add_scaled(sum, 1, k->p, N * H);
	k->chain = rows->training ? kept : NULL;
}

void
wav2vec2_chain_backward(struct encoder_weights *g,
                        struct encoder_folded *dfolded, float *dp,
                        const float *dsum, const struct wav2vec2_front_kept *k,
                        const struct encoder_rows *rows,
                        struct arena *scratch)
{
	size_t H = rows->config->width, N = rows->total, n = N * H;
	const float *norm = norm_take(H, scratch);
	float *none = arena_zeros(scratch, 2 * H); /* gradients of the norm */
	float *dy = memcpy(arena_floats(scratch, n), dsum, n * sizeof *dy);
	float *dz = arena_floats(scratch, n);

	for (size_t i = rows->config->position_plain; i-- > 0;) {
		const struct wav2vec2_chain_kept *kept = &k->chain[i];
		float *dx = i > 0 ? dy : dp;

		gelu_backward_over(dy, kept->normed, n);
		memset(dz, 0, n * sizeof *dz);
		layernorm_backward(dz, none, none + H, dy, kept->z, norm,
		                   kept->mean, kept->rstd, N, H);
		if (i > 0)
			memset(dx, 0, n * sizeof *dx);
		wav2vec2_position_convolve_backward(g, dfolded, dx, dz,
		                                    kept->x, i, rows, scratch);
	}
}
