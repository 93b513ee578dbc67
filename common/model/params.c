#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/finite.h"
#include "core/rng.h"
#include "core/xalloc.h"
#include "model/params.h"

float *
params_add(struct params *p, float *base, const char *name,
           enum param_start start, size_t d0, size_t d1, size_t d2)
{
	struct param *t;

	if (p->count == p->capacity) {
		p->capacity = 2 * p->capacity + 64;
		p->param = xrealloc(p->param, p->capacity, sizeof *p->param);
	}
	t = &p->param[p->count++];
	*t = (struct param){
		.start = start, .ndim = d2 ? 3 : d1 ? 2 : 1,
		.dim = { d0, d1, d2 }, .offset = p->length
	};
	snprintf(t->name, sizeof t->name, "%s", name);
	t->length = d0 * (d1 ? d1 : 1) * (d2 ? d2 : 1);
	p->length += t->length;
	return base ? base + t->offset : NULL;
}

void
params_release(struct params *p)
{
	free(p->param);
	*p = (struct params){ .param = NULL };
}

void
params_start(float *block, const struct params *p, unsigned long seed)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct param *t = &p->param[i];
		size_t in = t->start == START_TAPS ? t->dim[0]
		                                   : t->length / t->dim[0];
		float scale = 1 / sqrtf((float)in);
		struct rng r;

		rng_init_keyed(&r, seed, t->name);
		for (size_t j = 0; j < t->length; j++)
			block[t->offset + j] = t->start >= START_FAN_IN
				? scale * rng_normal(&r)
				: t->start == START_ONE;
	}
}

/* "[144,5,83]" */
static void
shape_print(char *text, size_t size, const size_t *dim, int ndim)
{
	size_t used = (size_t)snprintf(text, size, "[");

	for (int i = 0; i < ndim && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%zu",
		                         i ? "," : "", dim[i]);
	if (used < size)
		snprintf(text + used, size - used, "]");
}

static bool
shape_equal(const struct safetensors_entry *e, const struct param *t)
{
	return e->ndim == t->ndim &&
	       memcmp(e->dim, t->dim,
	              (size_t)t->ndim * sizeof *t->dim) == 0;
}

static char *
tensor_load(float *block, const struct param *t, const struct safetensors *s)
{
	const struct safetensors_entry *e = safetensors_find(s, t->name);
	char have[96], want[96];

	shape_print(want, sizeof want, t->dim, t->ndim);
	if (!e)
		return xasprintf("tensor %s %s is missing", t->name, want);
	shape_print(have, sizeof have, e->dim, e->ndim);
	if (!shape_equal(e, t))
		return xasprintf("tensor %s is %s, want %s", t->name, have,
		                 want);
	if (!safetensors_floats(block + t->offset, e))
		return xasprintf("tensor %s is of type %s, want F32, F16 or "
		                 "BF16", t->name, e->type_name);
	if (!floats_finite(block + t->offset, t->length))
		return xasprintf("tensor %s holds NaN or infinity", t->name);
	return NULL;
}

static bool
params_have(const struct params *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->param[i].name, name) == 0)
			return true;
	return false;
}

char *
params_load(float *block, const struct params *p, const struct safetensors *s)
{
	char *why = NULL;

	for (size_t i = 0; i < p->count && !why; i++)
		why = tensor_load(block, &p->param[i], s);
	for (size_t i = 0; i < s->entries && !why; i++) {
		const char *name = s->entry[i].name;

		if (strncmp(name, "optimizer.", 10) != 0 &&
		    !params_have(p, name))
			why = xasprintf("tensor %s has no place in this "
			                "architecture", name);
	}
	return why;
}
