#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "kd/kd_read.h"
#include "kd/kd_stream.h"
#include "stream/fields.h"
#include "stream/provenance.h"

/* The usable utterances of a batch. */
struct batch {
	struct frame **f;
	struct kd_utterance **u;
	double **weight;
	const char **why;         /* NULL, or why it is not usable after all */
	size_t *at;               /* their places among all */
	size_t count;
};

/* Properties of the utterances so far, for messages. */
struct found {
	bool teacher;             /* some utterance has one */
	bool embedding;           /* of a teacher */
	bool weight;              /* over 0, of a teacher */
	char unmatched[160];      /* the first whose teachers all have 0 */
};

/* Why an utterance supervises nothing, or NULL. */
static const char *
loss_check(const struct kd_utterance *u, const double *weight, double lambda)
{
	if (u->label != KD_UNLABELLED)
		return NULL;
	if (lambda <= 0)
		return "no label, and with -L 0 only labels count";
	for (size_t k = 0; k < u->teachers; k++)
		if (weight[k] > 0)
			return NULL;
	return u->teachers > 0 ? "neither a label nor a teacher of its language"
	                       : "neither a label nor a teacher";
}

/* Removes the fields of an earlier kd-loss. */
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

/* Teachers that were not read have the weight 0. */
static void
weights_add(struct frame *f, const struct kd_utterance *u,
            const double *weight)
{
	for (size_t i = 0, fields = f->fields; i < fields; i++) {
		const char *name = field_teacher(f->field[i].name,
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

/* Removes the utterances that have a reason. */
static void
batch_filter(struct batch *b, const char **why)
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

/* Computes weights; removes utterances that nothing supervises. */
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
	batch_filter(b, why);
}

/* Removes embeddings of other lengths; false where there were any. */
static bool
batch_check_widths(struct batch *b, const char **why)
{
	size_t count = b->count;

	embedding_check(b->why, (const struct kd_utterance *const *)b->u,
	                count);
	batch_filter(b, why);
	return b->count == count;
}

/*
 * Adds the loss on embeddings, which is the same for the whole batch.  Sets the
 * reason where a gradient is too large for a float.
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
			why[b->at[i]] = "the gradient of its embedding is too "
			                "large to compute with";
	}
}

/* Writes the languages of the utterance and of its teachers. */
static void
languages_write(char *text, size_t size, const struct kd_utterance *u)
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
batch_note(struct found *found, const struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct kd_utterance *u = b->u[i];
		bool used = false;

		for (size_t k = 0; k < u->teachers; k++) {
			found->embedding |= u->teacher[k].embedding != NULL;
			used |= b->weight[i][k] > 0;
		}
		found->teacher |= u->teachers > 0;
		found->weight |= used;
		if (u->teachers > 0 && !used && !found->unmatched[0])
			languages_write(found->unmatched,
			                sizeof found->unmatched, u);
	}
}

/*
 * Adds losses to the frames of a batch.  Sets why[i] to NULL, or to why the
 * utterance cannot be used (valid until its frame or scratch is cleared); the
 * batch is then the others.
 */
static void
frames_add_loss(struct frame *const *f, const char **why, size_t count,
                const struct kd_options *options, struct found *found,
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
	if (options->embedding.kind && !batch_check_widths(&b, why))
		batch_weigh(&b, options, why, scratch); /* without those */
	for (size_t i = 0; i < b.count; i++)
		loss_add(b.f[i], b.u[i], b.weight[i], options);
	if (options->embedding.kind)
		embedding_add(&b, options, why, scratch);
	batch_note(found, &b);
}
/* Utterances of a run in memory: a batch, or one where that is enough. */
struct held {
	struct frame **f;
	const char **why;
	size_t count, room;
	struct found found;
	struct arena scratch;
};

/* The frame to read the next utterance into. */
static struct frame *
held_next(struct held *h)
{
	static const struct frame empty = FRAME_INIT;

	if (h->count == h->room) {
		h->room = 2 * h->room + 1;
		h->f = xrealloc(h->f, h->room, sizeof *h->f);
		h->why = xrealloc(h->why, h->room, sizeof *h->why);
		for (size_t i = h->count; i < h->room; i++) {
			h->f[i] = xmalloc(1, sizeof *h->f[i]);
			*h->f[i] = empty;
		}
	}
	return h->f[h->count];
}

/* Writes the utterances with their losses, and forgets them. */
static void
held_put(struct held *h, struct writer *out, const struct kd_options *options)
{
	if (h->count > 0)
		frames_add_loss(h->f, h->why, h->count, options, &h->found,
		                &h->scratch);
	for (size_t i = 0; i < h->count; i++)
		if (h->why[i])
			writer_drop(out, frame_id(h->f[i]), h->why[i]);
		else
			writer_put(out, h->f[i]);
	h->count = 0;
	arena_clear(&h->scratch);
}

/* The same where the next utterance is read already: it stays. */
static void
held_put_but_next(struct held *h, struct writer *out,
                  const struct kd_options *options)
{
	size_t at = h->count;
	struct frame *next = h->f[at];

	held_put(h, out, options);
	h->f[at] = h->f[0];
	h->f[0] = next;
}

static void
held_release(struct held *h)
{
	for (size_t i = 0; i < h->room; i++) {
		frame_release(h->f[i]);
		free(h->f[i]);
	}
	free(h->f);
	free(h->why);
	arena_release(&h->scratch);
}

/* Handles one run of the input, which has begun. */
static void
run_do(struct filter *s, struct held *h, size_t batch,
       const struct kd_options *options)
{
	bool together = options->weighting.batch || options->embedding.kind;
	size_t n = 0;

	writer_begin(&s->out, &s->in.header);
	while (reader_next_in_run(&s->in, held_next(h))) {
		if (batch > 0 && n == batch) {
			held_put_but_next(h, &s->out, options);
			writer_end(&s->out, 0);
			provenance_drop_speakers(&s->in.header);
			writer_begin(&s->out, &s->in.header);
			n = 0;
		}
		h->count++;
		n++;
		if (!together)
			held_put(h, &s->out, options);
	}
	held_put(h, &s->out, options);
	writer_end(&s->out, s->in.dropped);
}

void
kd_stream(struct filter *s, size_t batch, const struct kd_options *options)
{
	struct held h = { .count = 0 };

	s->in.mirror = NULL; /* we begin and end runs ourselves */
	while (reader_more(&s->in))
		run_do(s, &h, batch, options);
	if (options->embedding.kind && s->out.utterances_total > 0 &&
	    !h.found.embedding)
		die("%s: no teacher's embedding in the stream (teacher-logits "
		    "--embedding adds it)", s->in.name);
	if (options->lambda > 0 && options->partial && !h.found.teacher &&
	    s->out.utterances_total > 0)
		warn("%s: no utterance has a teacher: the loss is that of "
		     "the labels alone", s->in.name);
	if (options->lambda > 0 && h.found.unmatched[0] && !h.found.weight)
		warn("%s: all teachers have the weight 0: the language of the "
		     "first utterance is %s", s->in.name, h.found.unmatched);
	held_release(&h);
}
