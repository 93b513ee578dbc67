#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "model/model.h"

/* Texts to write; keys are borrowed, values owned. */
struct texts {
	struct safetensors_text *text;
	size_t count;
};

/* The first to give a key its value wins. */
static void
texts_add(struct texts *t, const char *key, const char *value)
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
texts_add_size(struct texts *t, const char *key, size_t n)
{
	char value[32];

	snprintf(value, sizeof value, "%zu", n);
	texts_add(t, key, value);
}

static void
classes_add(struct texts *t, const struct model *m)
{
	char *joined = xstrdup(m->classes[0]);

	for (size_t k = 1; k < m->shape.classes; k++) {
		char *longer = xasprintf("%s\n%s", joined, m->classes[k]);

		free(joined);
		joined = longer;
	}
	texts_add(t, "classes", joined);
	free(joined);
}

static void
architecture_add(struct texts *t, const struct model *m)
{
	char features[FEATURES_TYPE_MAX];

	features_type_print(features, &m->features);
	texts_add(t, "format", "tunne-student-1");
	texts_add(t, "features", features);
	texts_add_size(t, "width", m->shape.width);
	texts_add_size(t, "heads", m->shape.heads);
	texts_add(t, "blocks", m->shape.blocks);
	classes_add(t, m);
}

static struct safetensors_source *
sources_make(const struct model *m, const float *block,
             enum safetensors_type type,
             const struct safetensors_source *extra, size_t extras)
{
	const struct params *p = &m->params;
	struct safetensors_source *s = xcalloc(p->count + extras, sizeof *s);

	for (size_t i = 0; i < p->count; i++) {
		const struct param *t = &p->param[i];

		s[i] = (struct safetensors_source){
			.name = t->name, .type = type, .ndim = t->ndim,
			.data = block + t->offset
		};
		memcpy(s[i].dim, t->dim, sizeof t->dim);
	}
	for (size_t i = 0; i < extras; i++)
		s[p->count + i] = extra[i];
	return s;
}

void
model_write(const char *path, const struct model *m, const float *block,
            enum safetensors_type type,
            const struct safetensors_source *extra, size_t extras,
            const struct safetensors_text *more, size_t mores)
{
	struct texts t = { .text = NULL };
	struct safetensors_source *source =
		sources_make(m, block ? block : m->block, type, extra, extras);

	architecture_add(&t, m);
	for (size_t i = 0; i < mores; i++)
		texts_add(&t, more[i].key, more[i].value);
	for (size_t i = 0; i < m->file.metadata_count; i++)
		texts_add(&t, m->file.metadata[i].key,
		          m->file.metadata[i].value);
	safetensors_write(path, source, m->params.count + extras, t.text,
	                  t.count);
	for (size_t i = 0; i < t.count; i++)
		free(t.text[i].value);
	free(t.text);
	free(source);
}
