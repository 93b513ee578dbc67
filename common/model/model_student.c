#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "model/model_kinds.h"
#include "student/functionals.h"
#include "weights/trained.h"

static const char *
metadata_need(const struct model *m, const char *key)
{
	const char *value = safetensors_metadata(&m->file, key);

	if (!value)
		die("%s: no \"%s\" in its metadata: not a model of tunne's "
		    "(see tunne-model(5))", m->name, key);
	return value;
}

/* A member's own line of a value. */
static void
metadata_line(const struct model *m, const char *key, size_t member,
              char *line, size_t size)
{
	const char *text = metadata_need(m, key);
	size_t length;

	for (size_t i = 0; i < member; i++) {
		text += strcspn(text, "\n");
		if (!*text++)
			die("%s: %s is not told of all members", m->name, key);
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
	for (size_t k = 0; k < m->class_count; k++) {
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

/* The input's width follows from the shape and the features. */
static void
shape_complete(const struct model *m, struct student_shape *s)
{
	const char *why;

	s->whitened = strcmp(s->blocks, "fw") == 0;
	s->functionals = s->whitened || strcmp(s->blocks, "f") == 0;
	if (s->functionals)
		*s->blocks = '\0';
	if (s->functionals && !functionals_known(&m->features))
		die("%s: features without functionals", m->name);
	s->rows = s->functionals ? 2 * FUNCTIONALS
	                         : features_width(&m->features);
	why = student_shape_check(s);
	if (why)
		die("%s: %s", m->name, why);
}

static void
shape_read(const struct model *m, struct student_shape *s, size_t member)
{
	metadata_line(m, "blocks", member, s->blocks, sizeof s->blocks);
	s->width = metadata_size(m, "width", member);
	s->heads = metadata_size(m, "heads", member);
	s->classes = m->class_count;
	shape_complete(m, s);
}

static float
share_read(const struct model *m, size_t member)
{
	char text[32];
	double share;

	if (!safetensors_metadata(&m->file, "shares"))
		return 1;
	metadata_line(m, "shares", member, text, sizeof text);
	if (!number_real(text, &share) || share < 1e-3 || share > 1e3)
		die("%s: shares has \"%s\", want 0.001 to 1000", m->name,
		    text);
	return (float)share;
}

static void
metadata_read(struct model *m)
{
	const char *format = metadata_need(m, "format");

	if (strcmp(format, "tunne-student-1") != 0)
		die("%s: format \"%s\", this program reads tunne-student-1 "
		    "(or the folder of a network)", m->name, format);
	m->classes = lines_split(metadata_need(m, "classes"), &m->class_count);
	if (m->class_count > STUDENT_CLASSES_MAX)
		die("%s: %zu classes, more than %d", m->name, m->class_count,
		    STUDENT_CLASSES_MAX);
	classes_check(m);
	if (!features_type_parse(&m->features, metadata_need(m, "features")))
		die("%s: cannot read features \"%s\"", m->name,
		    metadata_need(m, "features"));
	m->members = safetensors_metadata(&m->file, "members")
		? metadata_size(m, "members", 0) : 1;
	if (m->members < 1 || m->members > MODEL_MEMBERS_MAX)
		die("%s: %zu members, want 1 to %d", m->name, m->members,
		    MODEL_MEMBERS_MAX);
	for (size_t i = 0; i < m->members; i++) {
		shape_read(m, &m->member[i].shape, i);
		m->member[i].share = share_read(m, i);
	}
	m->shape = m->member[0].shape;
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

/* The tensors of all members; an only one's names stand alone. */
void
model_student_list(struct model *m)
{
	struct params *p = &m->params;

	for (size_t i = 0; i < m->members; i++) {
		size_t first = p->count;

		student_layout(p, &m->member[i].weights, &m->member[i].shape,
		               NULL);
		for (size_t j = first; m->members > 1 && j < p->count; j++)
			member_name(p->param[j].name, i);
	}
}

void
model_student_take(struct model *m)
{
	m->block = xmalloc(m->params.length, sizeof *m->block);
	params_bind(&m->params, m->block);
}

void
model_student_open(struct model *m)
{
	char *reason;

	metadata_read(m);
	model_student_list(m);
	/* a width that the file does not hold must not take its memory */
	reason = params_check(&m->params, &m->file);
	if (!reason) {
		model_student_take(m);
		reason = params_load(m->block, &m->params, &m->file);
	}
	if (reason)
		die("%s: %s", m->name, reason);
}

void
model_start(struct model *m, const char *name, unsigned long seed)
{
	m->name = name;
	m->class_count = m->shape.classes;
	for (size_t k = 0; k < m->class_count; k++)
		label_doubt(m->classes[k]);
	shape_complete(m, &m->shape);
	m->members = 1;
	m->member[0].shape = m->shape;
	m->member[0].share = 1;
	model_student_list(m);
	model_student_take(m);
	params_start(m->block, &m->params, seed);
	trained_warn(name, false);
}
