/*
 * model_student.c - the compact student as a kind of model: reading, inference
 *
 * model_student_write.c writes and makes students, model_student_training.c
 * trains them.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/xalloc.h"
#include "model/model_student.h"
#include "nn/softmax.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "student/functionals.h"

struct model_student *
model_student_of(const struct model *m)
{
	return m->state;
}

/* A value has a line for each member. */
static void
metadata_line(const struct model *m, const char *key, size_t member,
              char *line, size_t size)
{
	const char *text = model_metadata_need(m, key);
	size_t length;

	for (size_t i = 0; i < member; i++) {
		text += strcspn(text, "\n");
		if (!*text++)
			die("%s: %s does not have a line for each member",
			    m->name, key);
	}
	length = strcspn(text, "\n");
	if (length >= size)
		die("%s: %s is too long", m->name, key);
	memcpy(line, text, length);
	line[length] = '\0';
}

static size_t
metadata_size(const struct model *m, const char *key, size_t member)
{
	char text[STUDENT_BLOCKS_MAX + 1];
	long n;

	metadata_line(m, key, member, text, sizeof text);
	if (!number_integer(text, &n) || n < 0)
		die("%s: %s is \"%s\", want a number", m->name, key, text);
	return (size_t)n;
}

/* The input's width follows from the shape and the features. */
void
model_student_shape(struct student_shape *s, const char *name,
                    const struct features_type *features)
{
	const char *why;

	s->whitened = strcmp(s->blocks, "fw") == 0;
	s->functionals = s->whitened || strcmp(s->blocks, "f") == 0;
	if (s->functionals)
		*s->blocks = '\0';
	if (s->functionals && !functionals_known(features))
		die("%s: these features have no functionals", name);
	s->rows = s->functionals ? 2 * FUNCTIONALS
	                         : features_width(features);
	why = student_shape_check(s);
	if (why)
		die("%s: %s", name, why);
}

static void
shape_read(const struct model *m, struct student_shape *s, size_t member)
{
	metadata_line(m, "blocks", member, s->blocks, sizeof s->blocks);
	s->width = metadata_size(m, "width", member);
	s->heads = metadata_size(m, "heads", member);
	s->classes = m->class_count;
	model_student_shape(s, m->name, &model_student_of(m)->features);
}

static float
share_read(const struct model *m, size_t member)
{
	char text[32];
	double share;

	if (!model_metadata(m, "shares"))
		return 1;
	metadata_line(m, "shares", member, text, sizeof text);
	if (!number_real(text, &share) || share < 1e-3 || share > 1e3)
		die("%s: shares has \"%s\", want 0.001 to 1000", m->name,
		    text);
	return (float)share;
}

static void
members_read(struct model *m, struct model_student *s)
{
	s->members = model_metadata(m, "members")
		? metadata_size(m, "members", 0) : 1;
	if (s->members < 1 || s->members > MODEL_MEMBERS_MAX)
		die("%s: %zu members, want 1 to %d", m->name, s->members,
		    MODEL_MEMBERS_MAX);
	for (size_t i = 0; i < s->members; i++) {
		shape_read(m, &s->member[i].shape, i);
		s->member[i].share = share_read(m, i);
	}
	m->input = s->member[0].shape.functionals ? MODEL_FUNCTIONALS
	                                          : MODEL_FEATURES;
}

static void
metadata_read(struct model *m, struct model_student *s)
{
	model_classes_read(m, STUDENT_CLASSES_MAX);
	if (!features_type_parse(&s->features,
	                         model_metadata_need(m, "features")))
		die("%s: cannot read features \"%s\"", m->name,
		    model_metadata_need(m, "features"));
	members_read(m, s);
}

/* "norm.bias" becomes "members.1.norm.bias". */
static void
member_name(char *name, size_t member)
{
	char stem[32];
	size_t room = (size_t)snprintf(stem, sizeof stem, "members.%zu.",
	                               member);

	assert(room + strlen(name) < PARAM_NAME_MAX);
	memmove(name + room, name, strlen(name) + 1);
	memcpy(name, stem, room);
}

/* Names of an only member's tensors have no prefix. */
void
model_student_bind(struct model *m)
{
	struct model_student *s = model_student_of(m);
	struct params *p = &m->params;

	params_release(p);
	for (size_t i = 0; i < s->members; i++) {
		size_t first = p->count;

		student_layout(p, &s->member[i].weights, &s->member[i].shape,
		               NULL);
		for (size_t j = first; s->members > 1 && j < p->count; j++)
			member_name(p->param[j].name, i);
	}
}

