#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "model/model_join.h"
#include "model/model_kinds.h"

/* Dies unless the two can speak with one voice. */
static void
alike_check(const struct model *a, const struct model *b)
{
	char one[FEATURES_TYPE_MAX], two[FEATURES_TYPE_MAX];
	bool alike = !a->network && !b->network &&
		a->class_count == b->class_count;

	for (size_t k = 0; alike && k < a->class_count; k++)
		alike = strcmp(a->classes[k], b->classes[k]) == 0;
	if (alike) {
		features_type_print(one, &a->features);
		features_type_print(two, &b->features);
		alike = strcmp(one, two) == 0;
	}
	if (!alike)
		die("%s and %s: not students of the same classes and "
		    "features", a->name, b->name);
	if (a->shape.functionals && !b->shape.functionals)
		die("%s reads functionals: name it after %s", a->name,
		    b->name);
}

void
model_join(struct model *m, const struct model *other)
{
	float *block = m->block;
	size_t length = m->params.length;

	alike_check(m, other);
	if (m->members + other->members > MODEL_MEMBERS_MAX)
		die("%s would be one member too many: %d at most",
		    other->name, MODEL_MEMBERS_MAX);
	for (size_t i = 0; i < other->members; i++)
		m->member[m->members++] = other->member[i];
	params_release(&m->params);
	model_student_list(m);
	model_student_take(m);
	memcpy(m->block, block, length * sizeof *block);
	memcpy(m->block + length, other->block,
	       other->params.length * sizeof *block);
	free(block);
}

bool
model_share(struct model *m, const char *list)
{
	for (size_t i = 0; i < m->members; i++) {
		float *share = &m->member[i].share;
		char *end;

		*share = strtof(list, &end);
		if (end == list || !(*share >= 1e-3f && *share <= 1e3f) ||
		    *end != (i + 1 < m->members ? ',' : '\0'))
			return false;
		list = end + 1;
	}
	return m->members > 0;
}
