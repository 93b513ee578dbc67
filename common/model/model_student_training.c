/*
 * model_student_training.c - training of compact students, in parallel
 *
 * A batch is cut into shards of SHARD_UTTERANCES.  Each shard passes through
 * the network on one thread and has a gradient of its own; the gradients are
 * summed in the order of the shards.  So the result is the same, to the last
 * bit, whatever the number of threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/model_student.h"
#include "nn/residual.h"

enum { SHARD_UTTERANCES = 8 };

/* A part of the batch, with all that a thread needs for it. */
struct shard {
	struct arena arena, scratch;  /* forward's, backward's */
	struct rng rng;
	struct student_pass *pass;
	float *gradient;
	struct student_weights bound; /* to gradient */
	size_t first, count;          /* examples of the batch */
};

struct shards {
	struct shard *shard;
	size_t count, used;           /* used: by the batch at hand */
};

static const struct student_member *
member_of(const struct model_training *t)
{
	return &model_student_of(t->model)->member[0];
}

static void *
training_begin(const struct model_training *t)
{
	const struct model *m = t->model;
	struct shards *all = xcalloc(1, sizeof *all);

	if (model_student_of(m)->members > 1)
		die("%s: has %zu members, which must be trained one by one",
		    m->name, model_student_of(m)->members);
	all->count = ((size_t)t->options->batch + SHARD_UTTERANCES - 1) /
		SHARD_UTTERANCES;
	all->shard = xcalloc(all->count, sizeof *all->shard);
	for (size_t i = 0; i < all->count; i++) {
		struct params again = { .param = NULL };
		struct shard *shard = &all->shard[i];

		shard->gradient = xcalloc(m->params.length, sizeof(float));
		student_layout(&again, &shard->bound, &member_of(t)->shape,
		               shard->gradient);
		params_release(&again);
	}
	return all;
}

static void
training_end(void *state)
{
	struct shards *all = state;

	for (size_t i = 0; i < all->count; i++) {
		arena_release(&all->shard[i].arena);
		arena_release(&all->shard[i].scratch);
		free(all->shard[i].gradient);
	}
	free(all->shard);
	free(all);
}

static char *
training_recipe(const struct model_training *t)
{
	const struct training_options *o = t->options;
	const struct spec_augment *s = &o->spec;

	return xasprintf("average %g\ndropout %g\nhead-dropout %g\n"
	                 "spec-augment %d: stretch %g, warp %g, tilt %g, "
	                 "masks %d, bands %d, rows %d, crop %zu",
	                 (double)o->average, (double)o->dropout,
	                 (double)o->head_dropout, o->augment,
	                 (double)s->stretch, (double)s->warp, (double)s->tilt,
	                 s->masks, s->mask_bands, s->mask_rows, s->crop);
}

/*
 * What attention keeps grows with the square of the rows: some 100 MB for a
 * minute of speech, more than there is for half an hour.
 */
static const char *
training_check(const struct model_training *t, const struct model_view *view,
               struct arena *arena)
{
	enum { ROWS_MOST = 6000, SIZE = 160 };
	const struct model_student *s = model_student_of(t->model);
	double row = (double)s->features.hop / (double)s->features.rate;
	char *why;

	if (!strchr(member_of(t)->shape.blocks, 'a') ||
	    view->count <= ROWS_MOST ||
	    (t->options->augment && t->options->spec.crop))
		return NULL;
	why = arena_take(arena, SIZE, 1);
	snprintf(why, SIZE, "%.1f s long, training takes up to %.0f s (cut it "
	         "by wavread --window, or train on pieces of it by -a)",
	         row * (double)view->count, row * ROWS_MOST);
	return why;
}

/* Cuts a batch into shards, each with its own random numbers. */
static void
shards_cut(struct shards *all, size_t count, unsigned long seed,
           const struct training_progress *progress)
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
		rng_init_keyed(&s->rng, seed, key);
	}
}

/* Augments the shard's examples and takes them through the network. */
static void
shard_forward(const struct model_training *t, struct shard *s, float *logits,
              float *embedding, const struct model_view *view)
{
	const struct training_options *o = t->options;
	const struct student_member *member = member_of(t);
	const struct student_shape *shape = &member->shape;
	const struct student_dropout dropout = {
		o->dropout, o->head_dropout, &s->rng
	};
	const float *x[SHARD_UTTERANCES];
	size_t rows[SHARD_UTTERANCES];
	struct student_batch batch = { s->count, x, rows };

	arena_clear(&s->arena);
	for (size_t i = 0; i < s->count; i++) {
		x[i] = model_student_rows(&rows[i], shape,
		                          &view[s->first + i]);
		if (o->augment && !shape->functionals)
			x[i] = spec_augment(
				&rows[i], x[i],
				&model_student_of(t->model)->features,
				&s->rng, &o->spec, &s->arena);
	}
	s->pass = student_forward(
		logits + s->first * shape->classes,
		embedding + s->first * student_embedding_length(shape),
		&s->arena, &batch, &member->weights, shape, &dropout);
}

static void
training_forward(struct model_training *t, float *logits, float *embedding,
                 const struct model_view *view, size_t count,
                 const struct training_progress *progress)
{
	struct shards *all = t->state;

	shards_cut(all, count, t->options->seed, progress);
	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < all->used; i++)
		shard_forward(t, &all->shard[i], logits, embedding, view);
}

static void
shard_backward(const struct model_training *t, struct shard *s,
               const float *dlogits, const float *dembedding)
{
	const struct student_member *member = member_of(t);
	const struct student_shape *shape = &member->shape;

	memset(s->gradient, 0, t->model->params.length * sizeof *s->gradient);
	if (dembedding)
		dembedding += s->first * student_embedding_length(shape);
	student_backward(&s->bound, s->pass,
	                 dlogits + s->first * shape->classes, dembedding,
	                 &member->weights, &s->scratch);
}

/* Adds the shards' gradients, in order. */
static void
gradients_add(float *gradient, const struct shards *all, size_t n)
{
	enum { PIECE = 1 << 14 };

	#pragma omp parallel for schedule(static)
	for (size_t at = 0; at < n; at += PIECE)
		for (size_t i = 0; i < all->used; i++)
			add_scaled(gradient + at, 1,
			           all->shard[i].gradient + at,
			           n - at < PIECE ? n - at : PIECE);
}

static void
training_backward(struct model_training *t, const float *dlogits,
                  const float *dembedding)
{
	struct shards *all = t->state;

	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < all->used; i++)
		shard_backward(t, &all->shard[i], dlogits, dembedding);
	gradients_add(t->gradient, all, t->model->params.length);
}

static const char *const refused[] = {
	"unfreeze", "freeze", "lora", "plain", NULL
};

const struct model_training_kind model_student_training = {
	.rate = 1e-3f, .average = true, .embedding = true,
	.refused = refused,
	.refusal = "is for networks, this is a compact student",
	.begin = training_begin, .end = training_end,
	.recipe = training_recipe, .check = training_check,
	.forward = training_forward, .backward = training_backward
};
