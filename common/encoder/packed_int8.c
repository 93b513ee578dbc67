#include <stdlib.h>

#include "core/xalloc.h"
#include "encoder/packed.h"
#include "nn/conv1d.h"

enum { OF_A_LAYER = 4, PARTS = 3 };

/* The next matrix of p, of parts one below the other. */
static const struct int8_matrix *
add(struct encoder_packed *p, const float *const *part, size_t parts, size_t N,
    size_t K)
{
	static const float ones[PARTS] = { 1, 1, 1 };
	struct int8_matrix *m = &p->int8[p->int8_count++];

	int8_pack(m, part, ones, parts, N, K);
	return m;
}

static void
layer_add(struct encoder_packed *p, struct encoder_packed_layer *to,
          const struct encoder_layer *w, const struct encoder_config *c)
{
	const float *qkv[PARTS] = { w->q.weight, w->k.weight, w->v.weight };
	const float *out = w->out.weight, *wide = w->wide.weight;
	const float *narrow = w->narrow.weight;
	size_t H = c->width, F = c->inner;

	to->qkv.int8 = add(p, qkv, PARTS, PARTS * H, H);
	to->out.int8 = add(p, &out, 1, H, H);
	to->wide.int8 = add(p, &wide, 1, F, H);
	to->narrow.int8 = add(p, &narrow, 1, H, F);
}

static void
convolutions_pack(struct encoder_packed *p, const struct encoder_folded *f,
                  const struct encoder_config *c)
{
	const float one = 1;

	for (size_t i = c->inputs == 1; i < c->convs; i++) {
		const float *weight = f->conv[i];

		int8_pack(&p->conv_int8[i], &weight, &one, 1, c->conv_width[i],
		          c->conv_taps[i] * encoder_conv_inputs(c, i));
	}
}

bool
encoder_convolve_int8(float *z, const struct encoder_packed *p, size_t i,
                      const float *x, size_t T, size_t taps, size_t stride,
                      const float *bias, struct arena *arena)
{
	const struct int8_matrix *m = p ? &p->conv_int8[i] : NULL;
	struct bf16_out out = { .y = z, .bias = bias };
	size_t rows = conv1d_rows(T, taps, stride);

	if (!m || m->N == 0)
		return false;
	out.ldy = m->N;
	gemm_int8(&out, p->int8_unit, x, m->K / taps * stride, m, rows,
	          arena_take(arena, gemm_int8_scratch(rows, m->K), 1));
	return true;
}

void
encoder_pack_int8(struct encoder_packed *p, const struct encoder_weights *w,
                  const struct encoder_folded *folded,
                  const struct encoder_config *c,
                  const struct safetensors *file)
{
	size_t H = c->width;

	*p = (struct encoder_packed){
		.int8_unit = int8_unit_find(NULL),
		.layer = xcalloc(c->layers, sizeof *p->layer),
		.int8 = xcalloc(c->layers * OF_A_LAYER, sizeof *p->int8),
		.bias = xcalloc(c->layers * PARTS * H, sizeof *p->bias)
	};
	convolutions_pack(p, folded, c);
	for (size_t i = 0; i < c->layers; i++) {
		const struct encoder_layer *l = &w->layer[i];
		const float *bias[] = { l->q.bias, l->k.bias, l->v.bias };
		float *own = p->bias + i * PARTS * H;

		layer_add(p, &p->layer[i], l, c);
		for (size_t t = 0; t < PARTS * H; t++)
			own[t] = bias[t / H] ? bias[t / H][t % H] : 0;
		p->layer[i].qkv_bias = own;
		safetensors_forget(file);
	}
}
