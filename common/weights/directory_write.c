#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bits.h"
#include "core/die.h"
#include "core/replace.h"
#include "core/texts.h"
#include "core/xalloc.h"
#include "weights/directory.h"
#include "weights/directory_shards.h"

/*
 * First all files are written under other names: a full disk is noticed while
 * the old model stands, and nothing is left behind.  Then, if the configuration
 * changes, the old weights are removed, the configuration is replaced, and the
 * new weights take their name: a configuration never meets weights that were
 * not written for it.  The state of training has a stamp of its weights: it is
 * written first, under a second name, and gets its own after them.  Parts of
 * the old weights go last: whoever reads takes the one file first.
 */
static const char WEIGHTS[] = "model.safetensors";
static const char TRAINING[] = "training.safetensors";
static const char TRAINING_NEXT[] = "training.next.safetensors";

static void
make(const char *path)
{
	struct stat about;

	if (mkdir(path, 0777) == 0)
		return;
	if (errno != EEXIST)
		die("%s:", path);
	if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
		die("%s: not a directory", path);
}

/* Renamed and removed files stay so when the power fails. */
static void
sync_names(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static void
move(const char *path, const char *from, const char *to)
{
	char *old = xasprintf("%s/%s", path, from);
	char *new = xasprintf("%s/%s", path, to);

	if (rename(old, new) != 0)
		die("%s:", new);
	sync_names(path);
	free(old);
	free(new);
}

static void
commit(const char *path, struct replace *r)
{
	replace_commit(r);
	sync_names(path);
}

static void
drop(const char *path, const char *file)
{
	char *name = xasprintf("%s/%s", path, file);

	if (unlink(name) != 0 && errno != ENOENT)
		die("%s:", name);
	free(name);
}

static bool
holds(const char *path, const char *file, const char *text)
{
	size_t size = strlen(text), n;
	char *name = xasprintf("%s/%s", path, file);
	char *bytes = xmalloc(size + 1, 1);
	FILE *fp = fopen(name, "rb");

	n = fp ? fread(bytes, 1, size + 1, fp) : 0;
	n = fp && n == size && memcmp(bytes, text, size) == 0;
	if (fp)
		fclose(fp);
	free(bytes);
	free(name);
	return n;
}

enum { TEXTS = 3 };

/* Texts by the names of their files, in the order of settling. */
struct text { const char *file, *text; };

/* Each is on disk, not yet under its name; before: see replace_begin_after. */
static void
texts_settle(struct replace *r, char **name, const char *path,
             const struct text *text, size_t count,
             const struct replace *before)
{
	for (size_t i = 0; i < count; i++) {
		name[i] = xasprintf("%s/%s", path, text[i].file);
		replace_begin_after(&r[i], name[i], i ? &r[i - 1] : before);
		fputs(text[i].text, r[i].fp);
		replace_settle(&r[i]);
	}
}

static void
texts_replace(const char *path, const struct replace *tensors,
              const char *config, const char *preprocessor)
{
	char *processor = directory_processor_text(path, preprocessor);
	const struct text text[TEXTS] = {
		{ "config.json", config },
		{ "preprocessor_config.json", preprocessor },
		{ DIRECTORY_PROCESSOR, processor }
	};
	size_t count = processor ? TEXTS : TEXTS - 1;
	struct replace r[TEXTS];
	char *name[TEXTS];

	if (!processor && holds(path, text[0].file, config) &&
	    holds(path, text[1].file, preprocessor))
		return;
	texts_settle(r, name, path, text, count, tensors);
	drop(path, WEIGHTS);
	drop(path, DIRECTORY_INDEX);
	sync_names(path);
	for (size_t i = count; i-- > 0;) {
		replace_commit(&r[i]);
		free(name[i]);
	}
	sync_names(path);
	free(processor);
}

/* A hash of all weights, by Fowler, Noll and Vo's rule on whole words. */
static char *
stamp_make(const struct directory_contents *c)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < c->weights_count; i++) {
		const struct safetensors_source *s = &c->weights[i];
		size_t length = 1;

		for (int d = 0; d < s->ndim; d++)
			length *= s->dim[d];
		for (size_t k = 0; k < length; k++)
			hash = (hash ^ bits_of(s->data[k])) *
				UINT64_C(0x100000001b3);
	}
	return xasprintf("%016" PRIx64, hash);
}

