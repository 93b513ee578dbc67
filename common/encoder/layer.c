#include <string.h>

#include "encoder/feed_forward.h"
#include "encoder/layer.h"
#include "encoder/self_attention.h"

/*
 * Norm last: the next layer's input is norm(sum).  Its first product computes
 * it, but for training, since backward asks for what the norm keeps.
 */
static void
last_norm(struct encoder_stream *stream, struct encoder_kept *k, float *sum,
          const struct encoder_norm *norm, const struct encoder_rows *rows,
          struct arena *arena)
{
	k->y = stream->x;
	if (rows->training) {
		k->y = encoder_operand_norm(sum, stream->next, norm,
		                            rows->config->width, rows, arena);
		encoder_operand_settle(&k->y, rows);
	} else {
		k->y.x = sum;
		k->y.norm = norm;
		k->y.settled = false;
	}
	stream->x = k->y;
}

void
encoder_layer_forward(struct encoder_stream *stream, struct encoder_kept *k,
                      size_t n, const struct encoder_rows *rows,
                      struct arena *arena)
{
	size_t H = rows->config->width, length = rows->total * H;
	bool first = rows->config->stable, keep = rows->training;
	const struct encoder_layer *w = &rows->weights->layer[n];
	struct rng rng = encoder_chance(rows, "layer", n);
	float *x = stream->x.y.floats, *next = stream->next;
	float *s = keep ? arena_floats(arena, length) : next;
	float *sum = keep && !first ? arena_floats(arena, length) : next;

	*k = (struct encoder_kept){ .n = n, .w = w, .a = stream->x };
	if (first)
		k->a = encoder_operand_norm(x, NULL, &w->attention_norm, H,
		                            rows, arena);
	encoder_attention_forward(s, k, x, rows, &rng, arena);
	k->h = encoder_operand_norm(s, NULL, first ? &w->norm
	                                           : &w->attention_norm, H,
	                            rows, arena);
	encoder_feed_forward(sum, k, first ? s : k->h.y.floats, rows, &rng,
	                     arena);
	if (!first) {
		last_norm(stream, k, sum, &w->norm, rows, arena);
		return;
	}
	stream->x.y.floats = sum;
	stream->next = x;
}

/* Norm first:  y = s + feed(norm(s)),  s = x + attention(norm(x)). */
static void
norm_first_backward(struct encoder_layer *g, float *dy,
                    const struct encoder_kept *k,
                    const struct encoder_rows *rows, struct arena *scratch)
{
	size_t n = rows->total * rows->config->width;
	float *dh = arena_zeros(scratch, n), *da = arena_zeros(scratch, n);

	encoder_feed_backward(g, dh, dy, k, rows, scratch);
	encoder_operand_backward(dy, &g->norm, dh, &k->h, rows);
	encoder_attention_backward(g, da, dy, k, rows, scratch);
	encoder_operand_backward(dy, &g->attention_norm, da, &k->a, rows);
}

/* Norm last:  y = norm(h + feed(h)),  h = norm(s),  s = x + attention(x). */
static void
norm_last_backward(struct encoder_layer *g, float *dy,
                   const struct encoder_kept *k,
                   const struct encoder_rows *rows, struct arena *scratch)
{
	size_t n = rows->total * rows->config->width;
	float *d = arena_zeros(scratch, n);

	encoder_operand_backward(d, &g->norm, dy, &k->y, rows);
	encoder_feed_backward(g, d, d, k, rows, scratch); /* now dh */
	memset(dy, 0, n * sizeof *dy);
	encoder_operand_backward(dy, &g->attention_norm, d, &k->h, rows);
	encoder_attention_backward(g, dy, dy, k, rows, scratch);
}

void
encoder_layer_backward(struct encoder_layer *g, float *dy,
                       const struct encoder_kept *k,
                       const struct encoder_rows *rows, struct arena *scratch)
{
	if (rows->config->stable)
		norm_first_backward(g, dy, k, rows, scratch);
	else
		norm_last_backward(g, dy, k, rows, scratch);
}