void
model_student_allocate(struct model *m)
{
	m->block = xmalloc(m->params.length, sizeof *m->block);
	params_bind(&m->params, m->block);
}

static void
student_model_open(struct model *m, const char *path,
                   const struct model_options *options)
{
	struct model_student *s = m->state = xcalloc(1, sizeof *s);
	char *why;

	(void)path;
	(void)options;
	metadata_read(m, s);
	model_student_bind(m);
	/* a false width must not allocate its memory */
	why = params_check(&m->params, m->file);
	if (!why) {
		model_student_allocate(m);
		why = params_load(m->block, &m->params, m->file);
	}
	if (why)
		die("%s: %s", m->name, why);
}

static void
student_model_release(void *state)
{
	free(state);
}

static size_t
embedding_length(const struct model *m)
{
	const struct model_student *s = model_student_of(m);
	size_t length = 0;

	for (size_t i = 0; i < s->members; i++)
		length += student_embedding_length(&s->member[i].shape);
	return length;
}

/* What a message puts before the name. */
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
	const struct features_type *type = &model_student_of(m)->features;
	size_t width = features_width(type);
	char want[FEATURES_TYPE_MAX];

	features_type_print(want, type);
	if (have && strcmp(have, want) != 0)
		die("%s: features are \"%s\", %s%s wants \"%s\" "
		    "(see featurize --help)", frame_id(f), have, article(m),
		    m->name, want);
	if (features->dim[1] != width)
		die("%s: features have %zu columns, %s%s wants %zu",
		    frame_id(f), features->dim[1], article(m), m->name,
		    width);
}

static bool
functionals_read(const struct model_student *s)
{
	for (size_t i = 0; i < s->members; i++)
		if (s->member[i].shape.functionals)
			return true;
	return false;
}

/*
 * Sets the view's functionals, NULL where the frame has none.  Returns the
 * reason where it has some that cannot be used.
 */
static const char *
functionals_view(struct model_view *view, struct frame *f)
{
	const float *raw = functionals_of(f);
	const char *why = NULL;
	const struct tensor *normalised =
		frame_tensor(f, FIELD_FUNCTIONALS, 1, &why);
	float *x;

	if (normalised && tensor_length(normalised) != FUNCTIONALS)
		why = "functionals: not as many as cmvn adds";
	if (why || (!raw && !normalised))
		return why;
	x = arena_floats(&f->arena, 2 * FUNCTIONALS);
	memset(x, 0, 2 * FUNCTIONALS * sizeof *x);
	if (raw)
		memcpy(x, raw, FUNCTIONALS * sizeof *x);
	else
		memcpy(x + FUNCTIONALS, normalised->data,
		       FUNCTIONALS * sizeof *x);
	view->functionals = x;
	view->functionals_length = 2 * FUNCTIONALS;
	return NULL;
}

/* Warns once where cmvn has left out what some of the members read. */
static void
members_skip_warn(const struct model *m, struct frame *f)
{
	struct model_student *s = model_student_of(m);
	const char *cmvn = frame_text(f, FIELD_CMVN);
	size_t skipped = 0;

	for (size_t i = 0; i < s->members; i++)
		skipped += s->member[i].shape.functionals;
	if (s->skip_warned || !cmvn)
		return;
	s->skip_warned = true;
	warn("%s: %zu of its %zu members are skipped: they read functionals, "
	     "which cmvn --by %s leaves out (use --by speaker, or no cmvn)",
	     m->name, skipped, s->members, cmvn);
}

static const char *
features_copy(struct model_view *view, const struct model_student *s,
              struct frame *f, const struct tensor *features)
{
	size_t length = tensor_length(features);
	float *rows = arena_floats(&f->arena, length);

	memcpy(rows, features->data, length * sizeof *rows);
	features_view(rows, features->dim[0], &s->features,
	              frame_has(f, FIELD_CMVN));
	view->rows = rows;
	view->count = features->dim[0];
	view->width = features->dim[1];
	return NULL;
}

static const char *
student_model_view(struct model_view *view, const struct model *m,
                   struct frame *f)
{
	const struct model_student *s = model_student_of(m);
	const char *why = NULL;
	const struct tensor *features = frame_need(f, FIELD_FEATURES, 2, &why);

