/*
 * model.h - the door to all kinds of models
 *
 * A compact student, in a file or built into the program, reads features; a
 * wav2vec 2.0, HuBERT or WavLM network, in a directory of Hugging Face, reads
 * audio.  Both compute logits and an embedding.  Whatever is wrong with a
 * model ends the program with one line that names the file and the tensor or
 * key; no weight is ever left random by accident.
 *
 * A kind of model is a table of operations (model_kind.h).  Training is in
 * model_training.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "gemm/gemm_bf16.h"
#include "weights/params.h"
#include "weights/safetensors_write.h"

struct frame;
struct model_kind;

/* What a model reads.  A joined student may also use functionals. */
enum model_input {
	MODEL_AUDIO, MODEL_FEATURES, MODEL_FUNCTIONALS, MODEL_ENCODING
};

struct model {
	const char *name;         /* the path, or "built-in model"; borrowed */
	struct safetensors opened; /* of a kind in a file */
	const struct model_kind *kind;
	void *state;              /* the kind's own; owned */
	enum model_input input;
	const char **classes;     /* [class_count] names; owned */
	size_t class_count;
	bool regression;          /* the outputs are dimensions, not classes */
	float temperature;        /* of the probabilities; 1 by default */
	struct params params;
	float *block;             /* the parameters; owned; NULL: mapped */
	const struct safetensors *file; /* weights and metadata */
	const struct safetensors *training; /* the optimiser's tensors */
};

/* Of audio, by default; Whisper reads all that it has positions for. */
enum { MODEL_SECONDS = 20 };

/* For models that read audio; others ignore all but train. */
struct model_options {
	enum precision precision;
	float seconds;            /* longer audio is cut; 0: never */
	bool seconds_given;       /* they are not the default */
	bool train;               /* the weights will be changed */
	size_t lora;              /* only adapters of this rank will; 0: all */
	unsigned long seed;       /* of adapters that are new */
	bool headless;            /* for model_encode: a head is not read */
	bool full;                /* and Whisper pads all audio to 30 s */
};

/*
 * path NULL: the built-in model.  options NULL: all of them 0.  The path and
 * the options' values need not outlive the call, but m->name is path.
 */
void model_open(struct model *m, const char *path,
                const struct model_options *options);
void model_release(struct model *m);

/*
 * Warns where m does not read audio and so ignores the options --max-seconds,
 * if given, and --precision.
 */
void model_options_warn(const struct model *m,
                        const struct model_options *options);

/* NULL where the file does not have the key. */
const char *model_metadata(const struct model *m, const char *key);

/* Whether m is stored in a directory, rather than in a file. */
bool model_in_directory(const struct model *m);

size_t model_embedding_length(const struct model *m);

/* An utterance as a model reads it; the arrays belong to the frame's arena. */
struct model_view {
	const float *rows;        /* [count,width]; NULL: functionals alone */
	size_t count, width;      /* of audio: samples, 1 */
	/*
	 * [2,FUNCTIONALS] where the model reads them: raw, then normalised by
	 * speaker.  One of the rows is 0; NULL where the frame has neither.
	 */
	const float *functionals;
	size_t functionals_length;
};

/*
 * Fills the view from a frame's audio, features or encoding: the kind copies
 * and normalises them.  Returns NULL or the reason why the utterance cannot be
 * used.  Dies where features are not of the type that the model was trained on.
 */
const char *model_view(struct model_view *view, const struct model *m,
                       struct frame *f);
/* Copies the view's arrays into an arena. */
void model_view_copy(struct model_view *view, struct arena *arena);

/*
 * logits [K], embedding [model_embedding_length] (or NULL) of one utterance.
 * The kind clears the arena when it is done.
 */
void model_infer(const struct model *m, float *logits, float *embedding,
                 const struct model_view *view, struct arena *arena);

/*
 * Encodings: the statistics of a network's layers (encoder/encoder.h).  Opened
 * headless, a model has no classes.  layers 0: all of them.
 */
size_t model_encoding_layers(const struct model *m); /* 0: it has none */
size_t model_encoding_width(const struct model *m);
/* encoding [layers + 1,width] of one utterance.  Clears the arena. */
void model_encode(const struct model *m, float *encoding, size_t layers,
                  const struct model_view *view, struct arena *arena);

/* Turns logits into probabilities, in place, unless they are dimensions. */
void model_probabilities(const struct model *m, float *logits);

/*
 * Replaces the model at path, atomically; dies if it cannot.  Its metadata are
 * those that describe the architecture, the extras', and those of m's file.
 */
void model_write(const char *path, const struct model *m,
                 const struct safetensors_extras *extras);

/* The contents of a file or directory, as texts and tensors. */
struct model_texts {
	struct safetensors_text *text; /* keys and values are owned */
	size_t count;
};

struct model_description {
	struct model_texts metadata;
	struct safetensors opened; /* of a kind in a file */
	const struct safetensors *file;
	const struct model_kind *kind; /* of a directory; or NULL */
	void *state;              /* the kind's own */
};

/* Also describes what model_open refuses, as a network without a head. */
void model_describe(struct model_description *d, const char *path);
void model_description_release(struct model_description *d);
