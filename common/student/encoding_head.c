#include <string.h>

#include "nn/dropout.h"
#include "nn/gelu.h"
#include "nn/linear.h"
#include "nn/residual.h"
#include "nn/softmax.h"
#include "student/encoding_head.h"

struct encoding_head_pass {
	const struct encoding_head_weights *w;
	struct encoding_head_shape shape;
	const float *const *x;
	size_t N;
	float *share;             /* [L] of the layers */
	float *v, *before, *e;    /* [N,W], [N,P], [N,P] */
	float dropout;
	uint8_t *mask;            /* [N,P], or NULL */
};

void
encoding_head_layout(struct params *p, struct encoding_head_weights *w,
                     const struct encoding_head_shape *s)
{
	static const char *const ignored[] = { "optimizer.", NULL };
	const size_t states[] = { s->layers, s->width };
	const size_t hidden[] = { s->hidden, s->width };
	const size_t classifier[] = { s->classes, s->hidden };

	p->ignored = ignored;
	params_list(p, &w->mean, "mean", START_ZERO, 2, states);
	params_list(p, &w->deviation, "deviation", START_ONE, 2, states);
	params_list(p, &w->layer_weight, "layer_weight", START_ZERO, 1,
	            states);
	params_list(p, &w->hidden, "hidden.weight", START_FAN_IN, 2, hidden);
	params_list(p, &w->hidden_bias, "hidden.bias", START_ZERO, 1, hidden);
	params_list(p, &w->classifier, "classifier.weight", START_FAN_IN, 2,
	            classifier);
	params_list(p, &w->classifier_bias, "classifier.bias", START_ZERO, 1,
	            classifier);
}

/* v [W] of one encoding. */
static void
layers_sum(float *v, const float *x, const struct encoding_head_pass *p)
{
	size_t W = p->shape.width;

	memset(v, 0, W * sizeof *v);
	for (size_t l = 0; l < p->shape.layers; l++) {
		const float *mean = p->w->mean + l * W;
		const float *deviation = p->w->deviation + l * W;

		for (size_t i = 0; i < W; i++)
			v[i] += p->share[l] * (x[l * W + i] - mean[i]) /
				deviation[i];
	}
}

struct encoding_head_pass *
encoding_head_forward(float *logits, float *embedding, const float *const *x,
                      size_t N, const struct encoding_head_weights *w,
                      const struct encoding_head_shape *s, float share,
                      struct rng *rng, struct arena *arena)
{
	struct encoding_head_pass *p = arena_take(arena, 1, sizeof *p);
	size_t W = s->width, P = s->hidden;
	float *dropped;

	*p = (struct encoding_head_pass){
		.w = w, .shape = *s, .x = x, .N = N, .dropout = share,
		.share = arena_floats(arena, s->layers),
		.v = arena_floats(arena, N * W),
		.before = arena_floats(arena, N * P),
		.e = arena_floats(arena, N * P)
	};
	softmax_forward(p->share, w->layer_weight, 1, s->layers);
	#pragma omp parallel for if (N > 1)
	for (size_t n = 0; n < N; n++)
		layers_sum(p->v + n * W, x[n], p);
	linear_forward_few(p->before, p->v, W, w->hidden, w->hidden_bias, N, W,
	                   P);
	gelu_forward(p->e, p->before, N * P);
	if (embedding)
		memcpy(embedding, p->e, N * P * sizeof *embedding);
	if (share > 0) {
		p->mask = arena_take(arena, N * P, 1);
		dropout_mask(p->mask, rng, share, N * P);
		dropped = arena_floats(arena, N * P);
		dropout_forward(dropped, p->e, p->mask, share, N * P);
		p->e = dropped;
	}
	linear_forward_few(logits, p->e, P, w->classifier, w->classifier_bias,
	                   N, P, s->classes);
	return p;
}

/* dshare [L] from dv [W] of one encoding. */
static void
shares_back(float *dshare, const float *dv, const float *x,
            const struct encoding_head_pass *p)
{
	size_t W = p->shape.width;

	for (size_t l = 0; l < p->shape.layers; l++) {
		const float *mean = p->w->mean + l * W;
		const float *deviation = p->w->deviation + l * W;
		double sum = 0;

		for (size_t i = 0; i < W; i++)
			sum += (double)(dv[i] * (x[l * W + i] - mean[i]) /
			                deviation[i]);
		dshare[l] = (float)sum;
	}
}

/* The gradient of the layers' weights: sums in the order of utterances. */
static void
layers_back(float *dweight, const float *dv,
            const struct encoding_head_pass *p, struct arena *scratch)
{
	size_t L = p->shape.layers, W = p->shape.width;
	float *each = arena_floats(scratch, p->N * L);
	float *dshare = arena_zeros(scratch, L);

	#pragma omp parallel for
	for (size_t n = 0; n < p->N; n++)
		shares_back(each + n * L, dv + n * W, p->x[n], p);
	for (size_t n = 0; n < p->N; n++)
		add_scaled(dshare, 1, each + n * L, L);
	softmax_backward(dweight, dshare, p->share, 1, L);
}

void
encoding_head_backward(struct encoding_head_weights *g,
                       const struct encoding_head_pass *p,
                       const float *dlogits, const float *dembedding,
                       struct arena *scratch)
{
	size_t N = p->N, W = p->shape.width, P = p->shape.hidden;
	float *ddropped = arena_zeros(scratch, N * P), *de = ddropped;
	float *dbefore = arena_zeros(scratch, N * P);
	float *dv = arena_zeros(scratch, N * W);

	linear_backward(ddropped, P, g->classifier, g->classifier_bias,
	                dlogits, p->e, P, p->w->classifier, N, P,
	                p->shape.classes);
	if (p->mask) {
		de = arena_zeros(scratch, N * P);
		dropout_backward(de, ddropped, p->mask, p->dropout, N * P);
	}
	if (dembedding)
		add_scaled(de, 1, dembedding, N * P);
	gelu_backward(dbefore, de, p->before, N * P);
	linear_backward(dv, W, g->hidden, g->hidden_bias, dbefore, p->v, W,
	                p->w->hidden, N, W, P);
	layers_back(g->layer_weight, dv, p, scratch);
}
