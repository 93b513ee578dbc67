#include <stdlib.h>

#include "core/xalloc.h"
#include "encoder/fold.h"
#include "nn/weightnorm.h"

static size_t
conv_length(const struct encoder_config *c, size_t layer)
{
	return c->conv_width[layer] * encoder_conv_inputs(c, layer) *
	       c->conv_taps[layer];
}

/* Channels of a group of the positional convolution; 0: there is none. */
static size_t
group_width(const struct encoder_config *c)
{
	return c->position_groups ? c->width / c->position_groups : 0;
}

void
encoder_folded_init(struct encoder_folded *f, const struct encoder_config *c)
{
	float *at;

	f->positions = c->width * group_width(c) * c->position_taps *
		encoder_positions(c);
	f->length = f->positions;
	for (size_t i = 0; i < c->convs; i++)
		f->length += conv_length(c, i);
	at = f->block = xcalloc(f->length, sizeof *f->block);
	for (size_t i = 0; i < c->convs; i++) {
		f->conv[i] = at;
		at += conv_length(c, i);
	}
	f->position = at;
}

void
encoder_folded_release(struct encoder_folded *f)
{
	free(f->block);
	*f = (struct encoder_folded){ .block = NULL };
}

/* y [O,k,I] from x [O,I,k] */
static void
taps_first(float *y, const float *x, size_t O, size_t I, size_t k)
{
	for (size_t o = 0; o < O; o++, x += I * k, y += I * k)
		for (size_t j = 0; j < k; j++)
			for (size_t i = 0; i < I; i++)
				y[j * I + i] = x[i * k + j];
}

/* Adds to dx [O,I,k] from dy [O,k,I]. */
static void
taps_last(float *dx, const float *dy, size_t O, size_t I, size_t k)
{
	for (size_t o = 0; o < O; o++, dx += I * k, dy += I * k)
		for (size_t i = 0; i < I; i++)
			for (size_t j = 0; j < k; j++)
				dx[i * k + j] += dy[j * I + i];
}

void
encoder_fold(struct encoder_folded *f, const struct encoder_weights *w,
              const struct encoder_config *c)
{
	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < c->convs; i++)
		taps_first(f->conv[i], w->conv[i].conv.weight, c->conv_width[i],
		           encoder_conv_inputs(c, i), c->conv_taps[i]);
	encoder_fold_position(f, w, c);
}

void
encoder_fold_position(struct encoder_folded *f,
                       const struct encoder_weights *w,
                       const struct encoder_config *c)
{
	size_t each = f->positions / encoder_positions(c);

	for (size_t i = 0; i < c->position_plain; i++)
		taps_first(f->position + i * each, w->position[i].weight,
		           c->width, group_width(c), c->position_taps);
	if (w->position_gain)
		weightnorm_forward(f->position, w->position_gain,
		                   w->position_direction, c->width,
		                   group_width(c), c->position_taps);
}

void
encoder_fold_backward(struct encoder_weights *gradient,
                       const struct encoder_folded *df,
                       const struct encoder_weights *w,
                       const struct encoder_config *c, bool convolutions)
{
	size_t each = df->positions / encoder_positions(c);

	for (size_t i = 0; convolutions && i < c->convs; i++)
		taps_last(gradient->conv[i].conv.weight, df->conv[i],
		          c->conv_width[i], encoder_conv_inputs(c, i),
		          c->conv_taps[i]);
	for (size_t i = 0; i < c->position_plain; i++)
		taps_last(gradient->position[i].weight,
		          df->position + i * each, c->width, group_width(c),
		          c->position_taps);
	if (w->position_gain)
		weightnorm_backward(gradient->position_gain,
		                    gradient->position_direction, df->position,
		                    w->position_gain, w->position_direction,
		                    c->width, group_width(c),
		                    c->position_taps);
}
