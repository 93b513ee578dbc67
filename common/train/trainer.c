#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "nn/residual.h"
#include "stream/fields.h"
#include "train/trainer.h"

static const uint64_t COUNT_MAX = (uint64_t)1 << 48;

/* Part of a batch; what it needs to run on a thread of its own. */
struct shard {
	struct arena arena, scratch;  /* forward's, backward's */
	struct rng rng;
	struct student_pass *pass;
	float *gradient;
	struct student_weights bound; /* to gradient */
	size_t first, count;          /* examples of the batch */
};

/* The optimiser's tensors are as long as the parameters, in their order. */
static float *
state_take(const struct trainer *t, const char *name, bool *resumed)
{
	const struct safetensors *file = &t->model->file;
	const struct safetensors_entry *e = safetensors_find(file, name);
	size_t n = t->model->params.length;
	float *x = xcalloc(n, sizeof *x);

	*resumed = e != NULL;
	if (e && (e->length != n || !safetensors_floats(x, e)))
		die("%s: tensor %s does not fit the parameters",
		    t->model->name, name);
	return x;
}

/* A number of the metadata, up to most; 0 for a model never trained. */
static uint64_t
progress_take(const struct trainer *t, const char *key, uint64_t most)
{
	const char *text = safetensors_metadata(&t->model->file, key);
	uint64_t n;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n > most)
		die("%s: %s is \"%s\", want a number", t->model->name, key,
		    text);
	return n;
}

void
trainer_init(struct trainer *t, struct model *m,
             const struct trainer_options *options)
{
	bool resumed;

	*t = (struct trainer){ .model = m, .options = *options };
	t->m = state_take(t, "optimizer.m", &resumed);
	t->v = state_take(t, "optimizer.v", &resumed);
	t->average = state_take(t, "optimizer.average", &resumed);
	if (!resumed)
		memcpy(t->average, m->block,
		       m->params.length * sizeof *t->average);
	t->progress = (struct trainer_progress){
		.updates = resumed ? progress_take(t, "updates", COUNT_MAX)
		                   : 0,
		.passes = progress_take(t, "passes", COUNT_MAX),
		.batches = progress_take(t, "batches", COUNT_MAX),
		.digest = progress_take(t, "digest", UINT64_MAX),
	};
	t->gradient = xcalloc(m->params.length, sizeof *t->gradient);
	t->shards = ((size_t)options->batch + SHARD_UTTERANCES - 1) /
		SHARD_UTTERANCES;
	t->shard = xcalloc(t->shards, sizeof *t->shard);
	for (size_t s = 0; s < t->shards; s++) {
		struct params again = { .param = NULL };

		t->shard[s].gradient = xcalloc(m->params.length,
		                               sizeof(float));
		student_layout(&again, &t->shard[s].bound, &m->shape,
		               t->shard[s].gradient);
		params_release(&again);
	}
	if (options->threads > 0)
		omp_set_num_threads(options->threads);
}

void
trainer_release(struct trainer *t)
{
	for (size_t s = 0; s < t->shards; s++) {
		arena_release(&t->shard[s].arena);
		arena_release(&t->shard[s].scratch);
		free(t->shard[s].gradient);
	}
	free(t->shard);
	free(t->m);
	free(t->v);
	free(t->average);
	free(t->gradient);
}

/* Augments the shard's examples and takes them through the network. */
static void
shard_forward(struct trainer *t, struct shard *s, float *logits,
              const struct example *example)
{
	const struct trainer_options *o = &t->options;
	const struct model *m = t->model;
	const struct student_dropout dropout = {
		o->dropout, o->head_dropout, &s->rng
	};
	const float *features[SHARD_UTTERANCES];
	size_t rows[SHARD_UTTERANCES];
	struct student_batch batch = { s->count, features, rows };

	arena_clear(&s->arena);
	for (size_t i = 0; i < s->count; i++) {
		const struct example *e = &example[s->first + i];

		rows[i] = e->rows;
		features[i] = !o->augment ? e->view
			: spec_augment(&rows[i], e->view, &m->features,
			               &s->rng, &o->spec, &s->arena);
	}
	s->pass = student_forward(logits + s->first * m->shape.classes, NULL,
	                          &s->arena, &batch, &m->weights, &m->shape,
	                          &dropout);
}

static void
shard_backward(const struct trainer *t, struct shard *s, const float *dlogits)
{
	const struct model *m = t->model;

	memset(s->gradient, 0, m->params.length * sizeof *s->gradient);
	student_backward(&s->bound, s->pass,
	                 dlogits + s->first * m->shape.classes, &m->weights,
	                 &s->scratch);
}

