/*
 * safetensors.h - reads the weight files of Hugging Face
 *
 *	[u64 little endian: N][N bytes of JSON][tensor data]
 *
 * Format: github.com/huggingface/safetensors.  The whole header is
 * checked before a pointer is handed out: sizes against shapes, offsets
 * against the file, no holes, no overlap, no name twice.  Where a file shrinks
 * while it is mapped the program dies with a message (core/mapped.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SAFETENSORS_DIMENSIONS_MAX = 8,
	SAFETENSORS_HEADER_MAX = 100000000
};

enum safetensors_type { TYPE_F32, TYPE_F16, TYPE_BF16, TYPE_OTHER };

struct safetensors_entry {
	char *name;
	enum safetensors_type type;
	char type_name[12];       /* as written: "F32", "I64" */
	int ndim;
	size_t dim[SAFETENSORS_DIMENSIONS_MAX];
	size_t length;            /* elements */
	size_t size;              /* bytes */
	const uint8_t *data;      /* in the mapped file; maybe unaligned */
};

struct safetensors_text { char *key, *value; };

struct safetensors {
	struct safetensors_entry *entry; /* in the order of the data */
	size_t entries;
	struct safetensors_text *metadata;
	size_t metadata_count;
	void *mapping;            /* NULL for parsed bytes, and for a join */
	size_t mapping_size;
	char *identity;           /* which file, as of when; or NULL */
	struct safetensors *part; /* the files that a join is made of; owned */
	size_t parts;
	char *why;                /* the reason of a refusal, if owned */
};

/*
 * Maps a file, or parses bytes that the caller keeps.  Both return NULL or
 * the reason the file is refused (constant text, or text owned by s until
 * safetensors_release, which is needed in either case).
 */
const char *safetensors_open(struct safetensors *s, const char *path);
const char *safetensors_parse(struct safetensors *s, const uint8_t *bytes,
                              size_t size);
void safetensors_release(struct safetensors *s);

/* Frees the memory of mapped pages; they are read again if needed. */
void safetensors_forget(const struct safetensors *s);

/*
 * Makes s the tensors of several open files, which become its own, as is the
 * array; the metadata are those of the first.  No name may be in two.
 */
void safetensors_join(struct safetensors *s, struct safetensors *part,
                      size_t parts);

const struct safetensors_entry *
safetensors_find(const struct safetensors *s, const char *name);

/* NULL where there is none. */
const char *safetensors_metadata(const struct safetensors *s,
                                 const char *key);

/* Copies to floats.  False: not F32, F16 or BF16. */
bool safetensors_floats(float *out, const struct safetensors_entry *e);
