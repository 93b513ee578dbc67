#define _GNU_SOURCE /* F_OFD_SETLKW */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/replace.h"
#include "core/same_file.h"
#include "core/xalloc.h"
#include "train/checkpoint.h"
#include "weights/trained.h"

enum {
	STATE_TENSORS = 3, STATE_NUMBERS = 4, NUMBER_MAX = 24,
	STATE_TEXTS = STATE_NUMBERS + LINEAGE_TEXTS + 2
};

static void
numbers_print(char number[][NUMBER_MAX], const struct trainer_progress *p)
{
	snprintf(number[0], NUMBER_MAX, "%zu", p->updates);
	snprintf(number[1], NUMBER_MAX, "%zu", p->passes);
	snprintf(number[2], NUMBER_MAX, "%zu", p->batches);
	snprintf(number[3], NUMBER_MAX, "%" PRIu64, p->digest);
}

/* Is it, or is it in, what a model at path has its weights in? */
static bool
is_of(const char *file, const char *path)
{
	char *inside = xasprintf("%s/model.safetensors", path);
	bool is = strcmp(file, path) == 0 || same_file(file, path) ||
		same_file(file, inside);

	free(inside);
	return is;
}

static void
folder_check(const char *out)
{
	char *path = xstrdup(out);
	struct stat st;
	bool there = stat(out, &st) == 0;

	if (there && !S_ISDIR(st.st_mode))
		die("%s: not a directory", out);
	/* dirname's is in path, or constant */
	if (access(there ? out : dirname(path), W_OK | X_OK) != 0)
		die("%s:", out);
	free(path);
}

void
checkpoint_check(const char *path, const struct model *m, const char *log)
{
	struct replace r;

	if (log && strcmp(log, "-") == 0)
		die_usage("--log -: want a file (./- is one of this name)");
	if (log && (is_of(log, path) || is_of(log, m->name)))
		die_usage("--log %s: is a model's file", log);
	if (m->network) {
		folder_check(path);
		return;
	}
	trained_spare(path);
	replace_begin(&r, path);
	replace_abandon(&r);
}

/* Dies where the model that was read has been trained by somebody since. */
static void
others_check(const char *path, const struct trainer *t)
{
	size_t passes, batches;

	if (trained_read(path, &passes, &batches) &&
	    (passes != t->saved.passes || batches != t->saved.batches))
		die("%s: another program has trained it meanwhile; this pass "
		    "is not written", path);
}

/*
 * Others who train what is at path wait until this is closed: between the
 * check and the writing nothing changes.  -1 where there is no such lock; one
 * by flock(1), which may be our parent's, is another.
 */
static int
file_lock(const char *path, bool network)
{
	char *file = network ? xasprintf("%s/model.safetensors", path)
	                     : xstrdup(path);
	int fd = open(file, O_RDWR | O_CLOEXEC);
#ifdef F_OFD_SETLKW
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	while (fd >= 0 && (fcntl(fd, F_OFD_SETLKW, &all) == 0
	                   ? !same_file_open(fd, file) : errno == EINTR)) {
		close(fd); /* it was replaced, or a signal came */
		fd = open(file, O_RDWR | O_CLOEXEC);
	}
#endif
	free(file);
	return fd;
}

void
checkpoint_write(const char *path, struct trainer *t, const struct lineage *l,
                 const char *recipe)
{
	static const char *const name[STATE_TENSORS] = {
		"optimizer.m", "optimizer.v", "optimizer.average"
	};
	const float *data[STATE_TENSORS] = { t->m, t->v, t->average };
	struct safetensors_source state[STATE_TENSORS];
	char number[STATE_NUMBERS][NUMBER_MAX];
	struct safetensors_text texts[STATE_TEXTS] = {
		{ "updates", number[0] }, { "passes", number[1] },
		{ "batches", number[2] }, { "digest", number[3] },
		[STATE_TEXTS - 2] = {
			.key = "recipe", .value = (char *)(uintptr_t)recipe
		},
		/* an old one says nothing of new weights */
		[STATE_TEXTS - 1] = { "temperature", "1" },
	};
	bool in_place = strcmp(path, t->model->name) == 0 ||
		same_file(path, t->model->name);
	bool calibrated = model_metadata(t->model, "temperature");
	int lock = -1;

	trainer_check(t);
	if (in_place) {
		lock = file_lock(path, t->model->network != NULL);
		others_check(path, t);
	}
	numbers_print(number, &t->progress);
	lineage_texts(texts + STATE_NUMBERS, l);
	for (int i = 0; i < STATE_TENSORS; i++)
		state[i] = (struct safetensors_source){
			.name = name[i], .type = TYPE_F32, .ndim = 1,
			.dim = { t->model->params.length }, .data = data[i]
		};
	model_write(path, t->model, NULL, TYPE_F32, state,
	            t->average ? STATE_TENSORS : STATE_TENSORS - 1, texts,
	            calibrated ? STATE_TEXTS : STATE_TEXTS - 1);
	if (lock >= 0)
		close(lock);
	lineage_texts_release(texts + STATE_NUMBERS);
	if (in_place)
		t->saved = t->progress;
}
