#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "nn/residual.h"
#include "train/student_trainer.h"

/* Part of a batch; what it needs to run on a thread of its own. */
struct shard {
	struct arena arena, scratch;  /* forward's, backward's */
	struct rng rng;
	struct student_pass *pass;
	float *gradient;
	struct student_weights bound; /* to gradient */
	size_t first, count;          /* examples of the batch */
};

struct student_trainer {
	const struct model *model;
	const struct trainer_options *options;
	struct shard *shard;
	size_t count, used;           /* used: by the batch at hand */
};

struct student_trainer *
student_trainer_new(const struct model *m, const struct trainer_options *o)
{
	struct student_trainer *s = xcalloc(1, sizeof *s);

	if (m->members > 1)
		die("%s: has %zu members, which are trained one by one",
		    m->name, m->members);
	*s = (struct student_trainer){
		.model = m, .options = o,
		.count = ((size_t)o->batch + SHARD_UTTERANCES - 1) /
			SHARD_UTTERANCES,
	};
	s->shard = xcalloc(s->count, sizeof *s->shard);
	for (size_t i = 0; i < s->count; i++) {
		struct params again = { .param = NULL };
		struct shard *shard = &s->shard[i];

		shard->gradient = xcalloc(m->params.length, sizeof(float));
		student_layout(&again, &shard->bound, &m->shape,
		               shard->gradient);
		params_release(&again);
	}
	return s;
}

void
student_trainer_free(struct student_trainer *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++) {
		arena_release(&s->shard[i].arena);
		arena_release(&s->shard[i].scratch);
		free(s->shard[i].gradient);
	}
	free(s->shard);
	free(s);
}

/* Cuts a batch into shards, each with its own random numbers. */
static void
student_trainer_cut(struct student_trainer *all, size_t count,
                    const struct trainer_progress *progress)
{
	char key[64];

	all->used = (count + SHARD_UTTERANCES - 1) / SHARD_UTTERANCES;
	for (size_t i = 0; i < all->used; i++) {
		struct shard *s = &all->shard[i];

		s->first = i * SHARD_UTTERANCES;
		s->count = count - s->first < SHARD_UTTERANCES
			? count - s->first : SHARD_UTTERANCES;
		snprintf(key, sizeof key, "%zu.%zu.%zu.%zu",
		         progress->passes, progress->batches,
		         progress->updates, i);
		rng_init_keyed(&s->rng, all->options->seed, key);
	}
}

/* Augments the shard's examples and takes them through the network. */
static void
shard_forward(const struct student_trainer *all, struct shard *s, float *logits,
              float *embedding, const struct example *example)
{
	const struct trainer_options *o = all->options;
	const struct model *m = all->model;
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
		features[i] = !o->augment || m->shape.functionals ? e->view
			: spec_augment(&rows[i], e->view, &m->features,
			               &s->rng, &o->spec, &s->arena);
	}
	s->pass = student_forward(logits + s->first * m->class_count,
	                          embedding + s->first *
	                          student_embedding_length(&m->shape),
	                          &s->arena, &batch, &m->member[0].weights,
	                          &m->shape, &dropout);
}

void
student_trainer_forward(struct student_trainer *s, float *logits,
                        float *embedding, const struct example *example,
                        size_t count, const struct trainer_progress *progress)
{
	student_trainer_cut(s, count, progress);

#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < s->used; i++)
		shard_forward(s, &s->shard[i], logits, embedding, example);
}

static void
shard_backward(const struct student_trainer *all, struct shard *s,
               const float *dlogits, const float *dembedding)
{
	const struct model *m = all->model;

	memset(s->gradient, 0, m->params.length * sizeof *s->gradient);
	if (dembedding)
		dembedding += s->first * student_embedding_length(&m->shape);
	student_backward(&s->bound, s->pass,
	                 dlogits + s->first * m->class_count, dembedding,
	                 &m->member[0].weights, &s->scratch);
}

/* Adds the shards' gradients, in order. */
static void
gradients_add(float *gradient, const struct student_trainer *all)
{
	enum { PIECE = 1 << 14 };
	size_t n = all->model->params.length;

	#pragma omp parallel for schedule(static)
	for (size_t at = 0; at < n; at += PIECE)
		for (size_t i = 0; i < all->used; i++)
			add_scaled(gradient + at, 1,
			           all->shard[i].gradient + at,
			           n - at < PIECE ? n - at : PIECE);
}

void
student_trainer_backward(struct student_trainer *s, float *gradient,
                         const float *dlogits, const float *dembedding)
{
	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < s->used; i++)
		shard_backward(s, &s->shard[i], dlogits, dembedding);

	gradients_add(gradient, s);
}
