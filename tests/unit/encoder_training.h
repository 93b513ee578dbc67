/*
 * encoder_training.h - a small model of golden files, made one to train: its
 * gradient by a batch of three
 */
#pragma once

#include <string.h>

#include "encoder_golden.h"
#include "gradient.h"
#include "model/model.h"
#include "model/model_encoder.h"
#include "nn/linear_bf16.h"
#include "stream/fields.h"
#include "stream/frame.h"

enum { LABELS_MAX = 16, BATCH = 3 };

static const size_t batch_samples[BATCH] = { 401, 5000, 12345 };

struct golden {
	const char *name;
	char path[96];
	struct model m;
	struct safetensors expected, gradients;
	struct frame frame[BATCH];
	const float *input[BATCH]; /* what the network reads */
	size_t lengths[BATCH];
	struct arena arena, scratch;
	struct encoder_weights bound; /* to gradient */
	struct encoder_folded dfolded;
	float *gradient;
	struct bf16_space *space; /* for products in bfloat16; or NULL */
	size_t frozen;            /* layers */
};

static inline void
golden_init(struct golden *g, const char *name, bool train)
{
	const struct model_options options = { .train = train };

	*g = (struct golden){ .name = name };
	golden_path(g->path, name, "");
	model_open(&g->m, g->path, &options);
	golden_open(&g->expected, name, "expected.safetensors");
}

static inline void
golden_release(struct golden *g)
{
	for (size_t i = 0; i < BATCH; i++)
		frame_release(&g->frame[i]);
	safetensors_release(&g->expected);
	safetensors_release(&g->gradients);
	arena_release(&g->arena);
	arena_release(&g->scratch);
	encoder_weights_release(&g->bound);
	encoder_folded_release(&g->dfolded);
	free(g->gradient);
	model_release(&g->m);
}

/* The audio of N samples as the model reads it. */
static inline struct model_view
view_of(struct golden *g, struct frame *f, size_t N)
{
	struct model_view view;

	frame_clear(f);
	golden_audio(frame_add1(f, FIELD_AUDIO, N), N);
	frame_set_number(f, FIELD_RATE, 16000);
	assert_null(model_view(&view, &g->m, f));
	return view;
}

/* Makes it a model to train, with a gradient and a batch. */
static inline void
training_begin(struct golden *g, const char *name)
{
	struct params again = { .param = NULL };

	golden_init(g, name, true);
	golden_open(&g->gradients, name, "grad.safetensors");
	encoder_layout(&again, &g->bound, &model_encoder_of(&g->m)->config,
	               &model_encoder_of(&g->m)->spelling);
	g->gradient = constant_floats(g->m.params.length, 0);
	params_bind(&again, g->gradient);
	params_release(&again);
	encoder_folded_init(&g->dfolded, &model_encoder_of(&g->m)->config);
	for (size_t i = 0; i < BATCH; i++) {
		struct model_view v = view_of(g, &g->frame[i],
		                              batch_samples[i]);

		g->input[i] = v.rows;
		g->lengths[i] = v.count;
	}
}

/* dlogits [BATCH,K] of the mean cross-entropy, labels 0, 1, 2. */
static inline double
cross_entropy(float *dlogits, const float *logits, size_t K)
{
	double loss = 0;

	for (size_t u = 0; u < BATCH; u++, logits += K, dlogits += K) {
		double sum = 0;

		for (size_t k = 0; k < K; k++)
			sum += exp((double)logits[k]);
		for (size_t k = 0; k < K; k++)
			dlogits[k] = (float)((exp((double)logits[k]) / sum -
			                      (k == u)) / BATCH);
		loss += (log(sum) - (double)logits[u]) / BATCH;
	}
	return loss;
}

/* The batch's loss; fills the gradient. */
static inline double
gradient_compute(struct golden *g, bool unfreeze, size_t memory)
{
	const struct encoder *n = model_encoder_of(&g->m);
	const struct encoder_batch batch = {
		.count = BATCH, .input = g->input, .lengths = g->lengths,
		.unfreeze = unfreeze, .memory = memory, .space = g->space,
		.frozen = g->frozen
	};
	float logits[BATCH * LABELS_MAX], dlogits[BATCH * LABELS_MAX];
	struct encoder_pass *pass;
	double loss;

	memset(g->gradient, 0, g->m.params.length * sizeof *g->gradient);
	memset(g->dfolded.block, 0,
	       g->dfolded.length * sizeof *g->dfolded.block);
	arena_clear(&g->arena);
	pass = encoder_forward(logits, n, &batch, &g->arena, &g->scratch);
	loss = cross_entropy(dlogits, logits, g->m.class_count);
	encoder_backward(&g->bound, &g->dfolded, pass, dlogits, &g->arena,
	                 &g->scratch);
	encoder_fold_backward(&g->bound, &g->dfolded, &n->weights, &n->config,
	                       true);
	return loss;
}
