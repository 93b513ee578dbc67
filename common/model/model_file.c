/*
 * model_file.c - what kinds of models share that are one file of safetensors
 */
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/xalloc.h"
#include "model/model_kind.h"

const char *
model_metadata(const struct model *m, const char *key)
{
	return safetensors_metadata(m->file, key);
}

const char *
model_metadata_need(const struct model *m, const char *key)
{
	const char *value = model_metadata(m, key);

	if (!value)
		die("%s: has no \"%s\" in its metadata, so it is no model "
		    "of tunne (see tunne-model(5))", m->name, key);
	return value;
}

size_t
model_metadata_size(const struct model *m, const char *key, size_t most)
{
	const char *text = model_metadata_need(m, key);
	long n;

	if (!number_integer(text, &n) || n < 1 || (size_t)n > most)
		die("%s: %s is \"%s\", want 1 to %zu", m->name, key, text,
		    most);
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

/* Classes are columns of a table. */
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

void
model_classes_read(struct model *m, size_t most)
{
	m->classes = lines_split(model_metadata_need(m, "classes"),
	                         &m->class_count);
	if (m->class_count > most)
		die("%s: %zu classes, more than %zu", m->name, m->class_count,
		    most);
	classes_check(m);
}

void
model_file_write(const char *path, const struct model *m,
                 const struct safetensors_extras *extras)
{
	size_t count = m->params.count;
	struct safetensors_source *source = params_sources(
		&m->params, m->block, extras->type, extras->trainings);

	for (size_t i = 0; i < extras->trainings; i++)
		source[count + i] = extras->training[i];
	safetensors_write(path, source, count + extras->trainings,
	                  extras->metadata, extras->metadata_count);
	free(source);
}
