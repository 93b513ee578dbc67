#include <math.h>
#include <string.h>

#include "encoder/encoder.h"
#include "encoder/feed_forward.h"
#include "encoder/products.h"
#include "encoder/self_attention.h"
#include "encoder/wav2vec2_front.h"
#include "encoder/whisper_front.h"
#include "nn/pool.h"

/* What a layer left behind for backward. */
enum trace { TRACE_KEPT, TRACE_FORGOTTEN, TRACE_DROPPED };

struct encoder_pass {
	struct encoder_batch batch;
	struct encoder_rows rows; /* of that batch */
	struct encoder_rows frozen; /* the same for parts that do not train */
	const struct encoder_front *front;
	void *front_kept;
	struct encoder_head_kept head;
	float *encoding;          /* of encoder_encode; or NULL */
	size_t layers;            /* that are computed */
	struct encoder_stream stream;
	struct encoder_operand last; /* the last state, or its norm */
	float **x;                /* training: [layers], each one's input */
	struct encoder_kept *kept;   /* training: [layers] */
	enum trace *trace;        /* training: [layers] */
};

void
encoder_normalize(float *y, const float *x, size_t N)
{
	double sum = 0, squares = 0, mean, scale;

	for (size_t i = 0; i < N; i++)
		sum += (double)x[i];
	mean = sum / (double)N;
	for (size_t i = 0; i < N; i++)
		squares += ((double)x[i] - mean) * ((double)x[i] - mean);
	scale = 1 / sqrt(squares / (double)N + 1e-7);
	for (size_t i = 0; i < N; i++)
		y[i] = (float)(((double)x[i] - mean) * scale);
}

static const struct encoder_front *
front_of(const struct encoder_config *c)
{
	return c->family == ENCODER_WHISPER ? &whisper_front : &wav2vec2_front;
}

static const struct encoder_products *
products_of(const struct encoder_batch *batch, bool training)
{
	/* while training, the convolutions alone are packed */
	if (!batch->packed || training)
		return &encoder_products_plain;
	return batch->packed->int8_unit ? &encoder_products_int8
	                                : &encoder_products_packed;
}

/* Finds where each utterance's rows begin. */
static void
pass_begin(struct encoder_pass *p, const struct encoder *n,
           const struct encoder_batch *batch, bool training,
           struct arena *arena)
{
	size_t *start = arena_take(arena, batch->count + 1, sizeof *start);

	*p = (struct encoder_pass){
		.batch = *batch, .front = front_of(&n->config),
		.layers = n->config.layers
	};
	start[0] = 0;
	for (size_t u = 0; u < batch->count; u++)
		start[u + 1] = start[u] +
			encoder_rows(&n->config, batch->lengths[u]);
	p->rows = (struct encoder_rows){
		.network = n, .config = &n->config,
		.weights = n->lora.block ? &n->lora.weights : &n->weights,
		.batch = &p->batch, .start = start, .count = batch->count,
		.total = start[batch->count], .training = training,
		.chance = training && !batch->plain,
		.products = products_of(batch, training),
		.space = batch->space,
		.packed = training ? NULL : batch->packed
	};
	p->frozen = p->rows;
	p->frozen.training = p->frozen.chance = false;
}

static float *
state_take(const struct encoder_pass *p, struct arena *arena)
{
	return arena_floats(arena, p->rows.total * p->rows.config->width);
}

/* Bytes that one layer keeps, more or less. */
static size_t
layer_memory(const struct encoder_rows *rows)
{
	const struct encoder_config *c = rows->config;
	size_t inner = encoder_feed_halves(rows) ? c->inner : 2 * c->inner;
	size_t a_row = 9 * c->width + inner, floats;

	floats = rows->total * a_row;
	for (size_t u = 0; u < rows->count; u++) {
		size_t T = encoder_rows_of(rows, u);

		floats += c->heads * T * T;
	}
	return floats * sizeof(float);
}

/* Layer drop, by chance while training. */
static bool
layer_drops(const struct encoder_pass *p, size_t i)
{
	const struct encoder_config *c = p->rows.config;
	struct rng rng = encoder_chance(&p->rows, "layer drop", i);

	/* WavLM's first layer makes the distances' bias and always runs */
	return p->rows.chance && !(c->family == ENCODER_WAVLM && i == 0) &&
	       rng_uniform(&rng) < c->layer_drop;
}

