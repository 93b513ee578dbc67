#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "model/model_options.h"
#include "stream/fields.h"
#include "train/encoder_trainer.h"
#include "train/student_trainer.h"

/* A network that was trained before is only tuned. */
static const float STUDENT_RATE = 1e-3f, NETWORK_RATE = 3e-5f;
static const uint64_t COUNT_MAX = (uint64_t)1 << 48;

/* As long as the parameters, all 0, at whole lines of the cache. */
static float *
zeros(const struct model *m)
{
	size_t n = m->params.length;
	float *x = xmalloc(n, sizeof *x);

	return memset(x, 0, n * sizeof *x);
}

/*
 * The optimiser's tensors are as long as the parameters, in their order; those
 * of squares have nothing below 0.
 */
static float *
state_take(const struct trainer *t, const char *name, bool square,
           bool *resumed)
{
	const struct safetensors_entry *e =
		safetensors_find(model_training(t->model), name);
	size_t n = t->model->params.length;
	float *x = zeros(t->model);
	bool sound;

	*resumed = e != NULL;
	if (e && (e->length != n || !safetensors_floats(x, e)))
		die("%s: tensor %s does not fit the parameters",
		    t->model->name, name);
	sound = floats_finite(x, n);
	for (size_t i = 0; i < n && sound; i++)
		sound = !square || x[i] >= 0;
	if (sound)
		return x;
	free(x);
	die("%s: tensor %s holds what no training leaves", t->model->name,
	    name);
}

/* A number of the metadata, up to most; 0 for a model never trained. */
static uint64_t
progress_take(const struct trainer *t, const char *key, uint64_t most)
{
	const char *text = model_metadata(t->model, key);
	uint64_t n;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n > most)
		die("%s: %s is \"%s\", want a number", t->model->name, key,
		    text);
	return n;
}

/* A network's state may be lost, which lies in a file of its own. */
static void
state_miss(const struct trainer *t)
{
	if (!t->model->network || !model_metadata(t->model, "stamp"))
		return;
	if (t->progress.batches > 0)
		die("%s: cannot go on inside a pass without the optimiser's "
		    "state, which training.safetensors had (student-export "
		    "makes a model that begins one)", t->model->name);
	warn("%s: the optimiser begins anew: training.safetensors is not "
	     "there, or of other weights", t->model->name);
}

/* What a compact student alone has, if it is not as usual; or NULL. */
static const char *
compact_option(const struct trainer_options *o)
{
	static const struct trainer_options usual = TRAINER_OPTIONS_INIT;

	if (o->augment)
		return "-a";
	if (o->dropout < usual.dropout || o->dropout > usual.dropout)
		return "--dropout";
	if (o->head_dropout < usual.head_dropout ||
	    o->head_dropout > usual.head_dropout)
		return "--head-dropout";
	if (o->average < usual.average || o->average > usual.average)
		return "--average";
	return NULL;
}

/* What would change nothing was meant for another kind of model. */
static void
options_suit(const struct model *m, const struct trainer_options *o)
{
	const char *compact = m->network ? compact_option(o) : NULL;

	if (compact)
		die_usage("%s: %s is for compact students; a network's dropout "
		          "and masks are those of its config.json", m->name,
		          compact);
	if (!m->network && (o->unfreeze || o->plain))
		die_usage("%s: --%s is for networks, this is a compact "
		          "student", m->name,
		          o->unfreeze ? "unfreeze" : "plain");
}

void
trainer_init(struct trainer *t, struct model *m,
             const struct trainer_options *options)
{
	bool resumed, others[2];

	options_suit(m, options);
	model_options_set(m, m->seconds, (enum precision)options->precision);
	if (options->total > 0 && options->warmup >= options->total)
		die_usage("--warmup %d: want less than --total-steps",
		          options->warmup);
	*t = (struct trainer){ .model = m, .options = *options };
	if (t->options.adamw.rate <= 0)
		t->options.adamw.rate = m->network ? NETWORK_RATE
		                                   : STUDENT_RATE;
	t->m = state_take(t, "optimizer.m", false, &resumed);
	t->v = state_take(t, "optimizer.v", true, &others[0]);
	others[1] = resumed;
	if (!m->network) /* it would take as much memory as the weights */
		t->average = state_take(t, "optimizer.average", false,
		                        &others[1]);
	if (others[0] != resumed || others[1] != resumed)
		die("%s: has a part of the optimiser's state only, want "
		    "optimizer.m, .v%s or none of them (student-export makes "
		    "a model that begins anew)", m->name,
		    m->network ? "" : " and .average");
	if (t->average && !resumed)
		memcpy(t->average, m->block,
		       m->params.length * sizeof *t->average);
	t->progress = (struct trainer_progress){
		.updates = resumed ? progress_take(t, "updates", COUNT_MAX)
		                   : 0,
		.passes = progress_take(t, "passes", COUNT_MAX),
		.batches = progress_take(t, "batches", COUNT_MAX),
		.digest = progress_take(t, "digest", UINT64_MAX),
	};
	t->saved = t->progress;
	if (!resumed) {
		state_miss(t);
		t->progress.batches = 0; /* of a pass that it was cut from */
	}
	if (options->total > 0 &&
	    t->progress.updates >= (size_t)options->total)
		warn("%s: has had %zu updates: the rate is 0 from update %d on "
		     "(--total-steps)", m->name, t->progress.updates,
		     options->total);
	t->gradient = zeros(m);
	if (m->network)
		t->tuner = encoder_trainer_new(m, &t->options, t->gradient);
	else
		t->shards = student_trainer_new(m, &t->options);
	if (options->threads > 0)
		omp_set_num_threads(options->threads);
}