/*
 * An interruption may leave a state under its second name: if it belongs to
 * the weights, it gets its first name before the next one is written.
 */
static void
training_settle(const char *path)
{
	char *weights = xasprintf("%s/%s", path, WEIGHTS);
	char *next = xasprintf("%s/%s", path, TRAINING_NEXT);
	struct safetensors w, t;
	const char *want, *have;
	bool same;

	safetensors_open(&w, weights);
	safetensors_open(&t, next);
	want = safetensors_metadata(&w, "stamp");
	have = safetensors_metadata(&t, "stamp");
	same = want && have && strcmp(want, have) == 0;
	safetensors_release(&w);
	safetensors_release(&t);
	if (same)
		move(path, TRAINING_NEXT, TRAINING);
	else
		drop(path, TRAINING_NEXT);
	free(weights);
	free(next);
}

/* Borrows all: the caller's, then the rest of the old file's. */
static size_t
metadata_make(struct safetensors_text **text,
              const struct directory_contents *c, char *stamp)
{
	const struct safetensors *old = c->old;
	size_t new = c->extras.metadata_count, count = 0;
	size_t all = new + (old ? old->metadata_count : 0);
	struct safetensors_text *t = xcalloc(2 + all, sizeof *t);

	t[count++] = (struct safetensors_text){
		(char *)(uintptr_t)"format", (char *)(uintptr_t)"pt"
	};
	if (stamp)
		t[count++] = (struct safetensors_text){
			(char *)(uintptr_t)"stamp", stamp
		};
	for (size_t i = 0; i < all; i++) {
		const struct safetensors_text *from = i < new
			? &c->extras.metadata[i] : &old->metadata[i - new];
		bool first = strcmp(from->key, "stamp") != 0;

		for (size_t k = 0; k < count; k++)
			first &= strcmp(t[k].key, from->key) != 0;
		if (first)
			t[count++] = *from;
	}
	*text = t;
	return count;
}

/* Writes all to disk; the state of training only if there is one. */
static void
tensors_settle(const char *path, struct replace *weights,
               struct replace *training, const char *weights_name,
               const char *training_name, const struct directory_contents *c)
{
	char *stamp = c->extras.trainings ? stamp_make(c) : NULL;
	const struct safetensors_text key = {
		(char *)(uintptr_t)"stamp", stamp
	};
	struct safetensors_text *text;
	size_t texts = metadata_make(&text, c, stamp);

	safetensors_settle(weights, NULL, weights_name, c->weights,
	                   c->weights_count, text, texts);
	training_settle(path); /* nobody else writes weights from here on */
	if (c->extras.trainings)
		safetensors_settle(training, weights, training_name,
		                   c->extras.training, c->extras.trainings,
		                   &key, 1);
	free(text);
	free(stamp);
}

/* The parts of a model that is now in one file. */
static void
parts_drop(const char *path, struct texts *parts)
{
	for (size_t i = 0; i < parts->length; i++)
		drop(path, parts->text[i]);
	drop(path, DIRECTORY_INDEX);
	texts_release(parts);
}

void
directory_write(const char *path, const struct directory_contents *c)
{
	char *weights_name = xasprintf("%s/%s", path, WEIGHTS);
	char *training_name = xasprintf("%s/%s", path, TRAINING_NEXT);
	struct texts parts = TEXTS_INIT;
	struct replace weights, training;

	make(path);
	directory_shards_list(&parts, path);
	tensors_settle(path, &weights, &training, weights_name, training_name,
	               c);
	texts_replace(path, c->extras.trainings ? &training : &weights,
	              c->config, c->preprocessor);
	if (c->extras.trainings)
		commit(path, &training);
	commit(path, &weights);
	if (c->extras.trainings)
		move(path, TRAINING_NEXT, TRAINING);
	else
		drop(path, TRAINING);
	parts_drop(path, &parts);
	free(weights_name);
	free(training_name);
}
