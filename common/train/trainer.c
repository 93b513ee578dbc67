#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "train/trainer.h"

/* The optimiser's state of a network is a file of its own, and may be lost. */
static void
state_missing(const struct trainer *t)
{
	const struct model *m = t->model;

	if (m->training == m->file || !model_metadata(m, "stamp"))
		return;
	if (t->progress.batches > 0)
		die("%s: cannot continue inside a pass without the "
		    "optimiser's state, which was in training.safetensors "
		    "(student-export makes a model that begins one)", m->name);
	warn("%s: the optimiser starts again: training.safetensors is "
	     "missing, or belongs to other weights", m->name);
}

static void
state_resume(struct trainer *t)
{
	const struct model *m = t->model;
	bool resumed = optimizer_state_read(
		&t->optimizer, m->name, m->training, t->state_length,
		t->training.kind->average);

	training_progress_read(&t->progress, m->name, m->file);
	if (!resumed)
		t->progress.updates = 0;
	t->saved = t->progress;
	if (resumed)
		return;
	state_missing(t);
	t->progress.batches = 0; /* the optimiser knows nothing of them */
	if (t->optimizer.average)
		memcpy(t->optimizer.average, m->block,
		       m->params.length * sizeof *m->block);
}

/* The optimiser's state follows the parameters, but for what never trains. */
static void
state_place(struct trainer *t)
{
	const struct params *p = &t->model->params;
	const struct model_training_kind *kind = t->training.kind;

	t->place = xcalloc(p->count, sizeof *t->place);
	for (size_t i = 0; i < p->count; i++) {
		t->place[i] = t->state_length;
		if (!kind->stateless ||
		    !kind->stateless(&t->training, &p->param[i]))
			t->state_length += p->param[i].length;
	}
}

void
trainer_init(struct trainer *t, struct model *m,
             const struct trainer_options *options)
{
	size_t total = (size_t)options->total;

	*t = (struct trainer){ .model = m, .options = *options };
	model_training_begin(&t->training, m, &t->options.training);
	if (t->options.adamw.rate <= 0)
		t->options.adamw.rate = options->training.lora
			? t->training.kind->lora_rate
			: t->training.kind->rate;
	state_place(t);
	state_resume(t);
	if (total > 0 && t->progress.updates >= total)
		warn("%s: has had %zu updates: the rate is 0 from update %zu "
		     "on (--total-steps)", m->name, t->progress.updates,
		     total);
	if (options->threads > 0)
		omp_set_num_threads(options->threads);
}

void
trainer_release(struct trainer *t)
{
	model_training_end(&t->training);
	optimizer_state_release(&t->optimizer);
	free(t->place);
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

	o.gradient.D = D = model_training_kind(m)->embedding
		? model_embedding_length(m) : 0;
	o.logits = xcalloc(2 * (n + count * D), sizeof *o.logits);
	o.gradient.dlogits = o.logits + n;
	o.embedding = o.gradient.dlogits + n;
	o.gradient.dembedding = o.embedding + count * D;
	o.gradient.dropped = xcalloc(count, sizeof *o.gradient.dropped);
	return o;
}

/* Sets the fields that the loss command reads; removes those of another. */
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

/* Moves examples with finite outputs to the front, and names the others. */
static size_t
examples_keep(struct example *example, size_t count, const struct outputs *o)
{
	size_t K = o->gradient.K, D = o->gradient.D, kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct example one = example[i];

		if (!floats_finite(o->logits + i * K, K) ||
		    !floats_finite(o->embedding + i * D, D)) {
			warn("%s: skipped: values too large to compute with",
			     frame_id(&example[i].frame));
			continue;
		}
		example[i] = example[kept];
		example[kept++] = one;
	}
	return kept;
}

/*
 * Takes the examples through the model.  Where some cannot be computed with,
 * the others are taken through it again without them, as if they had not been
 * in the batch.  Returns how many are left; they come first.
 */
static size_t
forward(struct trainer *t, const struct outputs *o, struct example *example,
        size_t count)
{
	struct model_view *view = xcalloc(count, sizeof *view);
	size_t tried = 0, kept = count;

	while (kept > 0 && kept != tried) {
		tried = kept;
		for (size_t i = 0; i < tried; i++)
			view[i] = example[i].view;
		t->training.kind->forward(&t->training, o->logits,
		                          o->embedding, view, tried,
		                          &t->progress);
		kept = examples_keep(example, tried, o);
	}
	free(view);
	if (kept == 0 && count > 1) /* the model is at fault */
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
batch_train(struct trainer *t, struct outputs *o, struct example *example,
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
	t->training.kind->backward(
		&t->training, o->gradient.dlogits,
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
		count = batch_train(t, &o, example, count, loss, sums);
	free(o.logits);
	free(o.gradient.dropped);
	return count;
}

/* In pieces small enough to stay in the cache from step to step. */
static void
tensor_update(struct trainer *t, const struct param *tensor, float scale,
              const struct adamw *a)
{
	enum { PIECE = 1 << 13 };
	size_t step = t->progress.updates;
	size_t end = tensor->offset + tensor->length;
	size_t own = t->place[tensor - t->model->params.param];
	float *gradient = t->training.gradient;

	for (size_t at = tensor->offset; at < end; at += PIECE, own += PIECE) {
		size_t n = end - at < PIECE ? end - at : PIECE;

		adamw_step(t->model->block + at, t->optimizer.m + own,
		           t->optimizer.v + own, gradient + at, scale, n,
		           step, a);
		memset(gradient + at, 0, n * sizeof *gradient);
		if (t->optimizer.average)
			average_step(t->optimizer.average + own,
			             t->model->block + at, n, step - 1,
			             t->options.training.average);
	}
}

void
trainer_update(struct trainer *t)
{
	const struct trainer_options *o = &t->options;
	const struct params *p = &t->model->params;
	const struct model_training_kind *kind = t->training.kind;
	float mean = 1 / (float)t->pending_utterances;
	size_t step = t->progress.updates;
	struct adamw a = o->adamw;
	float scale;

	t->norm = mean * gradient_norm(t->training.gradient, p->length);
	if (!isfinite(t->norm)) /* better no model than one of NaN */
		die("update %zu: the gradient is not finite (try a lower "
		    "--rate)", step + 1);
	t->rate = o->total > 0
		? schedule_rate(a.rate, step, (size_t)o->warmup,
		                (size_t)o->total)
		: schedule_rate(a.rate, step, (size_t)o->warmup, 0);
	t->progress.updates = step + 1;
	a.rate = t->rate;
	scale = mean * clip_scale(t->norm, o->clip);

	#pragma omp parallel for schedule(dynamic)
	for (size_t i = 0; i < p->count; i++) {
		const struct param *tensor = &p->param[i];
		struct adamw own = a;

		if ((kind->frozen && kind->frozen(&t->training, tensor)) ||
		    (kind->missed && kind->missed(&t->training, tensor)))
			continue;
		if (!param_decays(tensor))
			own.decay = 0;
		tensor_update(t, tensor, scale, &own);
	}
	if (kind->changed)
		kind->changed(&t->training);
	t->pending = t->pending_utterances = 0;
}

void
trainer_check(const struct trainer *t)
{
	const struct optimizer_state *o = &t->optimizer;
	size_t n = t->state_length;

	if (!floats_finite(t->model->block, t->model->params.length) ||
	    !floats_finite(o->m, n) ||
	    !floats_finite(o->v, n) ||
	    (o->average && !floats_finite(o->average, n)))
		die("update %zu: the weights or the optimiser's state are no "
		    "longer finite (try a lower --rate, or --clip)",
		    t->progress.updates);
}
