#include <stdio.h>
#include <string.h>

#include "core/finite.h"
#include "kd/kd_frame.h"
#include "stream/fields.h"

/* Those utterances of a batch that can be used. */
struct batch {
	struct frame **f;
	struct kd_utterance **u;
	double **weight;
	const char **why;         /* found later; else NULL */
	size_t *at;               /* which of all they are */
	size_t count;
};

bool
kd_frames_mingle(const struct kd_options *options)
{
	return options->weighting.batch || options->embedding.kind;
}

/* Whether anything is left to learn from. */
static const char *
loss_check(const struct kd_utterance *u, const double *weight, double lambda)
{
	if (u->label != KD_UNLABELLED)
		return NULL;
	if (lambda <= 0)
		return "no label, and -L 0 learns from labels alone";
	for (size_t k = 0; k < u->teachers; k++)
		if (weight[k] > 0)
			return NULL;
	return u->teachers > 0 ? "neither a label nor a teacher of its language"
	                       : "neither a label nor a teacher";
}

/* What an earlier kd-loss has left must not pass for ours. */
static void
earlier_remove(struct frame *f)
{
	frame_remove(f, FIELD_LOSS_CE);
	frame_remove(f, FIELD_LOSS_KD);
	frame_remove(f, FIELD_LOSS_EMBEDDING);
	frame_remove(f, FIELD_DEMBEDDING);
	for (size_t i = f->fields; i-- > 0;)
		if (strncmp(f->field[i].name, FIELD_WEIGHT,
		            strlen(FIELD_WEIGHT)) == 0)
			frame_remove(f, f->field[i].name);
}

static void
weight_add(struct frame *f, const char *teacher, double weight)
{
	char name[256];

	snprintf(name, sizeof name, FIELD_WEIGHT "%s", teacher);
	frame_set_number(f, name, weight);
}

/* 0 for all teachers there are; those that are heard get theirs. */
static void
weights_add(struct frame *f, const struct kd_utterance *u,
            const double *weight)
{
	for (size_t i = 0, fields = f->fields; i < fields; i++) {
		const char *name = kd_teacher_name(f->field[i].name,
		                                   &f->arena);

		if (name)
			weight_add(f, name, 0);
	}
	for (size_t k = 0; k < u->teachers; k++)
		weight_add(f, u->teacher[k].name, weight[k]);
}

static void
loss_add(struct frame *f, const struct kd_utterance *u, const double *weight,
         const struct kd_options *options)
{
	double *gradient = arena_take(&f->arena, u->classes,
	                              sizeof *gradient);
	struct kd_loss l = kd_loss(gradient, weight, u, options);
	float *dlogits = frame_add1(f, FIELD_DLOGITS, u->classes);

	for (size_t c = 0; c < u->classes; c++)
		dlogits[c] = (float)gradient[c];
	earlier_remove(f);
	frame_set_number(f, FIELD_LOSS, l.loss);
	if (u->label != KD_UNLABELLED)
		frame_set_number(f, FIELD_LOSS_CE, l.ce);
	if (u->teachers > 0)
		frame_set_number(f, FIELD_LOSS_KD, l.kd);
	weights_add(f, u, weight);
}

static struct batch
batch_make(size_t count, struct arena *arena)
{
	struct batch b = { .count = 0 };

	b.f = arena_take(arena, count, sizeof *b.f);
	b.u = arena_take(arena, count, sizeof *b.u);
	b.weight = arena_take(arena, count, sizeof *b.weight);
	b.why = arena_take(arena, count, sizeof *b.why);
	b.at = arena_take(arena, count, sizeof *b.at);
	return b;
}

static void
batch_add(struct batch *b, struct frame *f, struct kd_utterance *u, size_t at)
{
	b->f[b->count] = f;
	b->u[b->count] = u;
	b->weight[b->count] = arena_take(&f->arena, u->teachers + 1,
	                                 sizeof(double));
	b->why[b->count] = NULL;
	b->at[b->count++] = at;
}