/* The last layers keep what fits: backward begins with them. */
static void
layer_train(struct encoder_pass *p, size_t i, struct arena *arena,
            struct arena *scratch)
{
	size_t fit = p->batch.memory / layer_memory(&p->rows);
	bool keep = p->rows.config->layers - i <= fit;

	if (i < p->batch.frozen) {
		struct encoder_kept once;

		arena_clear(scratch);
		encoder_layer_forward(&p->stream, &once, i, &p->frozen,
		                      scratch);
		return;
	}
	p->x[i] = p->stream.x.y.floats;
	p->trace[i] = keep ? TRACE_KEPT : TRACE_FORGOTTEN;
	if (layer_drops(p, i)) {
		p->trace[i] = TRACE_DROPPED;
		return;
	}
	p->stream.next = state_take(p, arena);
	arena_clear(scratch);
	encoder_layer_forward(&p->stream, &p->kept[i], i, &p->rows,
	                      keep ? arena : scratch);
}

/* Does the last state pass the network's final norm? */
static bool
last_normed(const struct encoder_pass *p)
{
	const struct encoder_config *c = p->rows.config;

	return c->stable && p->layers == c->layers &&
		(p->encoding || !(c->layer_sum && c->untied));
}

/* What becomes of state n, x: the input of layer n, or the last state. */
static void
state_use(struct encoder_pass *p, size_t n, const float *x,
          struct arena *arena)
{
	size_t H = p->rows.config->width;
	float *mean = p->encoding + 2 * n * H;

	if (p->encoding)
		statistics_forward(mean, mean + H, x, p->rows.total, H);
	else
		encoder_head_state(&p->head, n, x, &p->rows, arena);
}

/* A copy of a frozen layer's input where attentive pooling trains on it. */
static float *
frozen_keep(const struct encoder_pass *p, const float *x, struct arena *arena)
{
	const struct encoder_rows *rows = &p->rows;
	size_t n = rows->total * rows->config->width;

	if (!rows->weights->attention || !rows->config->layer_sum)
		return NULL;
	return memcpy(arena_floats(arena, n), x, n * sizeof *x);
}

/* All layers, and what becomes of each state. */
static void
layers_forward(struct encoder_pass *p, struct arena *arena,
               struct arena *scratch)
{
	const struct encoder_config *c = p->rows.config;
	struct encoder_kept once;

	for (size_t i = 0; i < p->layers; i++) {
		const float *x = p->stream.x.y.floats;

		if (p->rows.training) {
			layer_train(p, i, arena, scratch);
		} else {
			arena_clear(scratch);
			encoder_layer_forward(&p->stream, &once, i, &p->rows,
			                      scratch);
		}
		state_use(p, i, x, arena);
		if (i < p->batch.frozen)
			p->x[i] = frozen_keep(p, x, arena);
	}
	p->last = p->stream.x;
	if (last_normed(p))
		p->last = encoder_operand_norm(
			p->stream.x.y.floats,
			p->rows.training ? NULL : p->stream.x.y.floats,
			&p->rows.weights->norm, c->width, &p->rows, arena);
	encoder_operand_settle(&p->last, &p->rows);
	state_use(p, p->layers, p->last.y.floats, arena);
}

static void
pass_run(struct encoder_pass *p, float *logits, float *embedding,
         struct arena *arena, struct arena *scratch)
{
	encoder_relative_forward(&p->rows, arena);
	p->frozen.relative = p->rows.relative;
	p->front_kept = p->front->forward(
		&p->stream, p->batch.frozen ? &p->frozen : &p->rows, arena,
		scratch);
	encoder_head_begin(&p->head, &p->rows, arena);
	layers_forward(p, arena, scratch);
	encoder_head_forward(logits, embedding, &p->head, &p->rows, arena);
}

void
encoder_encode(const struct encoder *n, const struct encoder_packed *packed,
               float *encoding, size_t layers, const float *input,
               size_t length, struct arena *arena)
{
	const struct encoder_batch batch = {
		.count = 1, .input = &input, .lengths = &length,
		.packed = packed
	};
	struct arena *scratch = arena_second(arena);
	struct encoder_pass p;

	arena_clear(arena);
	pass_begin(&p, n, &batch, false, arena);
	p.encoding = encoding;
	p.layers = layers;
	encoder_relative_forward(&p.rows, arena);
	p.front->forward(&p.stream, &p.rows, arena, scratch);
	layers_forward(&p, arena, scratch);
	arena_clear(scratch);
	arena_clear(arena);
}

