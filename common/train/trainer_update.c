#include <math.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "train/trainer.h"

/* In pieces small enough to stay in the cache from step to step. */
static void
tensor_update(struct trainer *t, const struct param *tensor, float scale,
              const struct adamw *a)
{
	enum { PIECE = 1 << 13 };
	size_t step = t->progress.updates;
	size_t end = tensor->offset + tensor->length;
	float *gradient = t->training.gradient;

	for (size_t at = tensor->offset; at < end; at += PIECE) {
		size_t n = end - at < PIECE ? end - at : PIECE;

		adamw_step(t->model->block + at, t->optimizer.m + at,
		           t->optimizer.v + at, gradient + at, scale, n, step,
		           a);
		memset(gradient + at, 0, n * sizeof *gradient);
		if (t->optimizer.average)
			average_step(t->optimizer.average + at,
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

		if (kind->frozen && kind->frozen(&t->training, tensor))
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
	size_t n = t->model->params.length;

	if (!floats_finite(t->model->block, n) || !floats_finite(o->m, n) ||
	    !floats_finite(o->v, n) ||
	    (o->average && !floats_finite(o->average, n)))
		die("update %zu: the weights or the optimiser's state are no "
		    "longer finite (try a lower --rate, or --clip)",
		    t->progress.updates);
}
