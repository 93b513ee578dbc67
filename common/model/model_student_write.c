/*
 * model_student_write.c - compact students: writing, making, joining
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "model/model_student.h"
#include "student/functionals.h"
#include "weights/training_state.h"

/* Values with a line for each member. */
static void
shapes_add(struct model_texts *t, const struct model_student *m)
{
	enum { LINE = STUDENT_BLOCKS_MAX + 8 };
	char width[MODEL_MEMBERS_MAX * LINE] = "", heads[sizeof width] = "";
	char blocks[sizeof width] = "";
	size_t w = 0, h = 0, b = 0;

	for (size_t i = 0; i < m->members; i++) {
		const struct student_shape *s = &m->member[i].shape;
		const char *line = i > 0 ? "\n" : "";

		w += (size_t)snprintf(width + w, sizeof width - w, "%s%zu",
		                      line, s->width);
		h += (size_t)snprintf(heads + h, sizeof heads - h, "%s%zu",
		                      line, s->heads);
		b += (size_t)snprintf(blocks + b, sizeof blocks - b, "%s%s",
		                      line, s->whitened ? "fw"
		                      : s->functionals ? "f" : s->blocks);
	}
	model_texts_add(t, "width", width);
	model_texts_add(t, "heads", heads);
	model_texts_add(t, "blocks", blocks);
}

/* The same, unless all shares are equal. */
static void
shares_add(struct model_texts *t, const struct model_student *m)
{
	enum { LINE = 16 };
	char shares[MODEL_MEMBERS_MAX * LINE] = "";
	bool equal = true;
	size_t used = 0;

	for (size_t i = 0; i < m->members; i++) {
		equal = equal && m->member[i].share == m->member[0].share;
		used += (size_t)snprintf(shares + used, sizeof shares - used,
		                         "%s%g", i > 0 ? "\n" : "",
		                         (double)m->member[i].share);
	}
	if (!equal)
		model_texts_add(t, "shares", shares);
}

void
model_student_architecture(struct model_texts *t, const struct model *m)
{
	const struct model_student *s = model_student_of(m);
	char features[FEATURES_TYPE_MAX];

	features_type_print(features, &s->features);
	model_texts_add(t, "format", MODEL_STUDENT_FORMAT);
	model_texts_add(t, "features", features);
	if (s->members > 1)
		model_texts_printf(t, "members", "%zu", s->members);
	shapes_add(t, s);
	shares_add(t, s);
	model_texts_add_classes(t, m->classes, m->class_count);
}

void
model_student_create(const char *path, const struct student_wishes *w)
{
	struct model_student s = {
		.features = w->features, .members = 1,
		.member = { { .shape = w->shape, .share = 1 } }
	};
	struct student_member *member = &s.member[0];
	struct model m = {
		.name = path, .kind = &model_student_kind, .state = &s,
		.file = &m.opened, .class_count = w->class_count,
		.classes = (const char **)(uintptr_t)w->classes
	};
	const struct safetensors_extras none = { .type = TYPE_F32 };

	for (size_t k = 0; k < w->class_count; k++)
		label_doubt(w->classes[k]);
	member->shape.classes = w->class_count;
	model_student_shape(&member->shape, path, &s.features);
	model_student_bind(&m);
	model_student_allocate(&m);
	params_start(m.block, &m.params, w->seed);
	model_replace_warn(path, false);
	if (member->shape.whitened)
		functionals_whiten(member->weights.whiten.weight,
		                   member->weights.whiten.centre, w->whiten,
		                   &s.features);
	model_write(path, &m, &none);
	params_release(&m.params);
	free(m.block);
}

/* Dies unless the two can be members of one model. */
static void
join_check(const struct model *a, const struct model *b)
{
	char one[FEATURES_TYPE_MAX], two[FEATURES_TYPE_MAX];
	bool alike = a->kind == &model_student_kind && b->kind == a->kind &&
		a->class_count == b->class_count;

	for (size_t k = 0; alike && k < a->class_count; k++)
		alike = strcmp(a->classes[k], b->classes[k]) == 0;
	if (alike) {
		features_type_print(one, &model_student_of(a)->features);
		features_type_print(two, &model_student_of(b)->features);
		alike = strcmp(one, two) == 0;
	}
	if (!alike)
		die("%s and %s: not students of the same classes and "
		    "features", a->name, b->name);
	if (a->input == MODEL_FUNCTIONALS && b->input != a->input)
		die("%s reads functionals: name it after %s", a->name,
		    b->name);
}

void
model_student_join(struct model *m, const struct model *other)
{
	struct model_student *to, *from;
	float *block = m->block;
	size_t length = m->params.length;

	join_check(m, other);
	to = model_student_of(m);
	from = model_student_of(other);
	if (to->members + from->members > MODEL_MEMBERS_MAX)
		die("%s would be one member too many: %d at most",
		    other->name, MODEL_MEMBERS_MAX);
	for (size_t i = 0; i < from->members; i++)
		to->member[to->members++] = from->member[i];
	model_student_bind(m);
	model_student_allocate(m);
	memcpy(m->block, block, length * sizeof *block);
	memcpy(m->block + length, other->block,
	       other->params.length * sizeof *block);
	free(block);
}

bool
model_student_share(struct model *m, const char *list)
{
	struct model_student *s = model_student_of(m);

	if (m->kind != &model_student_kind)
		return false;
	for (size_t i = 0; i < s->members; i++) {
		float *share = &s->member[i].share;
		char *end;

		*share = strtof(list, &end);
		if (end == list || !(*share >= 1e-3f && *share <= 1e3f) ||
		    *end != (i + 1 < s->members ? ',' : '\0'))
			return false;
		list = end + 1;
	}
	return true;
}

void
model_student_average(struct model *m)
{
	const struct safetensors_entry *e =
		safetensors_find(m->file, "optimizer.average");
	char *why;

	if (!e || m->kind != &model_student_kind)
		die("%s: has no running mean of the weights (student-step "
		    "keeps one of a compact student)", m->name);
	if (e->length != m->params.length || !safetensors_floats(m->block, e))
		die("%s: tensor optimizer.average does not fit the "
		    "parameters, or is of type %s", m->name, e->type_name);
	why = params_finite(&m->params);
	if (why)
		die("%s: the running mean: %s", m->name, why);
}
