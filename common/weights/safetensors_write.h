/*
 * safetensors_write.h - writes the weight files of Hugging Face
 *
 * The order of the sources does not matter: wide types come first in the file,
 * then names in order.  Text of the metadata that is not UTF-8 has its bad
 * bytes written as '?'.
 */
#pragma once

#include "weights/safetensors.h"

struct replace;

/* A tensor to write: F32 data, stored as type says (rounded to nearest). */
struct safetensors_source {
	const char *name;
	enum safetensors_type type;
	int ndim;
	size_t dim[SAFETENSORS_DIMENSIONS_MAX];
	const float *data;
};

/* What a model is written with, beside its parameters. */
struct safetensors_extras {
	enum safetensors_type type; /* of the parameters in the file */
	const struct safetensors_source *training; /* optimiser's tensors */
	size_t trainings;
	const struct safetensors_text *metadata; /* the first of a key counts */
	size_t metadata_count;
};

/*
 * Replaces path atomically; dies if it cannot, and where a finite number would
 * be stored as infinity.
 */
void safetensors_write(const char *path,
                       const struct safetensors_source *source, size_t count,
                       const struct safetensors_text *metadata,
                       size_t metadata_count);

/*
 * The same up to replace_settle of core/replace.h: the caller commits r, which
 * borrows path.  before: as of replace_begin_after.
 */
void safetensors_settle(struct replace *r, const struct replace *before,
                        const char *path,
                        const struct safetensors_source *source, size_t count,
                        const struct safetensors_text *metadata,
                        size_t metadata_count);
