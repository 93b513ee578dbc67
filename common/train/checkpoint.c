#define _GNU_SOURCE /* F_OFD_SETLKW */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/die.h"
#include "core/replace.h"
#include "core/same_file.h"
#include "core/xalloc.h"
#include "train/checkpoint.h"
#include "weights/training_state.h"

static void
directory_check(const char *out)
{
	char *path = xstrdup(out);
	struct stat st;
	bool exists = stat(out, &st) == 0;

	if (exists && !S_ISDIR(st.st_mode))
		die("%s: not a directory", out);
	/* dirname's is in path, or constant */
	if (access(exists ? out : dirname(path), W_OK | X_OK) != 0)
		die("%s:", out);
	free(path);
}

void
checkpoint_check(const char *path, const struct model *m)
{
	struct replace r;

	if (model_in_directory(m)) {
		directory_check(path);
		return;
	}
	model_file_protect(path);
	replace_begin(&r, path);
	replace_abandon(&r);
}

/* Dies where another program has trained the model since it was read. */
static void
others_check(const char *path, const struct trainer *t)
{
	struct training_progress p;

	if (training_progress_find(&p, path) &&
	    (p.passes != t->saved.passes || p.batches != t->saved.batches))
		die("%s: another program has trained it since this pass "
		    "began; this pass is not written", path);
}

/*
 * Other programs that train what is at path wait until this is closed, so that
 * nothing changes between the check and the writing.  -1 where such locks are
 * not supported.  A lock by flock(1), which may be our parent's, is separate.
 */
static int
file_lock(const char *path, bool directory)
{
	char *file = directory ? xasprintf("%s/model.safetensors", path)
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

static void
state_write(const char *path, const struct trainer *t,
            const struct lineage *l, const char *recipe)
{
	enum { OWNED = TRAINING_TEXTS + LINEAGE_TEXTS, TEXTS = OWNED + 2 };
	const struct model *m = t->model;
	struct safetensors_source source[OPTIMIZER_TENSORS];
	struct safetensors_text text[TEXTS] = {
		[OWNED] = { "recipe", (char *)(uintptr_t)recipe },
		/* the old one was for the old weights */
		[OWNED + 1] = { "temperature", "1" },
	};
	const struct safetensors_extras extras = {
		.type = TYPE_F32, .training = source, .metadata = text,
		.trainings = optimizer_state_sources(source, &t->optimizer,
		                                     t->state_length),
		.metadata_count = model_metadata(m, "temperature")
			? TEXTS : TEXTS - 1
	};

	training_progress_texts(text, &t->progress);
	lineage_texts(text + TRAINING_TEXTS, l);
	model_write(path, m, &extras);
	for (int i = 0; i < OWNED; i++)
		free(text[i].value);
}

void
checkpoint_write(const char *path, struct trainer *t, const struct lineage *l,
                 const char *recipe)
{
	const char *name = t->model->name;
	bool in_place = strcmp(path, name) == 0 || same_file(path, name);
	int lock = -1;

	trainer_check(t);
	if (in_place) {
		lock = file_lock(path, model_in_directory(t->model));
		others_check(path, t);
	}
	state_write(path, t, l, recipe);
	if (lock >= 0)
		close(lock);
	if (in_place)
		t->saved = t->progress;
}
