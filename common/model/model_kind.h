/*
 * model_kind.h - the table of operations that makes a kind of model
 *
 * To add a kind, write its file and list its table in model.c.  What an
 * operation does is said here, or in model.h under the name of the function
 * that calls it.
 */
#pragma once

#include "model/model_training.h"

#define MODEL_BUILTIN "built-in model" /* its name */

struct model_kind {
	const char *name;         /* "compact student", for messages */
	/* metadata of its file; NULL: the kind is stored in a directory */
	const char *format;
	const struct model_training_kind *training; /* NULL: it has none */

	/*
	 * Reads m->file, which is open; a kind in a directory opens path and
	 * sets m->file.  Sets all that model.h lists after kind.
	 */
	void (*open)(struct model *m, const char *path,
	             const struct model_options *options);
	void (*release)(void *state);
	size_t (*embedding_length)(const struct model *m);
	const char *(*view)(struct model_view *view, const struct model *m,
	                    struct frame *f);
	void (*infer)(const struct model *m, float *logits, float *embedding,
	              const struct model_view *view, struct arena *arena);

	/* Networks alone: the largest encoding [*layers + 1,*width]; or NULL */
	void (*encoding)(const struct model *m, size_t *layers,
	                 size_t *width);
	void (*encode)(const struct model *m, float *encoding, size_t layers,
	               const struct model_view *view, struct arena *arena);

	/* Adds metadata that describe the architecture; or NULL. */
	void (*architecture)(struct model_texts *texts, const struct model *m);
	/* Keys that only architecture() writes, up to a NULL; or NULL. */
	const char *const *architecture_keys;
	/* The extras' metadata are all there is to write.  May be NULL. */
	void (*write)(const char *path, const struct model *m,
	              const struct safetensors_extras *extras);

	/*
	 * Of a directory: sets d->file and d->state, which describe_end
	 * releases.  What there is to say of a file is in its metadata.
	 */
	void (*describe)(struct model_description *d, const char *path);
	void (*describe_end)(void *state);
};

/* Adds a copy of a key and its value, unless the key is there already. */
void model_texts_add(struct model_texts *t, const char *key,
                     const char *value);
void model_texts_printf(struct model_texts *t, const char *key,
                        const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The names, a line each. */
void model_texts_add_classes(struct model_texts *t, const char *const *name,
                             size_t count);

/*
 * What kinds share that are one file of safetensors, with metadata.  All die,
 * naming the model, where a key is missing or wrong.
 */
const char *model_metadata_need(const struct model *m, const char *key);
/* A number of 1 to most. */
size_t model_metadata_size(const struct model *m, const char *key, size_t most);
/* Sets the classes: one to most names, a line each, all different. */
void model_classes_read(struct model *m, size_t most);
void model_file_write(const char *path, const struct model *m,
                      const struct safetensors_extras *extras);

extern const struct model_kind model_encoder_kind, model_head_kind,
                               model_student_kind;
