/*
 * model_training.h - forward and backward passes of a batch, for any kind of
 * model
 *
 * The result is the same, to the last bit, whatever the number of threads.
 */
#pragma once

#include "feat/spec_augment.h"
#include "model/model.h"
#include "weights/training_state.h"

/* Each kind uses some of them. */
struct training_options {
	int batch;                /* utterances at most */
	unsigned long seed;
	/* compact students */
	float dropout, head_dropout;
	float average;            /* decay of the weights' running mean */
	bool augment;
	struct spec_augment spec;
	/* networks */
	bool unfreeze;            /* train the convolutions too */
	int freeze;               /* so many of the lowest layers */
	int lora;                 /* train adapters of this rank; 0: all */
	bool plain;               /* no dropout and no masks */
	int precision;            /* enum precision, of the products */
	int memory;               /* MiB for what the layers keep */
};

struct model_training {
	struct model *model;
	const struct training_options *options;
	float *gradient;          /* as long as the parameters; owned */
	const struct model_training_kind *kind;
	void *state;              /* the kind's own */
};

/* What a kind of model does in training. */
struct model_training_kind {
	float rate;               /* peak learning rate by default */
	float lora_rate;          /* the same with adapters */
	bool average;             /* keeps a running mean of the weights */
	bool embedding;           /* losses may use the embeddings */
	/* student-step's options that do not apply, up to a NULL; and why */
	const char *const *refused;
	const char *refusal;

	void *(*begin)(const struct model_training *t);
	void (*end)(void *state);

	/* The options that it uses, "name value" a line; to be freed. */
	char *(*recipe)(const struct model_training *t);

	/* NULL, or why it cannot be trained on a view (in the arena). */
	const char *(*check)(const struct model_training *t,
	                     const struct model_view *view,
	                     struct arena *arena);

	/*
	 * logits [count,K] and, where losses may use them, embedding
	 * [count,D].  Dropout and augmentation are drawn from the seed and
	 * the progress.
	 */
	void (*forward)(struct model_training *t, float *logits,
	                float *embedding, const struct model_view *view,
	                size_t count, const struct training_progress *progress);

	/* Adds to the gradient.  dembedding may be NULL. */
	void (*backward)(struct model_training *t, const float *dlogits,
	                 const float *dembedding);

	/* Whether the optimiser leaves this parameter alone; or NULL. */
	bool (*frozen)(const struct model_training *t, const struct param *p);

	/* The same, and it keeps no state of this parameter; or NULL. */
	bool (*stateless)(const struct model_training *t,
	                  const struct param *p);

	/* The same in this update, which has no gradient of it; or NULL. */
	bool (*missed)(const struct model_training *t, const struct param *p);

	/* After the optimiser has changed the parameters; or NULL. */
	void (*changed)(struct model_training *t);
};

const struct model_training_kind *model_training_kind(const struct model *m);

/*
 * The model, which was opened to train, and the options are borrowed.  The
 * gradient is 0 at first.
 */
void model_training_begin(struct model_training *t, struct model *m,
                          const struct training_options *options);
void model_training_end(struct model_training *t);