	if (!features)
		return why;
	features_check(m, f, features);
	if (functionals_read(s))
		why = functionals_view(view, f);
	if (why)
		return why;
	if (m->input == MODEL_FUNCTIONALS && !view->functionals)
		return "normalised without functionals (cmvn --by speaker "
		       "has them)";
	if (m->input == MODEL_FUNCTIONALS)
		return NULL;
	if (functionals_read(s) && !view->functionals)
		members_skip_warn(m, f);
	return features_copy(view, s, f, features);
}

/* One piece through one member; clears the arena. */
static void
piece_infer(const struct student_member *member, float *logits,
            float *embedding, const float *x, size_t rows,
            struct arena *arena)
{
	const struct student_batch one = { 1, &x, &rows };

	student_infer(logits, embedding, arena, &one, &member->weights,
	              &member->shape);
	arena_clear(arena);
}

/*
 * Adds to logits a share of one member's log-probabilities, averaged over
 * pieces of MODEL_ROWS_MAX rows at most, and sets its mean embedding, if any.
 */
static void
member_add(const struct student_member *member, float share, float *logits,
           float *embedding, const float *x, size_t rows,
           struct arena *arena)
{
	const struct student_shape *s = &member->shape;
	size_t pieces = (rows + MODEL_ROWS_MAX - 1) / MODEL_ROWS_MAX;
	size_t D = student_embedding_length(s);
	float own[STUDENT_CLASSES_MAX], part = 1 / (float)pieces;
	float *piece = xcalloc(D, sizeof *piece);

	for (size_t i = 0; i < pieces; i++) {
		size_t from = rows * i / pieces, to = rows * (i + 1) / pieces;

		piece_infer(member, own, piece, x + from * s->rows,
		            to - from, arena);
		log_softmax_forward(own, own, 1, s->classes);
		for (size_t k = 0; k < s->classes; k++)
			logits[k] += share * part * own[k];
		for (size_t j = 0; embedding && j < D; j++)
			embedding[j] += part * piece[j];
	}
	free(piece);
}

/* All 0: the only utterance of its speaker. */
static bool
functionals_empty(const float *x)
{
	for (size_t i = 0; i < 2 * FUNCTIONALS; i++)
		if (x[i] != 0)
			return false;
	return true;
}

/* A member without its input is skipped, unless all are of its kind. */
static bool
member_skipped(const struct model *m, size_t i, const struct model_view *view)
{
	return model_student_of(m)->member[i].shape.functionals &&
		m->input != MODEL_FUNCTIONALS &&
		(!view->functionals || functionals_empty(view->functionals));
}

const float *
model_student_rows(size_t *rows, const struct student_shape *shape,
                   const struct model_view *view)
{
	*rows = shape->functionals ? 1 : view->count;
	return shape->functionals ? view->functionals : view->rows;
}

static void
student_model_infer(const struct model *m, float *logits, float *embedding,
                    const struct model_view *view, struct arena *arena)
{
	const struct model_student *s = model_student_of(m);
	size_t rows;
	const float *x = model_student_rows(&rows, &s->member[0].shape, view);
	float all = 0;

	if (rows <= MODEL_ROWS_MAX && s->members == 1) {
		piece_infer(&s->member[0], logits, embedding, x, rows, arena);
		return;
	}
	memset(logits, 0, m->class_count * sizeof *logits);
	if (embedding)
		memset(embedding, 0, embedding_length(m) * sizeof *embedding);
	for (size_t i = 0; i < s->members; i++)
		if (!member_skipped(m, i, view))
			all += s->member[i].share;
	for (size_t i = 0; i < s->members; i++) {
		const struct student_shape *shape = &s->member[i].shape;

		x = model_student_rows(&rows, shape, view);
		if (!member_skipped(m, i, view))
			member_add(&s->member[i], s->member[i].share / all,
			           logits, embedding, x, rows, arena);
		if (embedding)
			embedding += student_embedding_length(shape);
	}
}

static const char *const architecture_keys[] = { "members", "shares", NULL };

const struct model_kind model_student_kind = {
	.name = "compact student", .format = MODEL_STUDENT_FORMAT,
	.training = &model_student_training,
	.open = student_model_open, .release = student_model_release,
	.embedding_length = embedding_length,
	.view = student_model_view, .infer = student_model_infer,
	.architecture = model_student_architecture,
	.architecture_keys = architecture_keys,
	.write = model_file_write
};
