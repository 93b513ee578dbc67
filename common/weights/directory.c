#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/texts.h"
#include "core/xalloc.h"
#include "weights/directory.h"
#include "weights/directory_shards.h"
#include "weights/json.h"

enum { SHARDS_MAX = 1000 };

static const char CONFIG[] = "config.json";
static const char PREPROCESSOR[] = "preprocessor_config.json";
static const char WEIGHTS[] = "model.safetensors";
static const char INDEX[] = DIRECTORY_INDEX;

static char *
path_of(const struct directory *d, const char *file)
{
	return xasprintf("%s/%s", d->name, file);
}

static bool
exists(const struct directory *d, const char *file)
{
	char *path = path_of(d, file);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

/* "DIR/FILE: reason", or NULL for NULL; frees the reason. */
static char *
blame(const struct directory *d, const char *file, char *reason)
{
	char *why = reason ? xasprintf("%s/%s: %s", d->name, file, reason)
	                   : NULL;

	free(reason);
	return why;
}

char *
directory_config_wrong(const struct directory *d, char *reason)
{
	return blame(d, CONFIG, reason);
}

char *
directory_preprocessor_wrong(const struct directory *d, char *reason)
{
	return blame(d, d->nested ? DIRECTORY_PROCESSOR : PREPROCESSOR,
	             reason);
}

char *
directory_weights_wrong(const struct directory *d, char *reason)
{
	return blame(d, d->weights.parts ? INDEX : WEIGHTS, reason);
}

static char *
text_open(const struct directory *d, const char *file, struct json **json,
          char **text)
{
	char *path = path_of(d, file), *why;

	*json = json_read(path, text, &why);
	if (why && directory_pointer(path)) {
		free(why);
		why = directory_wrong(path, "");
	}
	free(path);
	return why;
}

char *
directory_open(struct directory *d, const char *path)
{
	size_t length = strlen(path);
	char *why;

	*d = (struct directory){ .name = xstrdup(path) };
	while (length > 1 && d->name[length - 1] == '/')
		d->name[--length] = '\0';
	if (!exists(d, CONFIG)) {
		why = directory_adapter(d->name);
		return why ? why : blame(d, CONFIG, xasprintf(
			"%s (a folder is a network of Hugging Face, a student "
			"is a file)", strerror(errno)));
	}
	why = text_open(d, CONFIG, &d->json, &d->json_text);
	if (!why && exists(d, PREPROCESSOR))
		why = text_open(d, PREPROCESSOR, &d->preprocessor,
		                &d->preprocessor_text);
	return why ? why : directory_processor_read(d);
}

/* What the index says: tensor n is in file[n]. */
struct map {
	struct texts tensors, files;
	size_t *file;
	bool *found;
};

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

		if (!file || !directory_shard_proper(file))
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
			why = directory_wrong(path, reason);
		free(reason);
		free(path);
	}
	return why;
}

/*
 * Opens the files of an index as one; s is to be released in either case.
 * Each file must have exactly the tensors that the index lists for it:
 *	{"weight_map": {"projector.weight": "model-00002-of-00002.safetensors"}}
 */
static char *
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

char *
directory_weights(struct directory *d)
{
	char *path, *why = NULL;
	const char *reason;

	if (!exists(d, WEIGHTS) && exists(d, INDEX))
		return weight_map_open(&d->weights, d->name, INDEX);
	if (!exists(d, WEIGHTS))
		why = directory_foreign(d->name);
	if (why)
		return why;
	path = path_of(d, WEIGHTS);
	reason = safetensors_open(&d->weights, path);
	if (reason)
		why = directory_wrong(path, reason);
	free(path);
	return why;
}

void
directory_release(struct directory *d)
{
	json_release(d->json);
	free(d->json_text);
	json_release(d->preprocessor);
	json_release(d->overruled);
	free(d->preprocessor_text);
	safetensors_release(&d->weights);
	free(d->name);
	*d = (struct directory){ .name = NULL };
}

/*
 * The file whose stamp is that of the weights.  While a model is replaced, the
 * new state is under the second name.
 */
char *
directory_training(struct safetensors *s, const struct directory *d)
{
	static const char *const files[] = {
		"training.safetensors", "training.next.safetensors"
	};
	const char *want = safetensors_metadata(&d->weights, "stamp");
	char *reason = NULL;

	*s = (struct safetensors){ .entry = NULL };
	for (int i = 0; want && i < 2; i++) {
		char *path = path_of(d, files[i]);
		const char *why = safetensors_open(s, path);
		const char *have = why ? NULL
		                       : safetensors_metadata(s, "stamp");

		if (why && !reason && access(path, F_OK) == 0)
			reason = xasprintf("%s: %s; without this file the "
			                   "optimiser begins anew", files[i],
			                   why);
		free(path);
		if (have && strcmp(have, want) == 0) {
			free(reason);
			return NULL;
		}
		safetensors_release(s);
	}
	return reason;
}
