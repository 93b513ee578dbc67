/*
 * directory.h - a model directory of Hugging Face, read and written
 *
 *	config.json                the shape, and the names of the classes
 *	preprocessor_config.json   what is done to audio
 *	model.safetensors          the weights; or shards and their index
 *	training.safetensors       ours: what is needed to go on training
 *
 * Everything but the weights' finiteness is checked when it is opened; what is
 * wrong is told as "DIR/FILE: what".
 */
#ifndef ENCODER_DIRECTORY_H
#define ENCODER_DIRECTORY_H

#include "encoder/config.h"
#include "encoder/layout.h"
#include "weights/safetensors_write.h"

struct json;

/* What it is opened for. */
enum directory_use {
	DIRECTORY_CLASSIFIER,     /* must have a head */
	DIRECTORY_ENCODER,        /* a head is left out */
	DIRECTORY_ANY             /* as it is */
};

struct directory {
	char *name;               /* without a slash at its end; owned */
	struct json *json;        /* config.json, and as it was written */
	char *json_text;
	struct json *preprocessor; /* the same; NULL: there was none */
	char *preprocessor_text;
	struct encoder_config config;
	struct encoder_spelling spelling;
	struct safetensors file;  /* the weights */
	char *why;
};

/*
 * Returns NULL or the reason it is refused, which belongs to d until
 * directory_release; that is needed in either case.  Warns when there is no
 * preprocessor_config.json.
 */
const char *directory_open(struct directory *d, const char *path,
                           enum directory_use use);
void directory_release(struct directory *d);

/*
 * Opens what training left with these very weights: tensors of the optimiser,
 * and metadata; none where there is no such file, or one of other weights.
 * Returns NULL, or why one is refused, for the caller to free; s is to be
 * released either way.
 */
char *directory_training(struct safetensors *s, const struct directory *d);

/* What is to be in a directory. */
struct directory_contents {
	const struct directory *from; /* whose other fields stay, or NULL */
	const struct encoder_config *config;
	const struct params *params;
	const float *block;       /* the weights; NULL: where slots lead */
	enum safetensors_type type; /* of the weights in the file */
	/* texts beside them; of a key given twice the first counts */
	const struct safetensors_text *metadata;
	size_t metadata_count;
	const struct safetensors_source *training; /* optimiser's tensors */
	size_t trainings;
};

/*
 * Writes a model that transformers can load; makes the directory where there
 * is none, and leaves other files in it alone.  Dies if it cannot.  At any
 * moment the directory holds the old model, the new one, or no
 * model.safetensors.
 */
void directory_write(const char *path, const struct directory_contents *c);

#endif
