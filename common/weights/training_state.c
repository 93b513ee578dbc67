#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "weights/training_state.h"

static const uint64_t COUNT_MAX = (uint64_t)1 << 48;

/* A number of the metadata, up to most; 0 where there is none. */
static uint64_t
number_read(const char *model, const struct safetensors *file, const char *key,
            uint64_t most)
{
	const char *text = safetensors_metadata(file, key);
	uint64_t n;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n > most)
		die("%s: %s is \"%s\", want a number", model, key, text);
	return n;
}

void
training_progress_read(struct training_progress *p, const char *model,
                       const struct safetensors *file)
{
	*p = (struct training_progress){
		.updates = number_read(model, file, "updates", COUNT_MAX),
		.passes = number_read(model, file, "passes", COUNT_MAX),
		.batches = number_read(model, file, "batches", COUNT_MAX),
		.digest = number_read(model, file, "digest", UINT64_MAX),
	};
}

/* The same for files of any origin: 0 is good enough for bad numbers. */
static size_t
number_guess(const struct safetensors *s, const char *key)
{
	const char *text = safetensors_metadata(s, key);

	return text ? strtoull(text, NULL, 10) : 0;
}

bool
training_progress_find(struct training_progress *p, const char *path)
{
	struct stat st;
	struct safetensors s;
	char *file;
	bool found;

	*p = (struct training_progress){ 0 };
	if (stat(path, &st) != 0 ||
	    (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return false;
	file = S_ISDIR(st.st_mode) ? xasprintf("%s/model.safetensors", path)
	                           : xstrdup(path);
	found = !safetensors_open(&s, file);
	if (found) {
		p->passes = number_guess(&s, "passes");
		p->batches = number_guess(&s, "batches");
	}
	safetensors_release(&s);
	free(file);
	return found;
}

void
training_progress_texts(struct safetensors_text *text,
                        const struct training_progress *p)
{
	const struct safetensors_text all[TRAINING_TEXTS] = {
		{ "updates", xasprintf("%zu", p->updates) },
		{ "passes", xasprintf("%zu", p->passes) },
		{ "batches", xasprintf("%zu", p->batches) },
		{ "digest", xasprintf("%" PRIu64, p->digest) }
	};

	memcpy(text, all, sizeof all);
}

/*
 * Zeros, at whole lines of the cache, where the file has no such tensor.
 * Means of squares have nothing below 0.
 */
static float *
tensor_read(const char *model, const struct safetensors *file,
            const char *name, size_t length, bool *found)
{
	const struct safetensors_entry *e = safetensors_find(file, name);
	bool square = strcmp(name, "optimizer.v") == 0, sound;
	float *x = xmalloc(length, sizeof *x);

	memset(x, 0, length * sizeof *x);
	*found = e != NULL;
	if (e && (e->length != length || !safetensors_floats(x, e)))
		die("%s: tensor %s does not fit the parameters", model, name);
	sound = floats_finite(x, length);
	for (size_t i = 0; i < length && sound; i++)
		sound = !square || x[i] >= 0;
	if (!sound)
		die("%s: tensor %s has values that no training leaves", model,
		    name);
	return x;
}

bool
optimizer_state_read(struct optimizer_state *o, const char *model,
                     const struct safetensors *file, size_t length,
                     bool average)
{
	bool m, v, mean;

	o->m = tensor_read(model, file, "optimizer.m", length, &m);
	o->v = tensor_read(model, file, "optimizer.v", length, &v);
	o->average = NULL;
	mean = m;
	if (average)
		o->average = tensor_read(model, file, "optimizer.average",
		                         length, &mean);
	if (m != v || m != mean)
		die("%s: has only a part of the optimiser's state, want "
		    "optimizer.m, .v%s or none of them (student-export makes "
		    "a model without them)", model,
		    average ? " and .average" : "");
	return m;
}

void
optimizer_state_release(struct optimizer_state *o)
{
	free(o->m);
	free(o->v);
	free(o->average);
}

size_t
optimizer_state_sources(struct safetensors_source *source,
                        const struct optimizer_state *o, size_t length)
{
	static const char *const name[OPTIMIZER_TENSORS] = {
		"optimizer.m", "optimizer.v", "optimizer.average"
	};
	const float *data[OPTIMIZER_TENSORS] = { o->m, o->v, o->average };

	for (int i = 0; i < OPTIMIZER_TENSORS; i++)
		source[i] = (struct safetensors_source){
			.name = name[i], .type = TYPE_F32, .ndim = 1,
			.dim = { length }, .data = data[i]
		};
	return o->average ? OPTIMIZER_TENSORS : OPTIMIZER_TENSORS - 1;
}

void
model_file_protect(const char *path)
{
	static const char no_model[] = ", not a model";
	struct safetensors s;
	struct stat st;
	const char *why, *end;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	why = safetensors_open(&s, path);
	end = why ? strstr(why, no_model) : NULL;
	if (end)
		die("%s: is %.*s%s, and is not replaced (remove it, or write "
		    "elsewhere)", path, (int)(end - why), why, no_model);
	safetensors_release(&s);
}

void
model_replace_warn(const char *path, bool directory)
{
	struct training_progress p;
	struct stat st;

	model_file_protect(path);
	if (stat(path, &st) != 0 || S_ISDIR(st.st_mode) != directory ||
	    !training_progress_find(&p, path))
		return;
	if (p.passes > 0)
		warn("%s: replaces a trained model (passes: %zu)", path,
		     p.passes);
	else if (p.batches > 0)
		warn("%s: replaces a model in training, %zu batches into its "
		     "first pass", path, p.batches);
}
