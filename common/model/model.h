/*
 * model.h - the one door to all models
 *
 * A file or the model built into the program; features in, logits out.  What
 * is wrong with a model ends the program with one line that names the file
 * and the tensor or key: weights are never random by accident.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "feat/features.h"
#include "model/safetensors.h"
#include "model/student.h"

struct frame;

struct model {
	const char *name;         /* the path, or "built-in model" */
	struct safetensors file;
	struct student_shape shape;
	struct params params;
	float *block;             /* the parameters; owned */
	struct student_weights weights;
	const char **classes;     /* shape.classes names; owned */
	struct features_type features;
};

/* path NULL: the model built in.  Dies if it cannot be used. */
void model_open(struct model *m, const char *path);
void model_release(struct model *m);

/*
 * A fresh model: classes, features and the shape but for its columns set by
 * the caller in *m, the parameters drawn from the seed.
 */
void model_start(struct model *m, const char *name, unsigned long seed);

/*
 * Writes a model file.  block: the parameters, NULL for the model's own.  The
 * file's metadata are those that describe the architecture, then more, then
 * what m's file had besides.  Replaces path atomically; dies if it cannot.
 */
void model_write(const char *path, const struct model *m, const float *block,
                 enum safetensors_type type,
                 const struct safetensors_source *extra, size_t extras,
                 const struct safetensors_text *more, size_t mores);

size_t model_embedding_length(const struct model *m);

/*
 * The frame's features, as this model wants to see them: [rows, width] in the
 * frame's arena, its own copy.  NULL and a reason when the utterance cannot be
 * used; dies when the features are of another kind than the model's.
 */
float *model_view(const struct model *m, struct frame *f, size_t *rows,
                  const char **why);

/*
 * logits [K] and embedding (NULL if not wanted) of one view.  One longer than
 * MODEL_ROWS_MAX is cut into equal pieces whose log-probabilities and
 * embeddings are averaged.  Clears the arena.
 */
enum { MODEL_ROWS_MAX = 3000 };
void model_infer(const struct model *m, float *logits, float *embedding,
                 const float *view, size_t rows, struct arena *arena);

#endif