void
encoder_infer(const struct encoder *n, const struct encoder_packed *packed,
              float *logits, float *embedding, const float *input,
              size_t length, struct arena *arena)
{
	const struct encoder_batch batch = {
		.count = 1, .input = &input, .lengths = &length,
		.packed = packed
	};
	struct arena *scratch = arena_second(arena);
	struct encoder_pass p;

	arena_clear(arena);
	pass_begin(&p, n, &batch, false, arena);
	pass_run(&p, logits, embedding, arena, scratch);
	arena_clear(scratch);
	arena_clear(arena);
}

struct encoder_pass *
encoder_forward(float *logits, const struct encoder *n,
                const struct encoder_batch *batch, struct arena *arena,
                struct arena *scratch)
{
	struct encoder_pass *p = arena_take(arena, 1, sizeof *p);
	size_t layers = n->config.layers;

	pass_begin(p, n, batch, true, arena);
	p->x = arena_take(arena, layers, sizeof *p->x);
	p->kept = arena_take(arena, layers, sizeof *p->kept);
	p->trace = arena_take(arena, layers, sizeof *p->trace);
	pass_run(p, logits, NULL, arena, scratch);
	return p;
}

bool
encoder_pass_reaches(const struct encoder_pass *p, float *const *slot)
{
	const struct encoder_config *c = p->rows.config;
	const struct encoder_weights *w = &p->rows.network->weights;
	uintptr_t first = (uintptr_t)w->layer, at = (uintptr_t)slot;
	size_t layer = (at - first) / sizeof *w->layer;

	if (slot == &w->mask)
		return p->rows.chance && c->augment && c->time_mask.share > 0;
	return at < first || layer >= c->layers ||
	       p->trace[layer] != TRACE_DROPPED;
}

/* What was not kept is computed again. */
static void
layer_back(struct encoder_weights *g, float *dx, size_t i,
           struct encoder_pass *p, struct arena *scratch)
{
	if (p->trace[i] == TRACE_DROPPED)
		return;
	arena_clear(scratch);
	if (p->trace[i] == TRACE_FORGOTTEN) {
		struct encoder_stream again = {
			.x = { .y.floats = p->x[i],
			       .width = p->rows.config->width },
			.next = state_take(p, scratch)
		};

		encoder_layer_forward(&again, &p->kept[i], i, &p->rows,
		                      scratch);
	}
	encoder_layer_backward(&g->layer[i], dx, &p->kept[i], &p->rows,
	                       scratch);
}

/* What the head adds to the gradient of state n. */
static void
state_back(struct encoder_weights *g, float *dx, size_t n,
           const float *dpooled, const struct encoder_pass *p,
           struct arena *scratch)
{
	const float *x = n < p->layers ? p->x[n] : p->last.y.floats;

	arena_clear(scratch);
	encoder_head_state_backward(g, dx, n, dpooled, x, &p->head, &p->rows,
	                            scratch);
}

void
encoder_backward(struct encoder_weights *g, struct encoder_folded *dfolded,
                 struct encoder_pass *p, const float *dlogits,
                 struct arena *arena, struct arena *scratch)
{
	const struct encoder_config *c = p->rows.config;
	size_t length = p->rows.total * c->width;
	float *dx = arena_zeros(arena, length), *dpooled;

	encoder_relative_backward_begin(&p->rows, arena);
	dpooled = encoder_head_backward(g, dlogits, &p->head, &p->rows, arena);
	state_back(g, dx, c->layers, dpooled, p, scratch);
	if (last_normed(p)) {
		float *d = arena_zeros(arena, length);

		encoder_operand_backward(d, &g->norm, dx, &p->last, &p->rows);
		dx = d;
	}
	for (size_t i = c->layers; i-- > p->batch.frozen;) {
		layer_back(g, dx, i, p, scratch);
		state_back(g, dx, i, dpooled, p, scratch);
	}
	for (size_t i = p->batch.frozen; i-- > 0 && p->x[i];)
		state_back(g, dx, i, dpooled, p, scratch); /* dx is not used */
	arena_clear(scratch);
	if (p->batch.frozen || p->rows.network->lora.block)
		return;
	encoder_relative_backward_end(g, &p->rows);
	p->front->backward(g, dfolded, dx, p->front_kept, &p->rows, arena,
	                   scratch);
	arena_clear(scratch);
}
