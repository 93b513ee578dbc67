#include <string.h>

#include "encoder/drop.h"
#include "encoder/feed_forward.h"
#include "encoder/trunk.h"
#include "nn/layernorm.h"
#include "nn/relative_bias.h"

/* What a layer left behind for backward. */
enum trace { TRACE_KEPT, TRACE_FORGOTTEN, TRACE_DROPPED };

struct encoder_pass {
	struct encoder_batch batch;
	struct encoder_rows rows;
	struct wav2vec2_front_kept front;
	struct encoder_head_kept head;
	float **x;                /* [layers + 1]: what each layer sees */
	struct encoder_kept *kept;   /* [layers] */
	enum trace *trace;        /* [layers] */
	float *last, *mean, *rstd; /* after and of the last norm */
};

/* Bytes that one layer keeps, more or less. */
static size_t
layer_memory(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	size_t inner = encoder_feed_rounds(rows) ? c->inner : 2 * c->inner;
	size_t a_row = 9 * c->width + inner, floats;

	floats = rows->total * a_row;
	for (size_t u = 0; u < rows->count; u++) {
		size_t T = rows->start[u + 1] - rows->start[u];

		floats += c->heads * T * T;
	}
	return floats * sizeof(float);
}

static void
layer_run(struct encoder_pass *p, size_t i, size_t spare,
          const struct encoder *n, struct arena *arena, struct arena *scratch)
{
	size_t size = p->rows.total * n->config.width;
	struct rng rng = encoder_chance(&p->rows, "layer drop", i);
	bool keep = n->config.layers - i <= spare;
	bool may_drop = p->rows.chance;

	p->x[i + 1] = arena_floats(arena, size);
	/* WavLM's first layer makes the distances' bias and always runs */
	if (n->config.family == ENCODER_WAVLM && i == 0)
		may_drop = false;
	if (may_drop && rng_uniform(&rng) < n->config.layer_drop) {
		p->trace[i] = TRACE_DROPPED;
		memcpy(p->x[i + 1], p->x[i], size * sizeof(float));
		return;
	}
	p->trace[i] = keep ? TRACE_KEPT : TRACE_FORGOTTEN;
	arena_clear(scratch);
	encoder_layer_forward(p->x[i + 1], &p->kept[i], p->x[i], i,
	                      &n->weights.layer[i], &p->rows,
	                      keep ? arena : scratch);
}

/* The last layers keep what fits: they are the first to be asked. */
static void
layers_run(struct encoder_pass *p, const struct encoder *n, struct arena *arena,
           struct arena *scratch)
{
	size_t layers = n->config.layers;
	size_t spare = p->batch.memory / layer_memory(&p->rows);

	p->kept = arena_take(arena, layers, sizeof *p->kept);
	p->trace = arena_take(arena, layers, sizeof *p->trace);
	for (size_t i = 0; i < layers; i++) {
		encoder_head_state(&p->head, i, p->x[i], &p->rows);
		layer_run(p, i, spare, n, arena, scratch);
	}
	p->last = p->x[layers];
	if (n->config.stable) {
		p->last = arena_floats(arena,
		                       p->rows.total * n->config.width);
		p->mean = arena_floats(arena, p->rows.total);
		p->rstd = arena_floats(arena, p->rows.total);
		encoder_last_norm(p->last, p->mean, p->rstd, p->x[layers], n,
		                  p->rows.total);
	}
	encoder_head_state(&p->head, layers, p->last, &p->rows);
}

struct encoder_pass *
encoder_forward(float *logits, const struct encoder *n,
                const struct encoder_batch *batch, struct arena *arena,
                struct arena *scratch)
{
	struct encoder_pass *p = arena_take(arena, 1, sizeof *p);
	const float *features;

	*p = (struct encoder_pass){ .batch = *batch };
	encoder_rows_init(&p->rows, &n->config, batch, arena);
	p->rows.training = true;
	p->rows.chance = !batch->plain;
	encoder_relative_forward(&p->rows, &n->weights, arena);
	p->x = arena_take(arena, n->config.layers + 1, sizeof *p->x);
	features = encoder_encode(n, batch, &p->rows, arena, scratch);
	p->x[0] = arena_floats(arena, p->rows.total * n->config.width);
	wav2vec2_front_forward(p->x[0], &p->front, features, &n->weights,
	                       &n->folded, &p->rows, arena);
	encoder_head_begin(&p->head, &n->weights, &p->rows, arena);
	layers_run(p, n, arena, scratch);
	encoder_head_forward(logits, NULL, &p->head, &n->weights, &p->rows,
	                     arena);
	return p;
}

