#include <string.h>

#include "encoder/precise_linear.h"
#include "nn/linear.h"
#include "nn/linear_bf16.h"

void
encoder_linear_forward(float *y, size_t ldy, const float *x,
                       const struct encoder_linear *w, size_t I, size_t O,
                       const struct encoder_rows *rows)
{
	const struct bf16_in in = { .x = x, .ld = I, .alpha = 1 };
	const struct bf16_out out = { .y = y, .ldy = ldy, .bias = w->bias };
	size_t N = rows->total;

	if (rows->space)
		linear_bf16_forward(&out, &in, w->weight, N, I, O,
		                    rows->space);
	else
		linear_forward_into(y, ldy, x, I, w->weight, w->bias, N, I,
		                    O);
}

void
encoder_linear_backward(float *dx, bool fresh, struct encoder_linear *g,
                        const float *dy, size_t lddy, const float *x,
                        const struct encoder_linear *w, size_t I, size_t O,
                        const struct encoder_rows *rows)
{
	const struct bf16_in in = { .x = x, .ld = I, .alpha = 1 };
	size_t N = rows->total;

	if (rows->space) {
		linear_bf16_backward(dx, I, fresh, g->weight, g->bias, dy,
		                     lddy, &in, w->weight, N, I, O,
		                     rows->space);
		return;
	}
	if (dx && fresh)
		memset(dx, 0, N * I * sizeof *dx);
	linear_backward_from(dx, I, g->weight, g->bias, dy, lddy, x, I,
	                     w->weight, N, I, O);
}
