#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/model_kinds.h"
#include "nn/softmax.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "student/functionals.h"

/* What stands before its name: the built-in one says itself what it is. */
static const char *
article(const struct model *m)
{
	return strcmp(m->name, MODEL_BUILTIN) == 0 ? "the " : "the model ";
}

/* Dies unless the frame's features are what the model was trained on. */
static void
features_check(const struct model *m, struct frame *f,
               const struct tensor *features)
{
	const char *have = frame_text(f, FIELD_FEATURES_TYPE);
	size_t width = features_width(&m->features);
	char want[FEATURES_TYPE_MAX];

	features_type_print(want, &m->features);
	if (have && strcmp(have, want) != 0)
		die("%s: features are \"%s\", %s%s wants \"%s\" "
		    "(see featurize --help)", frame_id(f), have, article(m),
		    m->name, want);
	if (features->dim[1] != width)
		die("%s: features have %zu columns, %s%s wants %zu",
		    frame_id(f), features->dim[1], article(m), m->name,
		    width);
}

/* Rows of features that make room for functionals in front of them. */
static size_t
front_rows(const struct model *m)
{
	size_t width = m->shape.rows;

	if (!m->shape.functionals)
		for (size_t i = 1; i < m->members; i++)
			if (m->member[i].shape.functionals)
				return (2 * FUNCTIONALS + width - 1) / width;
	return 0;
}

/*
 * The frame's functionals, raw in the first half of x or normalised in the
 * second, the rest 0.  False when there are none, or with *why when those
 * there are cannot be used.
 */
static bool
functionals_fill(float *x, struct frame *f, const char **why)
{
	const struct tensor *normalised;
	const float *raw = functionals_of(f);

	*why = NULL;
	normalised = frame_tensor(f, FIELD_FUNCTIONALS, 1, why);
	if (normalised && tensor_length(normalised) != FUNCTIONALS)
		*why = "functionals: not as many as cmvn adds";
	memset(x, 0, 2 * FUNCTIONALS * sizeof *x);
	if (*why)
		return false;
	if (raw)
		memcpy(x, raw, FUNCTIONALS * sizeof *x);
	else if (normalised)
		memcpy(x + FUNCTIONALS, normalised->data,
		       FUNCTIONALS * sizeof *x);
	return raw || normalised;
}

static float *
functionals_view(struct frame *f, size_t *rows, const char **why)
{
	float *view = arena_floats(&f->arena, 2 * FUNCTIONALS);

	*rows = 1;
	if (functionals_fill(view, f, why))
		return view;
	if (!*why)
		*why = "normalised without functionals (cmvn --by speaker "
		       "has them)";
	return NULL;
}

float *
model_student_view(const struct model *m, struct frame *f, size_t *rows,
                   const char **why)
{
	const struct tensor *features = frame_need(f, FIELD_FEATURES, 2, why);
	size_t front = front_rows(m), width = m->shape.rows;
	float *view;

	if (!features)
		return NULL;
	features_check(m, f, features);
	if (m->shape.functionals)
		return functionals_view(f, rows, why);
	*rows = front + features->dim[0];
	view = arena_floats(&f->arena, *rows * width);
	if (front > 0 && !functionals_fill(view, f, why) && *why)
		return NULL;
	memcpy(view + front * width, features->data,
	       tensor_length(features) * sizeof *view);
	features_view(view + front * width, features->dim[0], &m->features,
	              frame_has(f, FIELD_CMVN));
	return view;
}

/* One piece through one member; the caller's arena is used and cleared. */
static void
piece_infer(const struct student_member *member, float *logits,
            float *embedding, const float *view, size_t rows,
            struct arena *arena)
{
	const struct student_batch one = { 1, &view, &rows };

	student_infer(logits, embedding, arena, &one, &member->weights,
	              &member->shape);
	arena_clear(arena);
}

/*
 * Adds to logits a share of one member's mean log-probabilities over the
 * pieces; its mean embedding.
 */
static void
member_add(const struct student_member *member, float share, float *logits,
           float *embedding, const float *view, size_t rows,
           struct arena *arena)
{
	const struct student_shape *s = &member->shape;
	size_t pieces = (rows + MODEL_ROWS_MAX - 1) / MODEL_ROWS_MAX;
	size_t D = student_embedding_length(s);
	float own[STUDENT_CLASSES_MAX], part = 1 / (float)pieces;
	float *piece = xcalloc(D, sizeof *piece);

	for (size_t i = 0; i < pieces; i++) {
		size_t from = rows * i / pieces, to = rows * (i + 1) / pieces;

		piece_infer(member, own, piece, view + from * s->rows,
		            to - from, arena);
		log_softmax_forward(own, own, 1, s->classes);
		for (size_t k = 0; k < s->classes; k++)
			logits[k] += share * part * own[k];
		for (size_t j = 0; embedding && j < D; j++)
			embedding[j] += part * piece[j];
	}
	free(piece);
}

/* All 0: one utterance of a speaker, or none that is known. */
static bool
functionals_told(const float *x)
{
	for (size_t i = 0; i < 2 * FUNCTIONALS; i++)
		if (x[i] != 0)
			return true;
	return false;
}

static bool
member_speaks(const struct model *m, size_t i, const float *view)
{
	return !m->member[i].shape.functionals || m->shape.functionals ||
	       functionals_told(view);
}

void
model_student_infer(const struct model *m, float *logits, float *embedding,
                    const float *view, size_t rows, struct arena *arena)
{
	size_t front = front_rows(m);
	float all = 0;

	if (rows <= MODEL_ROWS_MAX && m->members == 1) {
		piece_infer(&m->member[0], logits, embedding, view, rows,
		            arena);
		return;
	}
	memset(logits, 0, m->class_count * sizeof *logits);
	if (embedding)
		memset(embedding, 0,
		       model_embedding_length(m) * sizeof *embedding);
	for (size_t i = 0; i < m->members; i++)
		if (member_speaks(m, i, view))
			all += m->member[i].share;
	for (size_t i = 0; i < m->members; i++) {
		const struct student_shape *s = &m->member[i].shape;
		bool one = s->functionals;

		if (member_speaks(m, i, view))
			member_add(&m->member[i], m->member[i].share / all,
			           logits, embedding,
			           view + (one ? 0 : front * s->rows),
			           one ? 1 : rows - front, arena);
		if (embedding)
			embedding += student_embedding_length(s);
	}
}
