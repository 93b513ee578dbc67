/*
 * model_head.c - a head over encodings as a kind of model
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "model/model_head.h"
#include "stream/fields.h"
#include "stream/reader.h"
#include "student/encoding_head.h"

#define FORMAT "tunne-head-1"

enum { SIZE_MAX_STATES = 1 << 16, HIDDEN_MAX = 8192, CLASSES_MAX = 64 };

struct model_head {
	struct encoding_head_shape shape;
	struct encoding_head_weights weights;
	char *encoder;            /* encoding.model of what it reads; owned */
	char *normalised;         /* by what cmvn normalised it; "no"; owned */
	bool warned;              /* of encodings normalised otherwise */
};

static void
metadata_read(struct model *m, struct model_head *h)
{
	h->shape.layers = model_metadata_size(m, "layers", SIZE_MAX_STATES);
	h->shape.width = model_metadata_size(m, "width", SIZE_MAX_STATES);
	h->shape.hidden = model_metadata_size(m, "hidden", HIDDEN_MAX);
	h->encoder = xstrdup(model_metadata_need(m, "encoder"));
	h->normalised = xstrdup(model_metadata_need(m, "normalised"));
	model_classes_read(m, CLASSES_MAX);
	h->shape.classes = m->class_count;
}

static void
deviations_check(const struct model *m, const struct model_head *h)
{
	size_t n = h->shape.layers * h->shape.width;

	for (size_t i = 0; i < n; i++)
		if (!(h->weights.deviation[i] > 0))
			die("%s: tensor deviation: want numbers above 0",
			    m->name);
}

static void
head_model_open(struct model *m, const char *path,
                const struct model_options *options)
{
	struct model_head *h = m->state = xcalloc(1, sizeof *h);
	char *why;

	(void)path;
	(void)options;
	m->input = MODEL_ENCODING;
	metadata_read(m, h);
	encoding_head_layout(&m->params, &h->weights, &h->shape);
	/* a false width must not allocate its memory */
	why = params_check(&m->params, m->file);
	if (!why) {
		m->block = xmalloc(m->params.length, sizeof *m->block);
		params_bind(&m->params, m->block);
		why = params_load(m->block, &m->params, m->file);
	}
	if (why)
		die("%s: %s", m->name, why);
	deviations_check(m, h);
}

static void
head_model_release(void *state)
{
	struct model_head *h = state;

	free(h->encoder);
	free(h->normalised);
	free(h);
}

static size_t
embedding_length(const struct model *m)
{
	return ((const struct model_head *)m->state)->shape.hidden;
}

static const char *
normalised_by(struct frame *f)
{
	const char *cmvn = frame_text(f, FIELD_ENCODING_CMVN);

	return cmvn ? cmvn : "no";
}

/* Dies where the encoding is another network's. */
static void
encoding_check(const struct model *m, struct frame *f,
               const struct tensor *x)
{
	struct model_head *h = m->state;
	const char *have = frame_text(f, FIELD_ENCODING_MODEL);

	if (have && strcmp(have, h->encoder) != 0)
		die("%s: its encoding is of \"%s\", the head %s reads \"%s\" "
		    "(see encode(1))", frame_id(f), have, m->name,
		    h->encoder);
	if (x->dim[0] != h->shape.layers || x->dim[1] != h->shape.width)
		die("%s: encoding [%zu,%zu], the head %s reads [%zu,%zu]",
		    frame_id(f), x->dim[0], x->dim[1], m->name,
		    h->shape.layers, h->shape.width);
	if (h->warned || strcmp(normalised_by(f), h->normalised) == 0)
		return;
	h->warned = true;
	warn("%s: encodings normalised by %s, the head %s was made for those "
	     "normalised by %s (see cmvn --field)", frame_id(f),
	     normalised_by(f), m->name, h->normalised);
}

static const char *
head_model_view(struct model_view *view, const struct model *m,
                struct frame *f)
{
	const char *why = NULL;
	const struct tensor *x = frame_need(f, FIELD_ENCODING, 2, &why);
	float *rows;

