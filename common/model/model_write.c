#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "model/model_kinds.h"

/* Texts to write; keys are borrowed, values owned. */
struct pairs {
	struct safetensors_text *text;
	size_t count;
};

/* The first to give a key its value wins. */
static void
pairs_add(struct pairs *t, const char *key, const char *value)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->text[i].key, key) == 0)
			return;
	t->text = xrealloc(t->text, t->count + 1, sizeof *t->text);
	t->text[t->count++] = (struct safetensors_text){
		(char *)key, xstrdup(value)
	};
}

static void
pairs_add_size(struct pairs *t, const char *key, size_t n)
{
	char value[32];

	snprintf(value, sizeof value, "%zu", n);
	pairs_add(t, key, value);
}

static void
classes_add(struct pairs *t, const struct model *m)
{
	char *joined = xstrdup(m->classes[0]);

	for (size_t k = 1; k < m->class_count; k++) {
		char *longer = xasprintf("%s\n%s", joined, m->classes[k]);

		free(joined);
		joined = longer;
	}
	pairs_add(t, "classes", joined);
	free(joined);
}

/* A line a member. */
static void
shapes_add(struct pairs *t, const struct model *m)
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
	pairs_add(t, "width", width);
	pairs_add(t, "heads", heads);
	pairs_add(t, "blocks", blocks);
}

/* Likewise, where they are not all alike. */
static void
shares_add(struct pairs *t, const struct model *m)
{
	enum { LINE = 16 };
	char shares[MODEL_MEMBERS_MAX * LINE] = "";
	bool alike = true;
	size_t used = 0;

	for (size_t i = 0; i < m->members; i++) {
		alike = alike && m->member[i].share == m->member[0].share;
		used += (size_t)snprintf(shares + used, sizeof shares - used,
		                         "%s%g", i > 0 ? "\n" : "",
		                         (double)m->member[i].share);
	}
	if (!alike)
		pairs_add(t, "shares", shares);
}

static void
architecture_add(struct pairs *t, const struct model *m)
{
	char features[FEATURES_TYPE_MAX];

	features_type_print(features, &m->features);
	pairs_add(t, "format", "tunne-student-1");
	pairs_add(t, "features", features);
	if (m->members > 1)
		pairs_add_size(t, "members", m->members);
	shapes_add(t, m);
	shares_add(t, m);
	classes_add(t, m);
}

/* Told of a model's members now, or of none: not to be taken over. */
static bool
of_members(const char *key)
{
	return strcmp(key, "members") == 0 || strcmp(key, "shares") == 0;
}

static void
student_write(const char *path, const struct model *m, const float *block,
              enum safetensors_type type,
              const struct safetensors_source *extra, size_t extras,
              const struct pairs *t)
{
	size_t count = m->params.count;
	struct safetensors_source *source = params_sources(
		&m->params, block ? block : m->block, type, extras);

	for (size_t i = 0; i < extras; i++)
		source[count + i] = extra[i];
	safetensors_write(path, source, count + extras, t->text, t->count);
	free(source);
}

void
model_write(const char *path, const struct model *m, const float *block,
            enum safetensors_type type,
            const struct safetensors_source *extra, size_t extras,
            const struct safetensors_text *more, size_t mores)
{
	const struct safetensors *file = model_file(m);
	struct pairs t = { .text = NULL };

	if (!m->network)
		architecture_add(&t, m);
	for (size_t i = 0; i < mores; i++)
		pairs_add(&t, more[i].key, more[i].value);
	for (size_t i = 0; i < file->metadata_count; i++)
		if (m->network || !of_members(file->metadata[i].key))
			pairs_add(&t, file->metadata[i].key,
			          file->metadata[i].value);
	if (m->network)
		model_encoder_write(path, m, type, extra, extras, t.text,
		                    t.count);
	else
		student_write(path, m, block, type, extra, extras, &t);
	for (size_t i = 0; i < t.count; i++)
		free(t.text[i].value);
	free(t.text);
}