/* Where the distances' gradient gathers over the layers. */
static void
drelative_begin(struct encoder_pass *p, struct arena *arena)
{
	const struct encoder_config *c = p->rows.config;

	if (c->family != ENCODER_WAVLM)
		return;
	p->rows.drelative = arena_take(arena, p->rows.count,
	                               sizeof(float *));
	for (size_t u = 0; u < p->rows.count; u++) {
		size_t T = p->rows.start[u + 1] - p->rows.start[u];

		p->rows.drelative[u] = arena_zeros(arena,
		                                   c->heads * (2 * T - 1));
	}
}

static void
drelative_end(struct encoder_weights *g, const struct encoder_pass *p)
{
	const struct encoder_config *c = p->rows.config;

	for (size_t u = 0; p->rows.drelative && u < p->rows.count; u++)
		relative_bias_backward(g->distance, p->rows.drelative[u],
		                       p->rows.start[u + 1] -
		                       p->rows.start[u],
		                       c->heads, c->buckets, c->distance);
}

static void
layer_back(struct encoder_weights *g, float *dx, size_t i,
           struct encoder_pass *p, const struct encoder *n,
           struct arena *scratch)
{
	if (p->trace[i] == TRACE_DROPPED)
		return;
	arena_clear(scratch);
	if (p->trace[i] == TRACE_FORGOTTEN)
		encoder_layer_forward(
			arena_floats(scratch, p->rows.total * n->config.width),
			&p->kept[i], p->x[i], i, &n->weights.layer[i], &p->rows,
			scratch);
	encoder_layer_backward(&g->layer[i], dx, &p->kept[i],
	                       &n->weights.layer[i], &p->rows, scratch);
}

/* The convolutions once more, now keeping what backward needs. */
static void
encode_back(struct encoder_weights *g, struct wav2vec2_folded *dfolded,
            float *dfeatures, const struct encoder_pass *p,
            const struct encoder *n, struct arena *scratch)
{
	size_t C = n->config.conv_width[n->config.convs - 1];
	struct wav2vec2_conv_kept kept[ENCODER_CONVS_MAX];

	for (size_t u = 0; u < p->batch.count; u++) {
		size_t at = p->rows.start[u] * C;
		size_t T = p->rows.start[u + 1] - p->rows.start[u];

		arena_clear(scratch);
		wav2vec2_convolutions_forward(arena_floats(scratch, T * C),
		                              kept, p->batch.audio[u],
		                              p->batch.samples[u], &n->config,
		                              &n->weights, &n->folded, scratch);
		wav2vec2_convolutions_backward(g, dfolded, dfeatures + at, kept,
		                               &n->config, &n->weights,
		                               &n->folded, scratch);
	}
}

void
encoder_backward(struct encoder_weights *g, struct wav2vec2_folded *dfolded,
                 struct encoder_pass *p, const float *dlogits,
                 const struct encoder *n, struct arena *arena,
                 struct arena *scratch)
{
	const struct encoder_config *c = &n->config;
	size_t N = p->rows.total, H = c->width;
	float *dx = arena_zeros(arena, N * H), *dpooled, *dfeatures = NULL;

	drelative_begin(p, arena);
	dpooled = encoder_head_backward(g, dlogits, &p->head, &n->weights,
	                                &p->rows, arena);
	encoder_head_state_backward(dx, c->layers, dpooled, &p->head, &p->rows);
	if (c->stable) {
		float *d = arena_zeros(arena, N * H);

		layernorm_backward(d, g->norm.gain, g->norm.bias, dx,
		                   p->x[c->layers], n->weights.norm.gain,
		                   p->mean, p->rstd, N, H);
		dx = d;
	}
	for (size_t i = c->layers; i-- > 0;) {
		layer_back(g, dx, i, p, n, scratch);
		encoder_head_state_backward(dx, i, dpooled, &p->head, &p->rows);
	}
	drelative_end(g, p);
	arena_clear(scratch);
	if (p->batch.unfreeze)
		dfeatures = arena_zeros(arena, N *
		                        c->conv_width[c->convs - 1]);
	wav2vec2_front_backward(g, dfolded, dfeatures, dx, &p->front,
	                        &n->weights, &n->folded, &p->rows, scratch);
	if (p->batch.unfreeze)
		encode_back(g, dfolded, dfeatures, p, n, scratch);
	arena_clear(scratch);
}
