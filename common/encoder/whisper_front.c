#include <string.h>

#include "encoder/encoder.h"
#include "encoder/products.h"
#include "encoder/whisper_front.h"
#include "gemm/bf16_native.h"
#include "nn/conv1d.h"
#include "nn/gelu.h"
#include "nn/residual.h"

enum { CONVS = 2, TAPS = 3 };

struct front_kept {
	uint8_t *mask;            /* dropout of x, or NULL */
};

/* What the convolutions of an utterance keep for backward. */
struct conv_kept {
	float *x;                 /* [rows of x + 2, I], zeros at its ends */
	size_t T;                 /* rows of x with the zeros */
	float *z;                 /* [rows,O] before GELU */
	size_t rows;
};

/* x [T,C] with a row of zeros at each end. */
static float *
padded(const float *x, size_t T, size_t C, struct arena *arena)
{
	float *y = arena_floats(arena, (T + 2) * C);

	memset(y, 0, C * sizeof *y);
	if (x)
		memcpy(y + C, x, T * C * sizeof *y);
	memset(y + (T + 1) * C, 0, C * sizeof *y);
	return y;
}

/*
 * y [rows,H] of utterance u, and what backward needs.  Without it, kept is NULL
 * and each convolution's output becomes its GELU in place.
 */
static void
convolve(float *y, struct conv_kept *kept, const struct encoder_rows *rows,
         size_t u, struct arena *arena)
{
	const struct encoder *n = rows->network;
	size_t T = rows->batch->lengths[u], H = rows->config->width;
	size_t I = rows->config->inputs;
	float *x = padded(rows->batch->input[u], T, I, arena);

	for (size_t i = 0; i < CONVS; i++) {
		struct conv_kept k = { .x = x, .T = T + 2 };
		float *out = y;

		k.rows = conv1d_rows(k.T, TAPS, i + 1);
		x = i + 1 < CONVS ? padded(NULL, k.rows, H, arena) : NULL;
		out = x ? x + H : y;
		k.z = kept ? arena_floats(arena, k.rows * H) : out;
		if (!encoder_convolve_int8(k.z, rows->packed, i, k.x, k.T,
		                           TAPS, i + 1,
		                           n->weights.conv[i].conv.bias,
		                           arena))
			conv1d_forward(k.z, k.x, n->folded.conv[i],
			               n->weights.conv[i].conv.bias, k.T, I, H,
			               TAPS, i + 1);
		gelu_forward(out, k.z, k.rows * H);
		if (kept)
			kept[i] = k;
		T = k.rows;
		I = H;
	}
}

/* Convolution i of x [T,I] in bfloat16, to where out says. */
static void
multiply(struct bf16_out out, const struct encoder_packed *p, size_t i,
         const uint16_t *x, size_t T, size_t I,
         const struct encoder_rows *rows, struct arena *scratch)
{
	size_t H = rows->config->width, count = conv1d_rows(T, TAPS, i + 1);
	const struct bf16_in in = { .half = x, .ld = (i + 1) * I };

	out.bias = rows->weights->conv[i].conv.bias;
	out.activate = gelu_rough;
	gemm_bf16(&out, p->unit, &in, p->conv[i], count, H, TAPS * I,
	          arena_halves(scratch, gemm_bf16_scratch(count, TAPS * I)));
}

/* The same as convolve, with packed weights; and positions are added. */
static void
convolve_halves(float *y, const struct encoder_packed *p,
                const struct encoder_rows *rows, size_t u,
                struct arena *scratch)
{
	size_t T = rows->batch->lengths[u] + 2, I = rows->config->inputs;
	size_t H = rows->config->width;
	float *s = padded(rows->batch->input[u], T - 2, I, scratch);
	uint16_t *x = arena_halves(scratch, T * I);
	uint16_t *a = arena_halves(scratch, T * H);

	bf16_round(x, s, T * I, 1);
	memset(a, 0, H * sizeof *a);
	memset(a + (T - 1) * H, 0, H * sizeof *a);
	multiply((struct bf16_out){ .half = a + H, .ldh = H }, p, 0, x, T, I,
	         rows, scratch);
	multiply((struct bf16_out){
		.y = y, .ldy = H, .residual = rows->weights->positions,
		.ldr = H
	}, p, 1, a, T, H, rows, scratch);
}

void
whisper_convolutions_packed(float *x, const struct encoder_rows *rows,
                            struct arena *scratch)
{
	arena_clear(scratch);
	convolve_halves(x, rows->packed, rows, 0, scratch);
	arena_clear(scratch);
}

/* While training, the convolutions may be packed though the rest is not. */
void
whisper_convolutions_plain(float *x, const struct encoder_rows *rows,
                           struct arena *scratch)
{
	const struct encoder_packed *packed = rows->batch->packed;
	size_t H = rows->config->width;

	for (size_t u = 0; u < rows->count; u++) {
		float *y = x + rows->start[u] * H;

		arena_clear(scratch);
		if (packed && packed->unit) {
			convolve_halves(y, packed, rows, u, scratch);
			continue;
		}
		convolve(y, NULL, rows, u, scratch);
		add_scaled(y, 1, rows->weights->positions,
		           encoder_rows_of(rows, u) * H);
	}
	arena_clear(scratch);
}

static void *
front_forward(struct encoder_stream *stream, const struct encoder_rows *rows,
              struct arena *arena, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t count = rows->total * c->width;
	struct front_kept *k = arena_take(arena, 1, sizeof *k);
	struct rng rng = encoder_chance(rows, "front", 0);
	float *x = arena_floats(arena, count);

	rows->products->whisper_convolutions(x, rows, scratch);
	k->mask = encoder_drop(x, count, c->dropout, rows, &rng, arena);
	*stream = (struct encoder_stream){
		.x = { .y.floats = x, .width = c->width },
		.next = rows->training ? NULL : arena_floats(arena, count)
	};
	return k;
}

/* The convolutions once more, now with what backward needs. */
static void
front_backward(struct encoder_weights *g, struct encoder_folded *dfolded,
               float *dx, const void *kept, const struct encoder_rows *rows,
               struct arena *arena, struct arena *scratch)
{
	const struct front_kept *k = kept;
	const struct encoder_config *c = rows->config;
	const struct encoder *n = rows->network;
	size_t H = c->width;
	const float *d = encoder_undrop(dx, k->mask, c->dropout,
	                                rows->total * H, arena);

	for (size_t u = 0; rows->batch->unfreeze && u < rows->count; u++) {
		const float *dy = d + rows->start[u] * H;
		size_t T = encoder_rows_of(rows, u);
		struct conv_kept conv[CONVS];

		arena_clear(scratch);
		convolve(arena_floats(scratch, T * H), conv, rows, u, scratch);
		for (size_t i = CONVS; i-- > 0;) {
			size_t I = i ? H : c->inputs;
			float *dz = arena_zeros(scratch, conv[i].rows * H);
			float *din = i ? arena_zeros(scratch, conv[i].T * I)
			               : NULL;

			gelu_backward(dz, dy, conv[i].z, conv[i].rows * H);
			conv1d_backward(din, dfolded->conv[i],
			                g->conv[i].conv.bias, dz, conv[i].x,
			                n->folded.conv[i], conv[i].T, I, H,
			                TAPS, i + 1);
			dy = din ? din + I : NULL;
		}
	}
}

const struct encoder_front whisper_front = {
	.forward = front_forward, .backward = front_backward
};
