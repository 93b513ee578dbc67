#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/finite.h"
#include "core/rng.h"
#include "core/xalloc.h"
#include "weights/params.h"

void
params_list(struct params *p, float **slot, const char *name,
            enum param_start start, int ndim, const size_t *dim)
{
	struct param *t;

	if (p->count == p->capacity) {
		p->capacity = 2 * p->capacity + 64;
		p->param = xrealloc(p->param, p->capacity, sizeof *p->param);
	}
	t = &p->param[p->count++];
	*t = (struct param){
		.start = start, .ndim = ndim, .length = 1,
		.offset = p->length, .slot = slot
	};
	assert(strlen(name) < sizeof t->name && ndim <= PARAM_DIMENSIONS_MAX);
	strcpy(t->name, name);
	for (int i = 0; i < ndim; i++) {
		t->dim[i] = dim[i];
		t->length *= dim[i];
	}
	p->length += t->length;
}

bool
param_decays(const struct param *t)
{
	return t->start != START_ZERO && t->start != START_ONE;
}

void
params_release(struct params *p)
{
	free(p->param);
	*p = (struct params){ .param = NULL };
}

void
params_bind(const struct params *p, float *block)
{
	for (size_t i = 0; i < p->count; i++)
		*p->param[i].slot = block + p->param[i].offset;
}

static float
deviation(const struct param *t)
{
	size_t in = t->start == START_TAPS ? t->dim[0]
	                                   : t->length / t->dim[0];

	return t->start == START_NARROW ? 0.02f : 1 / sqrtf((float)in);
}

/*
 * Row t: the sines, then the cosines, of t * 10000^(-i / (C/2 - 1)), i < C/2
 * (Vaswani et al. 2017, as Whisper spaces them).
 */
static void
sinusoids(float *x, size_t T, size_t C)
{
	size_t half = C / 2;
	double step = half > 1 ? log(10000) / (double)(half - 1) : 0;

	memset(x, 0, T * C * sizeof *x);
	for (size_t t = 0; t < T; t++)
		for (size_t i = 0; i < half; i++) {
			double angle = (double)t * exp(-step * (double)i);

			x[t * C + i] = (float)sin(angle);
			x[t * C + half + i] = (float)cos(angle);
		}
}

void
params_start(float *block, const struct params *p, unsigned long seed)
{
	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < p->count; i++) {
		const struct param *t = &p->param[i];
		float scale = deviation(t);
		struct rng r;

		if (t->start == START_SINUSOIDS) {
			sinusoids(block + t->offset, t->dim[0], t->dim[1]);
			continue;
		}
		rng_init_keyed(&r, seed, t->name);
		for (size_t j = 0; j < t->length; j++)
			block[t->offset + j] = t->start >= START_FAN_IN
				? scale * rng_normal(&r)
				: t->start == START_ONE ||
				  t->start == START_ONE_DECAYING;
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

/* NULL and the tensor's place in the file, or what is wrong with it. */
static char *
entry_find(const struct safetensors_entry **entry, const struct param *t,
           const struct safetensors *s)
{
	const struct safetensors_entry *e = safetensors_find(s, t->name);
	char have[96], want[96];

	if (e && shape_equal(e, t) && e->type != TYPE_OTHER) {
		*entry = e;
		return NULL;
	}
	shape_print(want, sizeof want, t->dim, t->ndim);
	if (!e)
		return xasprintf("tensor %s %s is missing", t->name, want);
	shape_print(have, sizeof have, e->dim, e->ndim);
	if (!shape_equal(e, t))
		return xasprintf("tensor %s is %s, want %s", t->name, have,
		                 want);
	return xasprintf("tensor %s is of type %s, want F32, F16 or BF16",
	                 t->name, e->type_name);
}

static bool
params_have(const struct params *p, const char *name)
{
	const char *const *ignored = p->ignored;

	for (; ignored && *ignored; ignored++)
		if (strncmp(name, *ignored, strlen(*ignored)) == 0)
			return true;
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->param[i].name, name) == 0)
			return true;
	return false;
}