	if (!x)
		return why;
	encoding_check(m, f, x);
	rows = arena_floats(&f->arena, tensor_length(x));
	memcpy(rows, x->data, tensor_length(x) * sizeof *rows);
	*view = (struct model_view){
		.rows = rows, .count = x->dim[0], .width = x->dim[1]
	};
	return NULL;
}

static void
head_model_infer(const struct model *m, float *logits, float *embedding,
                 const struct model_view *view, struct arena *arena)
{
	const struct model_head *h = m->state;

	encoding_head_forward(logits, embedding, &view->rows, 1, &h->weights,
	                      &h->shape, 0, NULL, arena);
	arena_clear(arena);
}

static void
architecture(struct model_texts *t, const struct model *m)
{
	const struct model_head *h = m->state;

	model_texts_add(t, "format", FORMAT);
	model_texts_add(t, "encoder", h->encoder);
	model_texts_add(t, "normalised", h->normalised);
	model_texts_printf(t, "layers", "%zu", h->shape.layers);
	model_texts_printf(t, "width", "%zu", h->shape.width);
	model_texts_printf(t, "hidden", "%zu", h->shape.hidden);
	model_texts_add_classes(t, m->classes, m->class_count);
}

/* Sums over a file of encodings. */
struct sums {
	double *sum, *square;     /* [L,W] */
	size_t utterances;
};

static void
sums_add(struct sums *s, const struct tensor *x)
{
	size_t n = tensor_length(x);

	for (size_t i = 0; i < n; i++) {
		double value = (double)x->data[i];

		s->sum[i] += value;
		s->square[i] += value * value;
	}
	s->utterances++;
}

/* A column that does not vary must not be divided by 0. */
static void
sums_solve(const struct sums *s, const struct model_head *h)
{
	double n = (double)s->utterances;

	for (size_t i = 0; i < h->shape.layers * h->shape.width; i++) {
		double mean = s->sum[i] / n;
		double variance = s->square[i] / n - mean * mean;

		h->weights.mean[i] = (float)mean;
		h->weights.deviation[i] = (float)sqrt(fmax(variance, 1e-6));
	}
}

/* The first encoding sets what the head reads. */
static void
head_begin(struct model *m, struct model_head *h, struct sums *s,
           struct frame *f, const struct tensor *x)
{
	const char *encoder = frame_text(f, FIELD_ENCODING_MODEL);

	if (!encoder)
		die("%s: an encoding without encoding.model (see encode(1))",
		    frame_id(f));
	h->encoder = xstrdup(encoder);
	h->normalised = xstrdup(normalised_by(f));
	h->shape.layers = x->dim[0];
	h->shape.width = x->dim[1];
	encoding_head_layout(&m->params, &h->weights, &h->shape);
	m->block = xmalloc(m->params.length, sizeof *m->block);
	params_bind(&m->params, m->block);
	s->sum = xcalloc(tensor_length(x), sizeof *s->sum);
	s->square = xcalloc(tensor_length(x), sizeof *s->square);
}

static void
encodings_read(struct model *m, struct model_head *h, struct sums *s,
               const char *path)
{
	struct reader r;
	struct frame f = FRAME_INIT;

	reader_open_path(&r, path);
	reader_show_progress(&r);
	while (reader_next(&r, &f)) {
		const char *why = NULL;
		const struct tensor *x =
			frame_need(&f, FIELD_ENCODING, 2, &why);

		if (x && !floats_finite(x->data, tensor_length(x)))
			why = "an encoding that is not finite";
		if (why)
			die("%s: %s", frame_id(&f), why);
		if (s->utterances == 0)
			head_begin(m, h, s, &f, x);
		encoding_check(m, &f, x);
		sums_add(s, x);
	}
	if (s->utterances == 0)
		die("%s: no utterance with an encoding", r.name);
	reader_close(&r);
	frame_release(&f);
}