void
trainer_release(struct trainer *t)
{
	student_trainer_free(t->shards);
	encoder_trainer_free(t->tuner);
	free(t->m);
	free(t->v);
	free(t->average);
	free(t->gradient);
}

void
trainer_flush(struct trainer *t)
{
	if (t->pending > 0)
		trainer_update(t);
}

/* A batch's logits and embeddings, and the gradients by them. */
struct outputs {
	float *logits, *embedding;
	struct loss_gradient gradient;
};

static struct outputs
outputs_new(const struct model *m, size_t count)
{
	struct outputs o = { .gradient = { .K = m->class_count } };
	size_t n = count * o.gradient.K, D;

	o.gradient.D = D = m->network
		? 0 : student_embedding_length(&m->shape);
	o.logits = xcalloc(2 * (n + count * D), sizeof *o.logits);
	o.gradient.dlogits = o.logits + n;
	o.embedding = o.gradient.dlogits + n;
	o.gradient.dembedding = o.embedding + count * D;
	o.gradient.dropped = xcalloc(count, sizeof *o.gradient.dropped);
	return o;
}

/* What the loss command sees of each example, and nothing of an earlier. */
static void
frames_fill(struct frame **frames, struct example *example, size_t count,
            const struct outputs *o, const struct model *m)
{
	size_t K = o->gradient.K, D = o->gradient.D;

	for (size_t i = 0; i < count; i++) {
		struct frame *f = &example[i].frame;

		frame_remove(f, FIELD_LOSS);
		frame_remove(f, FIELD_DLOGITS);
		frame_remove(f, FIELD_EMBEDDING);
		frame_remove(f, FIELD_DEMBEDDING);
		memcpy(frame_add1(f, FIELD_LOGITS, K), o->logits + i * K,
		       K * sizeof *o->logits);
		frame_set_texts(f, FIELD_CLASSES, m->classes, K);
		if (D > 0)
			memcpy(frame_add1(f, FIELD_EMBEDDING, D),
			       o->embedding + i * D,
			       D * sizeof *o->embedding);
		frames[i] = f;
	}
}

static void
weights_apply(struct loss_gradient *g, const struct example *example,
              size_t count)
{
	for (size_t i = 0; i < count * g->K; i++)
		g->dlogits[i] *= example[i / g->K].weight;
	for (size_t i = 0; i < count * g->D; i++)
		g->dembedding[i] *= example[i / g->D].weight;
}

/* Moves those with numbers for outputs to the front, and names the others. */
static size_t
examples_sift(struct example *example, size_t count, const struct outputs *o)
{
	size_t K = o->gradient.K, D = o->gradient.D, kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct example one = example[i];

		if (!floats_finite(o->logits + i * K, K) ||
		    !floats_finite(o->embedding + i * D, D)) {
			warn("%s: left out: values too large to compute with",
			     frame_id(&example[i].frame));
			continue;
		}
		example[i] = example[kept];
		example[kept++] = one;
	}
	return kept;
}

/*
 * Takes the examples through the model, and those that it can compute with
 * once more without the others: as if these had not been in the batch.
 * Returns how many they are; they come first.
 */
static size_t
forward(struct trainer *t, const struct outputs *o, struct example *example,
        size_t count)
{
	size_t tried = 0, kept = count;

	while (kept > 0 && kept != tried) {
		tried = kept;
		if (t->tuner)
			encoder_trainer_forward(t->tuner, o->logits, example,
			                        tried, &t->progress);
		else
			student_trainer_forward(t->shards, o->logits,
			                        o->embedding, example, tried,
			                        &t->progress);
		kept = examples_sift(example, tried, o);
	}
	if (kept == 0 && count > 1) /* it is not them */
		die("update %zu: the outputs are not finite (try a lower "
		    "--rate)", t->progress.updates + 1);
	return kept;
}

/* Moves the examples that the loss did not drop to the front. */
static void
answered_first(struct example *example, const bool *dropped, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct example one = example[i];

		if (dropped[i])
			continue;
		example[i] = example[kept];
		example[kept++] = one;
	}
}

/* Returns how many examples the loss answered; they come first. */
static size_t
batch_learn(struct trainer *t, struct outputs *o, struct example *example,
            size_t count, struct loss_process *loss, struct loss_sums *sums)
{
	struct frame **frames = xcalloc(count, sizeof *frames);
	size_t answered;

	frames_fill(frames, example, count, o, t->model);
	answered = loss_process_batch(loss, &o->gradient, sums, frames, count);
	free(frames);
	if (answered == 0)
		return 0;
	weights_apply(&o->gradient, example, count);
	if (t->tuner)
		encoder_trainer_backward(t->tuner, o->gradient.dlogits);
	else
		student_trainer_backward(
			t->shards, t->gradient, o->gradient.dlogits,
			o->gradient.embedded ? o->gradient.dembedding : NULL);
	answered_first(example, o->gradient.dropped, count);
	t->pending_utterances += answered;
	if (++t->pending == (size_t)t->options.accumulate)
		trainer_update(t);
	return answered;
}

size_t
trainer_batch(struct trainer *t, struct example *example, size_t count,
              struct loss_process *loss, struct loss_sums *sums)
{
	struct outputs o = outputs_new(t->model, count);

	count = forward(t, &o, example, count);
	if (count > 0)
		count = batch_learn(t, &o, example, count, loss, sums);
	free(o.logits);
	free(o.gradient.dropped);
	return count;
}
