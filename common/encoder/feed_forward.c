#include "encoder/feed_forward.h"
#include "encoder/products.h"
#include "nn/dropout.h"
#include "nn/gelu.h"

bool
encoder_feed_halves(const struct encoder_rows *rows)
{
	return (rows->products->halves || rows->space) &&
	       !encoder_drops(rows, rows->config->activation_dropout);
}

static struct encoder_matrix
wide_of(const struct encoder_kept *k, const struct encoder_rows *rows)
{
	return (struct encoder_matrix){
		&k->w->wide, &encoder_packed_layer(rows, k->n)->wide,
		rows->config->width, rows->config->inner
	};
}

static struct encoder_matrix
narrow_of(const struct encoder_kept *k, const struct encoder_rows *rows)
{
	return (struct encoder_matrix){
		&k->w->narrow, &encoder_packed_layer(rows, k->n)->narrow,
		rows->config->inner, rows->config->width
	};
}

void
encoder_feed_forward(float *y, struct encoder_kept *k, const float *residual,
                     const struct encoder_rows *rows, struct rng *rng,
                     struct arena *arena)
{
	const struct encoder_matrix wide = wide_of(k, rows);
	const struct encoder_matrix narrow = narrow_of(k, rows);
	size_t N = rows->total, F = rows->config->inner;
	bool halves = encoder_feed_halves(rows);
	struct encoder_operand active = { .width = F };
	struct encoder_result result = { .gelu = true };

	k->active = encoder_values_take(arena, halves, N, F);
	k->wide = rows->training ? encoder_values_take(arena, halves, N, F)
	                         : k->active;
	result.y = k->active;
	result.before = k->wide;
	rows->products->linear(&result, &k->h, &wide, rows, arena);
	k->active_mask = encoder_drop(k->active.floats, N * F,
	                              rows->config->activation_dropout, rows,
	                              rng, arena);
	active.y = k->active;
	k->feed_mask = encoder_linear_add(y, &active, &narrow, residual, rows,
	                                  rng, arena);
}

/* d [N,F] = the gradient before GELU, from that after it. */
static void
gelu_back(float *d, const struct encoder_kept *k,
          const struct encoder_rows *rows)
{
	size_t n = rows->total * rows->config->inner;

	if (k->active_mask) /* forward's factors are backward's */
		dropout_forward(d, d, k->active_mask,
		                rows->config->activation_dropout, n);
	if (k->wide.halves)
		gelu_backward_over_halves(d, k->wide.halves, n);
	else
		gelu_backward_over(d, k->wide.floats, n);
}

void
encoder_feed_backward(struct encoder_layer *g, float *dh, const float *dout,
                      const struct encoder_kept *k,
                      const struct encoder_rows *rows, struct arena *scratch)
{
	const struct encoder_matrix wide = wide_of(k, rows);
	const struct encoder_matrix narrow = narrow_of(k, rows);
	const struct encoder_products *products = rows->products;
	size_t N = rows->total, H = wide.I, F = wide.O;
	float *d = arena_floats(scratch, N * F);

	dout = encoder_undrop(dout, k->feed_mask, rows->config->dropout, N * H,
	                      scratch);
	products->linear_backward(d, true, &g->narrow, dout, H, &k->active,
	                          &narrow, rows);
	gelu_back(d, k, rows);
	products->linear_backward(dh, false, &g->wide, d, F, &k->h.y, &wide,
	                          rows);
}
