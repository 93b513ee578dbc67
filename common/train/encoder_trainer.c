#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "encoder/packed.h"
#include "nn/linear_bf16.h"
#include "train/encoder_trainer.h"

struct encoder_trainer {
	const struct model *model;
	const struct trainer_options *options;
	struct encoder_weights gradient; /* bound to the trainer's block */
	struct wav2vec2_folded dfolded;
	struct arena arena, scratch;
	struct encoder_pass *pass;
	struct bf16_space space;      /* of products in bfloat16 */
	struct encoder_packed packed;    /* convolutions that stay */
	const float **audio;          /* of the batch at hand */
	size_t *samples;
};

struct encoder_trainer *
encoder_trainer_new(const struct model *m, const struct trainer_options *o,
                    float *gradient)
{
	struct encoder_trainer *t = xcalloc(1, sizeof *t);
	struct params again = { .param = NULL };

	*t = (struct encoder_trainer){ .model = m, .options = o };
	encoder_layout(&again, &t->gradient, &m->network->config,
	               &m->network->spelling);
	params_bind(&again, gradient);
	params_release(&again);
	wav2vec2_folded_init(&t->dfolded, &m->network->config);
	if (precision_rounds((enum precision)o->precision)) {
		t->space.unit = bf16_unit_find(NULL);
		if (!o->unfreeze)
			encoder_pack_convolutions(&t->packed,
			                          &m->network->folded,
			                          &m->network->config);
	}
	t->audio = xcalloc((size_t)o->batch, sizeof *t->audio);
	t->samples = xcalloc((size_t)o->batch, sizeof *t->samples);
	return t;
}

void
encoder_trainer_free(struct encoder_trainer *t)
{
	if (!t)
		return;
	encoder_weights_release(&t->gradient);
	wav2vec2_folded_release(&t->dfolded);
	arena_release(&t->arena);
	arena_release(&t->scratch);
	arena_release(&t->space.arena);
	encoder_packed_release(&t->packed);
	free(t->audio);
	free(t->samples);
	free(t);
}

void
encoder_trainer_forward(struct encoder_trainer *t, float *logits,
                        const struct example *example, size_t count,
                        const struct trainer_progress *progress)
{
	const struct encoder_batch batch = {
		.count = count, .audio = t->audio, .samples = t->samples,
		.unfreeze = t->options->unfreeze, .plain = t->options->plain,
		.memory = (size_t)t->options->memory << 20,
		.seed = t->options->seed,
		/* no two batches of a training are alike */
		.step = (progress->passes << 32) + progress->batches,
		.space = t->space.unit ? &t->space : NULL,
		.packed = t->packed.unit ? &t->packed : NULL,
	};

	for (size_t i = 0; i < count; i++) {
		t->audio[i] = example[i].view;
		t->samples[i] = example[i].rows;
	}
	arena_clear(&t->arena);
	t->pass = encoder_forward(logits, t->model->network, &batch, &t->arena,
	                          &t->scratch);
}

void
encoder_trainer_backward(struct encoder_trainer *t, const float *dlogits)
{
	const struct encoder *n = t->model->network;

	/* that of convolutions which stay is never written */
	if (t->options->unfreeze)
		memset(t->dfolded.block, 0,
		       t->dfolded.length * sizeof *t->dfolded.block);
	else
		memset(t->dfolded.position, 0,
		       t->dfolded.positions * sizeof *t->dfolded.position);
	encoder_backward(&t->gradient, &t->dfolded, t->pass, dlogits,
	                 &t->arena, &t->scratch);
	wav2vec2_fold_backward(&t->gradient, &t->dfolded, &n->weights,
	                       &n->config, t->options->unfreeze);
}
