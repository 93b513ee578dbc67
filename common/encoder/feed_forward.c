#include "encoder/drop.h"
#include "encoder/feed_forward.h"
#include "encoder/precise_linear.h"
#include "nn/dropout.h"
#include "nn/gelu.h"
#include "nn/linear_bf16.h"

bool
encoder_feed_rounds(const struct encoder_rows *rows)
{
	bool drops = rows->chance && rows->config->activation_dropout > 0;

	return rows->space && !drops;
}

/* out = linear(GELU(linear(h))), without passing over what is between. */
static void
forward_rounded(float *out, struct encoder_kept *k,
                const struct encoder_layer *w, const struct encoder_rows *rows,
                struct arena *arena)
{
	size_t N = rows->total, H = rows->config->width;
	size_t F = rows->config->inner;
	const struct bf16_in h = { .x = k->h, .ld = H, .alpha = 1 };
	struct bf16_in active = { .ld = F };
	struct bf16_out wide = {
		.ldh = F, .bias = w->wide.bias, .activate = gelu_rough
	};
	const struct bf16_out narrow = {
		.y = out, .ldy = H, .bias = w->narrow.bias
	};

	wide.before = k->wide_half = arena_halves(arena, N * F);
	k->active_half = arena_halves(arena, N * F);
	wide.half = k->active_half;
	active.half = k->active_half;
	linear_bf16_forward(&wide, &h, w->wide.weight, N, H, F, rows->space);
	linear_bf16_forward(&narrow, &active, w->narrow.weight, N, F, H,
	                    rows->space);
}

static void
forward_floats(float *out, struct encoder_kept *k,
               const struct encoder_layer *w, const struct encoder_rows *rows,
               struct rng *rng, struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width, F = c->inner;

	k->wide = arena_floats(arena, N * F);
	k->active = rows->training ? arena_floats(arena, N * F) : k->wide;
	encoder_linear_forward(k->wide, F, k->h, &w->wide, H, F, rows);
	gelu_forward(k->active, k->wide, N * F);
	k->active_mask = encoder_drop(k->active, N * F, c->activation_dropout,
	                              rows, rng, arena);
	encoder_linear_forward(out, H, k->active, &w->narrow, F, H, rows);
}

void
encoder_feed_forward(float *out, struct encoder_kept *k,
                     const struct encoder_layer *w,
                     const struct encoder_rows *rows, struct rng *rng,
                     struct arena *arena)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width;

	if (encoder_feed_rounds(rows))
		forward_rounded(out, k, w, rows, arena);
	else
		forward_floats(out, k, w, rows, rng, arena);
	k->feed_mask = encoder_drop(out, N * H, c->dropout, rows, rng, arena);
}

/* d [N,F]: the gradient of wide, from that of what narrow makes of it. */
static void
narrow_backward_rounded(float *d, struct encoder_layer *g, const float *dout,
                        const struct encoder_kept *k,
                        const struct encoder_layer *w,
                        const struct encoder_rows *rows)
{
	size_t N = rows->total, H = rows->config->width;
	size_t F = rows->config->inner;
	const struct bf16_in active = { .half = k->active_half, .ld = F };

	linear_bf16_backward(d, F, true, g->narrow.weight, g->narrow.bias,
	                     dout, H, &active, w->narrow.weight, N, F, H,
	                     rows->space);
	gelu_backward_over_halves(d, k->wide_half, N * F);
}

static void
narrow_backward_floats(float *d, struct encoder_layer *g, const float *dout,
                       const struct encoder_kept *k,
                       const struct encoder_layer *w,
                       const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width, F = c->inner;

	encoder_linear_backward(d, true, &g->narrow, dout, H, k->active,
	                        &w->narrow, F, H, rows);
	if (k->active_mask) /* both ways the same factors */
		dropout_forward(d, d, k->active_mask, c->activation_dropout,
		                N * F);
	gelu_backward_over(d, k->wide, N * F);
}

void
encoder_feed_backward(struct encoder_layer *g, float *dh, const float *dout,
                      const struct encoder_kept *k,
                      const struct encoder_layer *w,
                      const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_config *c = rows->config;
	size_t N = rows->total, H = c->width, F = c->inner;
	float *d = arena_floats(scratch, N * F);

	dout = encoder_undrop(dout, k->feed_mask, c->dropout, N * H, scratch);
	if (encoder_feed_rounds(rows))
		narrow_backward_rounded(d, g, dout, k, w, rows);
	else
		narrow_backward_floats(d, g, dout, k, w, rows);
	encoder_linear_backward(dh, false, &g->wide, d, F, k->h, &w->wide, H, F,
	                        rows);
}
