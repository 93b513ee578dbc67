#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/xalloc.h"
#include "model/model_kinds.h"
#include "nn/gemm.h"
#include "nn/softmax.h"
#include "stream/fields.h"
#include "stream/frame.h"

static const char *
metadata_need(const struct model *m, const char *key)
{
	const char *value = safetensors_metadata(&m->file, key);

	if (!value)
		die("%s: no \"%s\" in its metadata: not a model of tunne's "
		    "(see tunne-model(5))", m->name, key);
	return value;
}

static size_t
metadata_size(const struct model *m, const char *key)
{
	const char *text = metadata_need(m, key);
	long n;

	if (!number_integer(text, &n) || n < 0)
		die("%s: %s is \"%s\", want a number", m->name, key, text);
	return (size_t)n;
}

/* Splits "a\nb\nc"; the array and its texts are one allocation. */
static const char **
lines_split(const char *text, size_t *count)
{
	size_t n = 1, size = strlen(text) + 1;
	const char **lines;
	char *copy;

	for (const char *p = text; *p; p++)
		n += *p == '\n';
	lines = xmalloc(n * sizeof *lines + size, 1);
	copy = memcpy(lines + n, text, size);
	for (size_t i = 0; i < n; i++) {
		lines[i] = copy;
		copy += strcspn(copy, "\n");
		*copy++ = '\0';
	}
	*count = n;
	return lines;
}

/* A class without a name, or two of one, cannot be told apart in a table,
   and a tab would cut one in two. */
static void
classes_check(const struct model *m)
{
	for (size_t k = 0; k < m->shape.classes; k++) {
		if (!*m->classes[k])
			die("%s: a class without a name", m->name);
		if (strchr(m->classes[k], '\t'))
			die("%s: a tab in class %s", m->name, m->classes[k]);
		for (size_t j = 0; j < k; j++)
			if (strcmp(m->classes[j], m->classes[k]) == 0)
				die("%s: two classes %s", m->name,
				    m->classes[k]);
	}
}

static void
metadata_read(struct model *m)
{
	const char *format = metadata_need(m, "format");
	const char *blocks = metadata_need(m, "blocks"), *why;

	if (strcmp(format, "tunne-student-1") != 0)
		die("%s: format \"%s\", this program reads tunne-student-1",
		    m->name, format);
	if (strlen(blocks) > STUDENT_BLOCKS_MAX)
		die("%s: more than %d blocks", m->name, STUDENT_BLOCKS_MAX);
	strcpy(m->shape.blocks, blocks);
	m->shape.width = metadata_size(m, "width");
	m->shape.heads = metadata_size(m, "heads");
	m->classes = lines_split(metadata_need(m, "classes"),
	                         &m->shape.classes);
	m->class_count = m->shape.classes;
	if (!features_type_parse(&m->features, metadata_need(m, "features")))
		die("%s: cannot read features \"%s\"", m->name,
		    metadata_need(m, "features"));
	m->shape.rows = features_width(&m->features);
	why = student_shape_check(&m->shape);
	if (why)
		die("%s: %s", m->name, why);
	classes_check(m);
}

void
model_student_open(struct model *m)
{
	char *reason;

	metadata_read(m);
	student_layout(&m->params, &m->weights, &m->shape, NULL);
	/* a width that the file does not hold must not take its memory */
	reason = params_check(&m->params, &m->file);
	if (!reason) {
		m->block = xmalloc(m->params.length, sizeof *m->block);
		reason = params_load(m->block, &m->params, &m->file);
	}
	if (reason)
		die("%s: %s", m->name, reason);
	params_release(&m->params);
	student_layout(&m->params, &m->weights, &m->shape, m->block);
}

void
model_start(struct model *m, const char *name, unsigned long seed)
{
	const char *why;

	m->shape.rows = features_width(&m->features);
	why = student_shape_check(&m->shape);
	if (why)
		die("%s: %s", name, why);
	m->name = name;
	m->class_count = m->shape.classes;
	student_layout(&m->params, &m->weights, &m->shape, NULL);
	m->block = xmalloc(m->params.length, sizeof *m->block);
	params_start(m->block, &m->params, seed);
	params_release(&m->params);
	student_layout(&m->params, &m->weights, &m->shape, m->block);
}

/* Dies unless the frame's features are what the model was trained on. */
static void
features_check(const struct model *m, struct frame *f,
               const struct tensor *features)
{
	const char *have = frame_text(f, FIELD_FEATURES_TYPE);
	char want[FEATURES_TYPE_MAX];

	features_type_print(want, &m->features);
	if (have && strcmp(have, want) != 0)
		die("%s: features are \"%s\", the model %s wants \"%s\" "
		    "(see featurize --help)", frame_id(f), have, m->name,
		    want);
	if (features->dim[1] != m->shape.rows)
		die("%s: features have %zu columns, the model %s wants %zu",
		    frame_id(f), features->dim[1], m->name, m->shape.rows);
}

float *
model_student_view(const struct model *m, struct frame *f, size_t *rows,
                   const char **why)
{
	const struct tensor *features = frame_need(f, FIELD_FEATURES, 2, why);
	float *view;

	if (!features)
		return NULL;
	features_check(m, f, features);
	*rows = features->dim[0];
	view = arena_floats(&f->arena, tensor_length(features));
	memcpy(view, features->data, tensor_length(features) * sizeof *view);
	features_view(view, *rows, &m->features, frame_has(f, FIELD_CMVN));
	return view;
}

/* One piece; the caller's arena is used and cleared. */
static void
piece_infer(const struct model *m, float *logits, float *embedding,
            const float *view, size_t rows, struct arena *arena)
{
	const struct student_batch one = { 1, &view, &rows };
	const struct student_dropout none = { 0, 0, NULL };

	student_forward(logits, embedding, arena, &one, &m->weights,
	                &m->shape, &none);
	arena_clear(arena);
}

void
model_student_infer(const struct model *m, float *logits, float *embedding,
                    const float *view, size_t rows, struct arena *arena)
{
	size_t pieces = (rows + MODEL_ROWS_MAX - 1) / MODEL_ROWS_MAX;
	size_t K = m->shape.classes, D = model_embedding_length(m);
	float piece_logits[STUDENT_CLASSES_MAX], *piece_embedding;

	if (pieces <= 1) {
		piece_infer(m, logits, embedding, view, rows, arena);
		return;
	}
	piece_embedding = xcalloc(D, sizeof *piece_embedding);
	memset(logits, 0, K * sizeof *logits);
	if (embedding)
		memset(embedding, 0, D * sizeof *embedding);
	for (size_t i = 0; i < pieces; i++) {
		size_t from = rows * i / pieces, to = rows * (i + 1) / pieces;
		float share = 1 / (float)pieces;

		piece_infer(m, piece_logits, piece_embedding,
		            view + from * m->shape.rows, to - from, arena);
		log_softmax_forward(piece_logits, piece_logits, 1, K);
		for (size_t k = 0; k < K; k++)
			logits[k] += share * piece_logits[k];
		for (size_t j = 0; embedding && j < D; j++)
			embedding[j] += share * piece_embedding[j];
	}
	free(piece_embedding);
}
