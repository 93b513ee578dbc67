#include <math.h>

#include "encoder/encoder.h"
#include "encoder/feed_forward.h"
#include "encoder/products.h"
#include "encoder/self_attention.h"
#include "encoder/wav2vec2_front.h"

/* What a layer left behind for backward. */
enum trace { TRACE_KEPT, TRACE_FORGOTTEN, TRACE_DROPPED };

struct encoder_pass {
	struct encoder_batch batch;
	struct encoder_rows rows; /* of that batch */
	const struct encoder_front *front;
	void *front_kept;
	struct encoder_head_kept head;
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

/* All families so far have that of wav2vec 2.0. */
static const struct encoder_front *
front_of(const struct encoder_config *c)
{
	(void)c;
	return &wav2vec2_front;
}

static const struct encoder_products *
products_of(const struct encoder_batch *batch, bool training)
{
	/* while training, the convolutions alone are packed */
	return batch->packed && !training ? &encoder_products_packed
	                                  : &encoder_products_plain;
}

/* Finds where each utterance's rows begin. */
static void
pass_begin(struct encoder_pass *p, const struct encoder *n,
           const struct encoder_batch *batch, bool training,
           struct arena *arena)
{
	size_t *start = arena_take(arena, batch->count + 1, sizeof *start);

	*p = (struct encoder_pass){
		.batch = *batch, .front = front_of(&n->config)
	};
	start[0] = 0;
	for (size_t u = 0; u < batch->count; u++)
		start[u + 1] = start[u] +
			p->front->rows(&n->config, batch->samples[u]);
	p->rows = (struct encoder_rows){
		.network = n, .config = &n->config, .weights = &n->weights,
		.batch = &p->batch, .start = start, .count = batch->count,
		.total = start[batch->count], .training = training,
		.chance = training && !batch->plain,
		.products = products_of(batch, training),
		.space = batch->space,
		.packed = training ? NULL : batch->packed
	};
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

/* Does the head read the last state after the final norm? */
static bool
last_normed(const struct encoder_config *c)
{
	return c->stable && !(c->layer_sum && c->untied);
}

/* All layers; the head gets each one's input, then the output of the last. */
static void
layers_forward(struct encoder_pass *p, struct arena *arena,
               struct arena *scratch)
{
	const struct encoder_config *c = p->rows.config;
	struct encoder_kept once;

	for (size_t i = 0; i < c->layers; i++) {
		const float *x = p->stream.x.y.floats;

		if (p->rows.training) {
			layer_train(p, i, arena, scratch);
		} else {
			arena_clear(scratch);
			encoder_layer_forward(&p->stream, &once, i, &p->rows,
			                      scratch);
		}
		encoder_head_state(&p->head, i, x, &p->rows);
	}
	p->last = p->stream.x;
	if (last_normed(c))
		p->last = encoder_operand_norm(
			p->stream.x.y.floats,
			p->rows.training ? NULL : p->stream.x.y.floats,
			&p->rows.weights->norm, c->width, &p->rows, arena);
	encoder_operand_settle(&p->last, &p->rows);
	encoder_head_state(&p->head, c->layers, p->last.y.floats, &p->rows);
}

static void
pass_run(struct encoder_pass *p, float *logits, float *embedding,
         struct arena *arena, struct arena *scratch)
{
	encoder_relative_forward(&p->rows, arena);
	p->front_kept = p->front->forward(&p->stream, &p->rows, arena, scratch);
	encoder_head_begin(&p->head, &p->rows, arena);
	layers_forward(p, arena, scratch);
	encoder_head_forward(logits, embedding, &p->head, &p->rows, arena);
}

void
encoder_infer(const struct encoder *n, const struct encoder_packed *packed,
              float *logits, float *embedding, const float *audio, size_t N,
              struct arena *arena)
{
	const struct encoder_batch batch = {
		.count = 1, .audio = &audio, .samples = &N, .packed = packed
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
	const struct encoder_weights *w = p->rows.weights;
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

void
encoder_backward(struct encoder_weights *g, struct wav2vec2_folded *dfolded,
                 struct encoder_pass *p, const float *dlogits,
                 struct arena *arena, struct arena *scratch)
{
	const struct encoder_config *c = p->rows.config;
	size_t length = p->rows.total * c->width;
	float *dx = arena_zeros(arena, length), *dpooled;

	encoder_relative_backward_begin(&p->rows, arena);
	dpooled = encoder_head_backward(g, dlogits, &p->head, &p->rows, arena);
	encoder_head_state_backward(dx, c->layers, dpooled, &p->head, &p->rows);
	if (last_normed(c)) {
		float *d = arena_zeros(arena, length);

		encoder_operand_backward(d, &g->norm, dx, &p->last, &p->rows);
		dx = d;
	}
	for (size_t i = c->layers; i-- > 0;) {
		layer_back(g, dx, i, p, scratch);
		encoder_head_state_backward(dx, i, dpooled, &p->head, &p->rows);
	}
	encoder_relative_backward_end(g, &p->rows);
	arena_clear(scratch);
	p->front->backward(g, dfolded, dx, p->front_kept, &p->rows, arena,
	                   scratch);
	arena_clear(scratch);
}