/* Finds every parameter in the file, and nothing else in it. */
static char *
entries_find(const struct safetensors_entry **entry, const struct params *p,
             const struct safetensors *s)
{
	char *why = NULL;

	for (size_t i = 0; i < p->count && !why; i++)
		why = entry_find(&entry[i], &p->param[i], s);
	for (size_t i = 0; i < s->entries && !why; i++)
		if (!params_have(p, s->entry[i].name))
			why = xasprintf("tensor %s has no place in this "
			                "architecture", s->entry[i].name);
	return why;
}

static char *
not_finite(const struct param *t)
{
	return xasprintf("tensor %s holds NaN or infinity", t->name);
}

/* Each x [i] is as long as parameter i. */
static char *
finite_check(float *const *x, const struct params *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!floats_finite(x[i], p->param[i].length))
			return not_finite(&p->param[i]);
	return NULL;
}

static bool
usable(const struct safetensors_entry *e)
{
	return e->type == TYPE_F32 && (uintptr_t)e->data % sizeof(float) == 0;
}

/* Sets x [i] into the file, or into *owned, where it is converted. */
static void
entries_map(float **x, float **owned, const struct params *p,
            const struct safetensors_entry *const *entry)
{
	size_t length = 0;
	float *at;

	for (size_t i = 0; i < p->count; i++)
		length += usable(entry[i]) ? 0 : entry[i]->length;
	at = *owned = length ? xmalloc(length, sizeof *at) : NULL;
	for (size_t i = 0; i < p->count; i++) {
		x[i] = usable(entry[i]) ? (float *)(uintptr_t)entry[i]->data
		                        : at;
		at += usable(entry[i]) ? 0 : entry[i]->length;
	}
	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < p->count; i++)
		if (!usable(entry[i]))
			safetensors_floats(x[i], entry[i]);
}

char *
params_check(const struct params *p, const struct safetensors *s)
{
	const struct safetensors_entry **entry =
		xcalloc(p->count, sizeof *entry);
	char *why = entries_find(entry, p, s);

	free(entry);
	return why;
}

char *
params_load(float *block, const struct params *p, const struct safetensors *s)
{
	const struct safetensors_entry **entry =
		xcalloc(p->count, sizeof *entry);
	float **x = xcalloc(p->count, sizeof *x);
	char *why = entries_find(entry, p, s);

	for (size_t i = 0; i < p->count && !why; i++) {
		x[i] = block + p->param[i].offset;
		safetensors_floats(x[i], entry[i]);
	}
	if (!why)
		why = finite_check(x, p);
	free(entry);
	free(x);
	return why;
}

char *
params_map(const struct params *p, const struct safetensors *s, float **owned)
{
	const struct safetensors_entry **entry =
		xcalloc(p->count, sizeof *entry);
	float **x = xcalloc(p->count, sizeof *x);
	char *why = entries_find(entry, p, s);

	*owned = NULL;
	if (!why)
		entries_map(x, owned, p, entry);
	for (size_t i = 0; i < p->count && !why; i++)
		*p->param[i].slot = x[i];
	free(entry);
	free(x);
	return why;
}

char *
params_finite(const struct params *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!floats_finite(*p->param[i].slot, p->param[i].length))
			return not_finite(&p->param[i]);
	return NULL;
}

struct safetensors_source *
params_sources(const struct params *p, const float *block,
               enum safetensors_type type, size_t more)
{
	struct safetensors_source *s = xcalloc(p->count + more, sizeof *s);

	for (size_t i = 0; i < p->count; i++) {
		const struct param *t = &p->param[i];

		s[i] = (struct safetensors_source){
			.name = t->name, .type = type, .ndim = t->ndim,
			.data = block ? block + t->offset : *t->slot
		};
		memcpy(s[i].dim, t->dim, sizeof t->dim);
	}
	return s;
}