/* Cuts a batch into shards, each with its own random numbers. */
static size_t
shards_cut(struct trainer *t, size_t count)
{
	size_t used = (count + SHARD_UTTERANCES - 1) / SHARD_UTTERANCES;
	char key[64];

	for (size_t i = 0; i < used; i++) {
		struct shard *s = &t->shard[i];

		s->first = i * SHARD_UTTERANCES;
		s->count = count - s->first < SHARD_UTTERANCES
			? count - s->first : SHARD_UTTERANCES;
		snprintf(key, sizeof key, "%zu.%zu.%zu.%zu",
		         t->progress.passes, t->progress.batches,
		         t->progress.updates, i);
		rng_init_keyed(&s->rng, t->options.seed, key);
	}
	return used;
}

/* Adds the shards' gradients, in order, to the trainer's. */
static void
gradients_add(struct trainer *t, size_t used)
{
	enum { PIECE = 1 << 14 };
	size_t n = t->model->params.length;

	#pragma omp parallel for schedule(static)
	for (size_t at = 0; at < n; at += PIECE)
		for (size_t s = 0; s < used; s++)
			add_scaled(t->gradient + at, 1,
			           t->shard[s].gradient + at,
			           n - at < PIECE ? n - at : PIECE);
}

static void
update(struct trainer *t)
{
	const struct trainer_options *o = &t->options;
	const struct params *p = &t->model->params;
	float mean = 1 / (float)t->pending_utterances;
	size_t step = t->progress.updates;
	struct adamw a = o->adamw;

	for (size_t i = 0; i < p->length; i++)
		t->gradient[i] *= mean;
	t->norm = gradient_clip(t->gradient, p->length, o->clip);
	if (!isfinite(t->norm)) /* better no model than one of NaN */
		die("update %zu: the gradient is not finite (try a lower "
		    "--rate)", step + 1);
	t->rate = o->total > 0
		? schedule_rate(a.rate, step, (size_t)o->warmup,
		                (size_t)o->total)
		: schedule_rate(a.rate, step, (size_t)o->warmup, 0);
	t->progress.updates = step + 1;
	a.rate = t->rate;

	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < p->count; i++) {
		const struct param *tensor = &p->param[i];
		struct adamw own = a;
		size_t at = tensor->offset;

		if (tensor->start == START_ZERO || tensor->start == START_ONE)
			own.decay = 0;
		adamw_step(t->model->block + at, t->m + at, t->v + at,
		           t->gradient + at, tensor->length, step + 1, &own);
		average_step(t->average + at, t->model->block + at,
		             tensor->length, step, o->average);
	}
	memset(t->gradient, 0, p->length * sizeof *t->gradient);
	t->pending = t->pending_utterances = 0;
}

void
trainer_flush(struct trainer *t)
{
	if (t->pending > 0)
		update(t);
}

/* What the loss command sees of each example. */
static void
frames_fill(struct frame **frames, struct example *example, size_t count,
            const float *logits, const struct model *m)
{
	size_t K = m->shape.classes;

	for (size_t i = 0; i < count; i++) {
		struct frame *f = &example[i].frame;

		memcpy(frame_add1(f, FIELD_LOGITS, K), logits + i * K,
		       K * sizeof *logits);
		frame_set_texts(f, FIELD_CLASSES, m->classes, K);
		frames[i] = f;
	}
}

void
trainer_batch(struct trainer *t, struct example *example, size_t count,
              struct loss_process *loss, struct loss_sums *sums)
{
	size_t used = shards_cut(t, count), K = t->model->shape.classes;
	float *logits = xcalloc(2 * count * K, sizeof *logits);
	float *dlogits = logits + count * K;
	struct frame **frames = xcalloc(count, sizeof *frames);

	#pragma omp parallel for schedule(dynamic)
	for (size_t s = 0; s < used; s++)
		shard_forward(t, &t->shard[s], logits, example);

	frames_fill(frames, example, count, logits, t->model);
	loss_process_batch(loss, dlogits, sums, frames, count, K);
	for (size_t i = 0; i < count * K; i++)
		dlogits[i] *= example[i / K].weight;

	#pragma omp parallel for schedule(dynamic)
	for (size_t s = 0; s < used; s++)
		shard_backward(t, &t->shard[s], dlogits);

	gradients_add(t, used);
	t->pending_utterances += count;
	if (++t->pending == (size_t)t->options.accumulate)
		update(t);
	free(frames);
	free(logits);
}
