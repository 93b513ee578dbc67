#include <math.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "encoder/encoder.h"
#include "train/trainer.h"

/* The convolutions of a network stay as they are, unless asked for. */
static bool
frozen(const struct trainer *t, const struct param *p)
{
	return t->model->network && !t->options.unfreeze &&
	       p->offset < t->model->network->convolutions;
}

/* In pieces that stay in the cache while all is done to them. */
static void
tensor_update(struct trainer *t, const struct param *tensor, float scale,
              const struct adamw *a)
{
	enum { PIECE = 1 << 13 };
	size_t step = t->progress.updates, end = tensor->offset +
		tensor->length;

	for (size_t at = tensor->offset; at < end; at += PIECE) {
		size_t n = end - at < PIECE ? end - at : PIECE;

		adamw_step(t->model->block + at, t->m + at, t->v + at,
		           t->gradient + at, scale, n, step, a);
		memset(t->gradient + at, 0, n * sizeof *t->gradient);
		if (t->average)
			average_step(t->average + at, t->model->block + at, n,
			             step - 1, t->options.average);
	}
}

/* What the kernels want of the weights, again. */
static void
fold(struct trainer *t)
{
	struct encoder *n = t->model->network;

	if (!n)
		return;
	if (t->options.unfreeze)
		wav2vec2_fold(&n->folded, &n->weights, &n->config);
	else
		wav2vec2_fold_position(&n->folded, &n->weights, &n->config);
}

void
trainer_update(struct trainer *t)
{
	const struct trainer_options *o = &t->options;
	const struct params *p = &t->model->params;
	float mean = 1 / (float)t->pending_utterances;
	size_t step = t->progress.updates;
	struct adamw a = o->adamw;
	float scale;

	t->norm = mean * gradient_norm(t->gradient, p->length);
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

		if (frozen(t, tensor))
			continue;
		if (!param_decays(tensor))
			own.decay = 0;
		tensor_update(t, tensor, scale, &own);
	}
	fold(t);
	t->pending = t->pending_utterances = 0;
}

void
trainer_check(const struct trainer *t)
{
	size_t n = t->model->params.length;

	if (!floats_finite(t->model->block, n) || !floats_finite(t->m, n) ||
	    !floats_finite(t->v, n) ||
	    (t->average && !floats_finite(t->average, n)))
		die("update %zu: the weights, or the optimiser's state, are "
		    "no finite numbers any more (try a lower --rate, or "
		    "--clip)", t->progress.updates);
}
