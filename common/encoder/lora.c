#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "encoder/lora.h"
#include "gemm/gemm.h"

enum { ADAPTED = 2 };             /* weights of a layer */

/* An adapter and the weight that it adapts. */
struct pair {
	struct encoder_linear *base;
	struct encoder_adapter *adapter;
};

static struct pair
pair_of(const struct encoder_weights *w, size_t i)
{
	struct encoder_layer *layer = &w->layer[i / ADAPTED];

	return i % ADAPTED == 0 ? (struct pair){ &layer->q, &layer->q_lora }
	                        : (struct pair){ &layer->v, &layer->v_lora };
}

/* y = W + B A */
static void
adapted_compute(float *y, const struct pair *p, const struct encoder_config *c)
{
	size_t H = c->width, r = c->lora;

	memcpy(y, p->base->weight, H * H * sizeof *y);
	gemm_wide(GEMM_PLAIN, GEMM_PLAIN, H, H, r, 1, p->adapter->b, r,
	          p->adapter->a, H, 1, y, H);
}

static float *
block_compute(float *block, const struct encoder_weights *w,
              const struct encoder_config *c)
{
	size_t each = c->width * c->width;

	for (size_t i = 0; i < ADAPTED * c->layers; i++) {
		struct pair p = pair_of(w, i);

		adapted_compute(block + i * each, &p, c);
	}
	return block;
}

static float *
block_new(const struct encoder_config *c)
{
	return xmalloc(ADAPTED * c->layers * c->width * c->width,
	               sizeof(float));
}

/* W's slots lead into the block. */
static void
block_bind(struct encoder_weights *w, float *block,
           const struct encoder_config *c)
{
	for (size_t i = 0; i < ADAPTED * c->layers; i++)
		pair_of(w, i).base->weight = block + i * c->width * c->width;
}

void
encoder_lora_init(struct encoder_lora *l, const struct encoder_weights *w,
                  const struct encoder_config *c)
{
	size_t size = c->layers * sizeof *w->layer;

	*l = (struct encoder_lora){ .block = NULL };
	if (!c->lora)
		return;
	l->weights = *w;
	l->weights.layer = memcpy(xmalloc(size, 1), w->layer, size);
	l->block = block_compute(block_new(c), w, c);
	block_bind(&l->weights, l->block, c);
}

void
encoder_lora_release(struct encoder_lora *l)
{
	encoder_weights_release(&l->weights);
	free(l->block);
	l->block = NULL;
}

void
encoder_lora_update(struct encoder_lora *l, const struct encoder_weights *w,
                    const struct encoder_config *c)
{
	if (l->block)
		block_compute(l->block, w, c);
}

/* Of y = W + B A:  dA += B^T dy,  dB += dy A^T. */
void
encoder_lora_backward(struct encoder_weights *gradient,
                      const struct encoder_weights *w,
                      const struct encoder_config *c)
{
	size_t H = c->width, r = c->lora;

	for (size_t i = 0; r && i < ADAPTED * c->layers; i++) {
		const struct encoder_adapter *x = pair_of(w, i).adapter;
		struct pair d = pair_of(gradient, i);

		gemm_wide(GEMM_TRANSPOSED, GEMM_PLAIN, r, H, H, 1, x->b, r,
		          d.base->weight, H, 1, d.adapter->a, H);
		gemm_wide(GEMM_PLAIN, GEMM_TRANSPOSED, H, r, H, 1,
		          d.base->weight, H, x->a, H, 1, d.adapter->b, r);
	}
}

bool
encoder_lora_has(const struct encoder_weights *w,
                 const struct encoder_config *c, float *const *slot)
{
	for (size_t i = 0; i < ADAPTED * c->layers; i++) {
		const struct encoder_adapter *x = pair_of(w, i).adapter;

		if (slot == &x->a || slot == &x->b)
			return true;
	}
	return false;
}

float *
encoder_lora_merge(struct params *p, struct encoder_weights *w,
                   struct encoder_config *c)
{
	float *block = block_compute(block_new(c), w, c);
	size_t kept = 0;

	block_bind(w, block, c);
	for (size_t i = 0; i < p->count; i++)
		if (!encoder_lora_has(w, c, p->param[i].slot))
			p->param[kept++] = p->param[i];
	p->count = kept;
	c->lora = 0;
	return block;
}