/* Takes out those that turned out to be of no use. */
static void
batch_sift(struct batch *b, const char **why)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->count; i++) {
		why[b->at[i]] = b->why[i];
		if (b->why[i])
			continue;
		b->f[kept] = b->f[i];
		b->u[kept] = b->u[i];
		b->weight[kept] = b->weight[i];
		b->at[kept] = b->at[i];
		b->why[kept++] = NULL;
	}
	b->count = kept;
}

/* Weights, without those utterances that then have nothing to learn from. */
static void
batch_weigh(struct batch *b, const struct kd_options *options,
            const char **why, struct arena *scratch)
{
	weighting_apply(b->weight, b->why, &options->weighting,
	                (const struct kd_utterance *const *)b->u, b->count,
	                scratch);
	for (size_t i = 0; i < b->count; i++)
		if (!b->why[i])
			b->why[i] = loss_check(b->u[i], b->weight[i],
			                       options->lambda);
	batch_sift(b, why);
}

/* Takes out those whose embeddings are of other lengths; were there none? */
static bool
batch_fits(struct batch *b, const char **why)
{
	size_t count = b->count;

	embedding_check(b->why, (const struct kd_utterance *const *)b->u,
	                count);
	batch_sift(b, why);
	return b->count == count;
}

/*
 * The loss on embeddings, the same for all of the batch; a gradient that is too
 * large for a float is why its utterance is of no use.
 */
static void
embedding_add(const struct batch *b, const struct kd_options *options,
              const char **why, struct arena *arena)
{
	float **gradient = arena_take(arena, b->count, sizeof *gradient);
	double loss;

	for (size_t i = 0; i < b->count; i++)
		gradient[i] = frame_add1(b->f[i], FIELD_DEMBEDDING,
		                         b->u[i]->width);
	loss = embedding_loss(gradient, &options->embedding,
	                      (const struct kd_utterance *const *)b->u,
	                      (const double *const *)b->weight, b->count,
	                      arena);
	for (size_t i = 0; i < b->count; i++) {
		double own = frame_number(b->f[i], FIELD_LOSS, 0);

		frame_set_number(b->f[i], FIELD_LOSS,
		                 own + options->embedding.share * loss);
		frame_set_number(b->f[i], FIELD_LOSS_EMBEDDING, loss);
		if (!floats_finite(gradient[i], b->u[i]->width))
			why[b->at[i]] = "its embedding's gradient is too large "
			                "to compute with";
	}
}

/* Its language, and those of its teachers. */
static void
deaf_note(char *text, size_t size, const struct kd_utterance *u)
{
	size_t length = (size_t)snprintf(
		text, size, "\"%s\", those of its teachers",
		u->language ? u->language : "");

	for (size_t k = 0; k < u->teachers && length < size; k++) {
		const char *language = u->teacher[k].language;

		length += (size_t)snprintf(text + length, size - length,
		                           " %s \"%s\"", u->teacher[k].name,
		                           language ? language : "");
	}
}

static void
batch_note(struct kd_found *found, const struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct kd_utterance *u = b->u[i];
		bool heard = false;

		for (size_t k = 0; k < u->teachers; k++) {
			found->embedding |= u->teacher[k].embedding != NULL;
			heard |= b->weight[i][k] > 0;
		}
		found->teacher |= u->teachers > 0;
		found->weight |= heard;
		if (u->teachers > 0 && !heard && !found->deaf[0])
			deaf_note(found->deaf, sizeof found->deaf, u);
	}
}

void
kd_frames(struct frame *const *f, const char **why, size_t count,
          const struct kd_options *options, struct kd_found *found,
          struct arena *scratch)
{
	struct batch b = batch_make(count, scratch);

	for (size_t i = 0; i < count; i++) {
		struct kd_utterance *u = arena_take(&f[i]->arena, 1,
		                                    sizeof *u);

		why[i] = kd_read(u, f[i], options);
		if (!why[i])
			batch_add(&b, f[i], u, i);
	}
	batch_weigh(&b, options, why, scratch);
	if (options->embedding.kind && !batch_fits(&b, why))
		batch_weigh(&b, options, why, scratch); /* without those */
	for (size_t i = 0; i < b.count; i++)
		loss_add(b.f[i], b.u[i], b.weight[i], options);
	if (options->embedding.kind)
		embedding_add(&b, options, why, scratch);
	batch_note(found, &b);
}
