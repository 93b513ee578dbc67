/*
 * directory.h - a model directory of Hugging Face: its files, read and written
 *
 *	config.json                the network, in words
 *	preprocessor_config.json   what is done to the audio; may be missing
 *	processor_config.json      the same as a member, which then counts
 *	model.safetensors          the weights; or shards and their index
 *	training.safetensors       ours: the state of an interrupted training
 *
 * What config.json says is for others to read, such as encoder/open.h.  An
 * error is one line, "DIR/FILE: what is wrong".
 */
#pragma once

#include "weights/safetensors_write.h"

struct json;

struct directory {
	char *name;               /* without a slash at its end; owned */
	struct json *json;        /* config.json, parsed, and its text */
	char *json_text;
	struct json *preprocessor; /* the same; NULL: there is no such file */
	char *preprocessor_text;
	bool nested;              /* these two are from processor_config.json */
	struct json *overruled;   /* preprocessor_config.json, then; or NULL */
	struct safetensors weights; /* after directory_weights */
};

/*
 * Reads the two texts; directory_weights opens the weights.  Both return NULL,
 * or what is wrong, for the caller to free.  directory_release is needed in
 * either case.
 */
char *directory_open(struct directory *d, const char *path);
char *directory_weights(struct directory *d);
void directory_release(struct directory *d);

/* "DIR/FILE: reason", for config.json and so on.  Frees reason; NULL: NULL. */
char *directory_config_wrong(const struct directory *d, char *reason);
char *directory_preprocessor_wrong(const struct directory *d, char *reason);
char *directory_weights_wrong(const struct directory *d, char *reason);

/*
 * Where a directory has no weights to read: "DIR: what it has instead, and what
 * to do"; or NULL.  The first looks for an adapter alone.
 */
char *directory_adapter(const char *directory);
char *directory_foreign(const char *directory);

/* "PATH: reason", or that the file is only a pointer of Git LFS. */
bool directory_pointer(const char *path);
char *directory_wrong(const char *path, const char *reason);

/*
 * Opens the state of training that belongs to these very weights: tensors of
 * the optimiser, and metadata; s is empty if there is none.  Returns NULL, or
 * what is wrong, for the caller to free; s is to be released in either case.
 */
char *directory_training(struct safetensors *s, const struct directory *d);

#define DIRECTORY_PROCESSOR "processor_config.json"

/*
 * Takes the preprocessor of that file, where it has one.  NULL, or what is
 * wrong.  directory_open calls it.
 */
char *directory_processor_read(struct directory *d);

/*
 * What the file at path must become to have this preprocessor; NULL: it has it,
 * or none, or cannot be read.  The caller frees it.
 */
char *directory_processor_text(const char *path, const char *preprocessor);

/* What to write into a directory. */
struct directory_contents {
	const char *config, *preprocessor; /* texts of the two files */
	const struct safetensors_source *weights;
	size_t weights_count;
	const struct safetensors *old; /* its metadata are kept; or NULL */
	struct safetensors_extras extras;
};

/*
 * Writes a model that transformers can load; makes the directory if it is
 * missing, and leaves other files in it alone.  Dies if it cannot.  At any
 * moment the directory holds the old model, the new one, or no
 * model.safetensors.
 */
void directory_write(const char *path, const struct directory_contents *c);