void
model_head_create(const char *path, const struct head_wishes *w)
{
	const struct safetensors_extras none = { .type = TYPE_F32 };
	struct model_head h = { .shape = {
		.hidden = w->hidden, .classes = w->class_count
	} };
	struct model m = {
		.name = path, .kind = &model_head_kind, .state = &h,
		.file = &m.opened, .class_count = w->class_count,
		.classes = (const char **)(uintptr_t)w->classes
	};
	struct sums s = { .utterances = 0 };

	for (size_t k = 0; k < w->class_count; k++)
		label_doubt(w->classes[k]);
	encodings_read(&m, &h, &s, w->encodings);
	params_start(m.block, &m.params, w->seed);
	sums_solve(&s, &h);
	model_replace_warn(path, false);
	model_write(path, &m, &none);
	params_release(&m.params);
	free(m.block);
	free(h.encoder);
	free(h.normalised);
	free(s.sum);
	free(s.square);
}

/* Training: all threads share one pass over the batch. */
struct head_training {
	struct encoding_head_weights gradient; /* bound to the trainer's */
	struct encoding_head_pass *pass;
	struct arena arena, scratch;
	const float **x;          /* of the batch at hand */
};

static void *
training_begin(const struct model_training *t)
{
	const struct model_head *h = t->model->state;
	struct head_training *own = xcalloc(1, sizeof *own);
	struct params again = { .param = NULL };

	encoding_head_layout(&again, &own->gradient, &h->shape);
	params_bind(&again, t->gradient);
	params_release(&again);
	own->x = xcalloc((size_t)t->options->batch, sizeof *own->x);
	return own;
}

static void
training_end(void *state)
{
	struct head_training *own = state;

	arena_release(&own->arena);
	arena_release(&own->scratch);
	free(own->x);
	free(own);
}

static char *
training_recipe(const struct model_training *t)
{
	return xasprintf("head-dropout %g", (double)t->options->head_dropout);
}

static void
training_forward(struct model_training *t, float *logits, float *embedding,
                 const struct model_view *view, size_t count,
                 const struct training_progress *progress)
{
	const struct model_head *h = t->model->state;
	struct head_training *own = t->state;
	struct rng rng;
	char key[64];

	snprintf(key, sizeof key, "%zu.%zu.%zu", progress->passes,
	         progress->batches, progress->updates);
	rng_init_keyed(&rng, t->options->seed, key);
	for (size_t i = 0; i < count; i++)
		own->x[i] = view[i].rows;
	arena_clear(&own->arena);
	own->pass = encoding_head_forward(
		logits, embedding, own->x, count, &h->weights, &h->shape,
		t->options->head_dropout, &rng, &own->arena);
}

static void
training_backward(struct model_training *t, const float *dlogits,
                  const float *dembedding)
{
	struct head_training *own = t->state;

	encoding_head_backward(&own->gradient, own->pass, dlogits, dembedding,
	                       &own->scratch);
	arena_clear(&own->scratch);
}

static bool
training_frozen(const struct model_training *t, const struct param *p)
{
	const struct model_head *h = t->model->state;

	return p->slot == &h->weights.mean || p->slot == &h->weights.deviation;
}

static const char *const refused[] = {
	"unfreeze", "freeze", "lora", "plain", "memory", "spec-augment",
	"dropout", "average", NULL
};

static const struct model_training_kind training = {
	.rate = 1e-3f, .embedding = true,
	.refused = refused, .refusal = "does not apply to a head",
	.begin = training_begin, .end = training_end,
	.recipe = training_recipe,
	.forward = training_forward, .backward = training_backward,
	.frozen = training_frozen
};

const struct model_kind model_head_kind = {
	.name = "head", .format = FORMAT, .training = &training,
	.open = head_model_open, .release = head_model_release,
	.embedding_length = embedding_length,
	.view = head_model_view, .infer = head_model_infer,
	.architecture = architecture,
	.write = model_file_write
};
