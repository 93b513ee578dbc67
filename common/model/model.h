/*
 * model.h - the one door to all models
 *
 * A compact student, from a file or built into the program, takes features;
 * a wav2vec 2.0, HuBERT or WavLM network, from a directory of Hugging Face,
 * takes audio.  Both give logits and an embedding.  What is wrong with a model
 * ends the program with one line that names the file and the tensor or key:
 * weights are never random by accident.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "encoder/encoder.h"
#include "feat/features.h"
#include "gemm/precision.h"
#include "student/student.h"
#include "weights/safetensors_write.h"

struct encoder_directory;
struct frame;
struct encoder_packed;
enum { MODEL_MEMBERS_MAX = 8, MODEL_ROWS_MAX = 3000 };

struct model {
	const char *name;         /* the path, or "built-in model" */
	struct safetensors file;
	const char **classes;     /* class_count names; owned */
	size_t class_count;
	bool regression;          /* they are dimensions, not classes */
	float temperature;        /* of its probabilities; 1 by default */
	struct params params;
	float *block;             /* the parameters; owned */

	struct student_shape shape; /* of the first compact student */
	size_t members;
	struct student_member member[MODEL_MEMBERS_MAX];
	struct features_type features;
	struct encoder *network;     /* owned; NULL for a student */
	struct encoder_packed *packed; /* for inference in bfloat16; owned */
	struct encoder_directory *directory; /* where it is from; owned */
	struct safetensors training; /* the optimiser's state */
	float seconds;            /* of audio it hears; what is longer is cut */
};

/* path NULL: the built-in model.  With precision: to infer alone.  May die. */
void model_open(struct model *m, const char *path);
void model_open_at(struct model *m, const char *path, enum precision p);
void model_release(struct model *m);

/*
 * A fresh model: classes, features and the shape but for its columns set by
 * the caller in *m, the parameters drawn from the seed.  name is where it goes;
 * trained_warn of what is there.
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
/* A network's weights leave the file, so that they can be trained. */
void model_own(struct model *m);
/* Where the optimiser's tensors are. */
const struct safetensors *model_training(const struct model *m);
/* What the file says besides tensors: its metadata, or one. */
const struct safetensors *model_file(const struct model *m);
const char *model_metadata(const struct model *m, const char *key);
/* Floats in a row of model_view: the width of features, 1 of audio. */
size_t model_columns(const struct model *m);
/*
 * The frame's features or audio, as this model wants to see them: [rows,
 * width] in the frame's arena, its own copy; of audio, rows are samples.  NULL
 * and a reason when the utterance cannot be used; dies when the features are
 * of another kind than the model's.
 */
float *model_view(const struct model *m, struct frame *f, size_t *rows,
                  const char **why);
/* Logits become probabilities, at its temperature; dimensions stay. */
void model_probabilities(const struct model *m, float *logits);

/*
 * logits [K] and embedding (NULL if not wanted) of one view.  Log-probabilities
 * are averaged over members, and over the equal pieces of what has more rows
 * than MODEL_ROWS_MAX; embeddings over pieces.  Clears the arena.
 */
void model_infer(const struct model *m, float *logits, float *embedding,
                 const float *view, size_t rows, struct arena *arena);

#endif
