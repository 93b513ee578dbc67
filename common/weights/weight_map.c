#include <stdlib.h>
#include <string.h>

#include "core/texts.h"
#include "core/xalloc.h"
#include "weights/json.h"
#include "weights/weight_map.h"

enum { SHARDS_MAX = 1000 };

/* What the index says: tensor n is in file[n]. */
struct map {
	struct texts tensors, files;
	size_t *file;
	bool *found;
};

/* A name of ours must stay in its directory. */
static bool
file_proper(const char *name)
{
	static const char end[] = ".safetensors";
	size_t length = strlen(name);

	return name[0] != '.' && !strchr(name, '/') && length < 256 &&
	       length >= sizeof end &&
	       strcmp(name + length + 1 - sizeof end, end) == 0;
}

static char *
map_read(struct map *m, const struct json *index)
{
	const struct json *j = json_find(index, "weight_map");
	size_t n = json_length(j);

	if (json_kind(j) != JSON_OBJECT || n == 0)
		return xstrdup("no weight_map that says where the tensors "
		               "are");
	m->file = xcalloc(n, sizeof *m->file);
	m->found = xcalloc(n, sizeof *m->found);
	for (j = json_first(j); j; j = json_next(j)) {
		const char *file = json_text(j);
		size_t tensor = texts_add(&m->tensors, json_key(j));

		if (!file || !file_proper(file))
			return xasprintf("tensor %s: want the name of a "
			                 ".safetensors file beside it, not %s",
			                 json_key(j), file ? file : "that");
		m->file[tensor] = texts_add(&m->files, file);
		if (m->files.length > SHARDS_MAX)
			return xasprintf("more than %d files", SHARDS_MAX);
	}
	return NULL;
}

/* Every tensor of a file is where the index has it. */
static char *
shard_check(struct map *m, const struct safetensors *s, size_t file)
{
	for (size_t i = 0; i < s->entries; i++) {
		const char *name = s->entry[i].name;
		size_t tensor = texts_find(&m->tensors, name);

		if (tensor == TEXTS_NONE)
			return xasprintf("tensor %s is not in the index",
			                 name);
		if (m->file[tensor] != file)
			return xasprintf("tensor %s is in it, the index says "
			                 "%s", name,
			                 m->files.text[m->file[tensor]]);
		m->found[tensor] = true;
	}
	for (size_t i = 0; i < m->tensors.length; i++)
		if (m->file[i] == file && !m->found[i])
			return xasprintf("tensor %s, of the index, is not in "
			                 "it", m->tensors.text[i]);
	return NULL;
}

static char *
shards_read(struct map *m, struct safetensors *part, const char *directory)
{
	char *why = NULL;

	for (size_t i = 0; i < m->files.length && !why; i++) {
		char *path = xasprintf("%s/%s", directory, m->files.text[i]);
		const char *refused = safetensors_open(&part[i], path);
		char *reason = refused ? xstrdup(refused)
		                       : shard_check(m, &part[i], i);

		if (reason)
			why = xasprintf("%s: %s", path, reason);
		free(reason);
		free(path);
	}
	return why;
}

char *
weight_map_open(struct safetensors *s, const char *directory, const char *index)
{
	struct map m = { .tensors = TEXTS_INIT, .files = TEXTS_INIT };
	char *path = xasprintf("%s/%s", directory, index), *why = NULL;
	struct json *j = json_read(path, NULL, &why);

	*s = (struct safetensors){ .entry = NULL };
	if (j) {
		char *reason = map_read(&m, j);

		if (reason)
			why = xasprintf("%s: %s", path, reason);
		free(reason);
	}
	if (!why) {
		struct safetensors *part = xcalloc(m.files.length,
		                                   sizeof *part);

		why = shards_read(&m, part, directory);
		safetensors_join(s, part, m.files.length);
	}
	json_release(j);
	texts_release(&m.tensors);
	texts_release(&m.files);
	free(m.file);
	free(m.found);
	free(path);
	return why;
}
