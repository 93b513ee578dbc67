#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/xalloc.h"
#include "encoder/layout.h"

enum { GATE_ROWS = 8, NAME = PARAM_NAME_MAX };

enum { PREFIXES = 3 };

/* What may stand before the encoder's names; the first is written. */
static const char *const family_prefix[][PREFIXES] = {
	[ENCODER_WAV2VEC2] = { "wav2vec2.", "" },
	[ENCODER_HUBERT] = { "hubert.", "" },
	[ENCODER_WAVLM] = { "wavlm.", "" },
	[ENCODER_UNISPEECH] = { "unispeech.", "" },
	[ENCODER_UNISPEECH_SAT] = { "unispeech_sat.", "" },
	[ENCODER_DATA2VEC] = { "data2vec_audio.", "" },
	[ENCODER_WHISPER] = { "encoder.", "model.encoder.", "" }
};

/* What a layer's tensors are called. */
static const struct layer_names {
	const char *q, *k, *v, *out, *attention_norm, *wide, *narrow;
} wav2vec2_names = {
	"attention.q_proj", "attention.k_proj", "attention.v_proj",
	"attention.out_proj", "layer_norm",
	"feed_forward.intermediate_dense", "feed_forward.output_dense"
}, whisper_names = {
	"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
	"self_attn.out_proj", "self_attn_layer_norm", "fc1", "fc2"
};

#define BATCHES "encoder.pos_conv_embed.batch_norm.num_batches_tracked"

/* Where tensors go, and what their names begin with. */
struct list {
	struct params *params;
	char stem[NAME];
};

__attribute__((format(printf, 2, 3)))
static void
stem_set(struct list *l, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(l->stem, sizeof l->stem, format, arguments);
	va_end(arguments);
}

/* Dimensions end with a 0. */
static void
tensor_list(struct list *l, float **slot, const char *leaf,
            enum param_start start, const size_t *dim)
{
	char name[2 * NAME];
	int ndim = 0;

	while (dim[ndim])
		ndim++;
	snprintf(name, sizeof name, "%s%s", l->stem, leaf);
	params_list(l->params, slot, name, start, ndim, dim);
}

/* A linear layer without a bias. */
static void
matrix_list(struct list *l, struct encoder_linear *linear, const char *leaf,
            enum param_start start, size_t out, size_t in)
{
	char name[NAME];

	snprintf(name, sizeof name, "%s.weight", leaf);
	tensor_list(l, &linear->weight, name, start,
	            (const size_t[]){ out, in, 0 });
}

static void
linear_list(struct list *l, struct encoder_linear *linear, const char *leaf,
            enum param_start start, size_t out, size_t in)
{
	char name[NAME];

	matrix_list(l, linear, leaf, start, out, in);
	snprintf(name, sizeof name, "%s.bias", leaf);
	tensor_list(l, &linear->bias, name, START_ZERO,
	            (const size_t[]){ out, 0 });
}

static void
norm_list(struct list *l, struct encoder_norm *norm, const char *leaf,
          size_t width)
{
	const size_t dim[] = { width, 0 };
	char name[NAME];

	snprintf(name, sizeof name, "%s.weight", leaf);
	tensor_list(l, &norm->gain, name, START_ONE, dim);
	snprintf(name, sizeof name, "%s.bias", leaf);
	tensor_list(l, &norm->bias, name, START_ZERO, dim);
}

static void
convolutions_list(struct list *l, struct encoder_weights *w,
                  const struct encoder_config *c, const char *prefix)
{
	for (size_t i = 0; i < c->convs; i++) {
		size_t in = encoder_conv_inputs(c, i);
		size_t out = c->conv_width[i];

		stem_set(l, "%sfeature_extractor.conv_layers.%zu.", prefix,
		         i);
		tensor_list(l, &w->conv[i].conv.weight, "conv.weight",
		            START_FAN_IN,
		            (const size_t[]){ out, in, c->conv_taps[i], 0 });
		if (c->conv_bias)
			tensor_list(l, &w->conv[i].conv.bias, "conv.bias",
			            START_ZERO, (const size_t[]){ out, 0 });
		if (c->conv_layer_norm || i == 0)
			norm_list(l, &w->conv[i].norm, "layer_norm", out);
	}
}

/* The positional convolution, with weight norm. */
static void
position_list(struct list *l, struct encoder_weights *w,
              const struct encoder_config *c, const char *prefix,
              const struct encoder_spelling *s)
{
	size_t H = c->width, K = c->position_taps;

	stem_set(l, "%sencoder.pos_conv_embed.conv.", prefix);
	tensor_list(l, &w->position_bias, "bias", START_ZERO,
	            (const size_t[]){ H, 0 });
	tensor_list(l, &w->position_gain, s->parametrized
	            ? "parametrizations.weight.original0" : "weight_g",
	            START_ONE_DECAYING, (const size_t[]){ 1, 1, K, 0 });
	tensor_list(l, &w->position_direction, s->parametrized
	            ? "parametrizations.weight.original1" : "weight_v",
	            START_FAN_IN,
	            (const size_t[]){ H, H / c->position_groups, K, 0 });
}

/* Those without: data2vec's, or HuBERT's one after a batch norm. */
static void
positions_list(struct list *l, struct encoder_weights *w,
               const struct encoder_config *c, const char *prefix)
{
	const size_t H = c->width, bias[] = { H, 0 };
	const size_t weight[] = { H, H / c->position_groups,
	                          c->position_taps, 0 };

	for (size_t i = 0; i < c->position_plain; i++) {
		if (c->position_batch_norm)
			stem_set(l, "%sencoder.pos_conv_embed.conv.", prefix);
		else
			stem_set(l, "%sencoder.pos_conv_embed.layers.%zu."
			         "conv.", prefix, i);
		tensor_list(l, &w->position[i].weight, "weight", START_FAN_IN,
		            weight);
		tensor_list(l, c->position_batch_norm ? &w->position_bias
		            : &w->position[i].bias, "bias", START_ZERO, bias);
	}
	if (!c->position_batch_norm)
		return;
	stem_set(l, "%sencoder.pos_conv_embed.", prefix);
	norm_list(l, &w->position_norm, "batch_norm", H);
	tensor_list(l, &w->position_mean, "batch_norm.running_mean",
	            START_ZERO, bias);
	tensor_list(l, &w->position_variance, "batch_norm.running_var",
	            START_ONE, bias);
}

static void
whisper_front_list(struct list *l, struct encoder_weights *w,
                   const struct encoder_config *c, const char *prefix)
{
	for (size_t i = 0; i < c->convs; i++) {
		struct encoder_linear *conv = &w->conv[i].conv;
		size_t out = c->conv_width[i], in = encoder_conv_inputs(c, i);

		stem_set(l, "%sconv%zu.", prefix, i + 1);
		tensor_list(l, &conv->weight, "weight", START_FAN_IN,
		            (const size_t[]){ out, in, c->conv_taps[i], 0 });
		tensor_list(l, &conv->bias, "bias", START_ZERO,
		            (const size_t[]){ out, 0 });
	}
	stem_set(l, "%s", prefix);
	tensor_list(l, &w->positions, "embed_positions.weight",
	            START_SINUSOIDS,
	            (const size_t[]){ c->positions, c->width, 0 });
	norm_list(l, &w->norm, "layer_norm", c->width);
}

static void
front_list(struct list *l, struct encoder_weights *w,
           const struct encoder_config *c, const char *prefix,
           const struct encoder_spelling *s)
{
	size_t C = c->conv_width[c->convs - 1], H = c->width;

	stem_set(l, "%s", prefix);
	if (c->projection_norm)
		norm_list(l, &w->projection_norm,
		          "feature_projection.layer_norm", C);
	linear_list(l, &w->projection, "feature_projection.projection",
	            START_FAN_IN, H, C);
	if (s->mask)
		tensor_list(l, &w->mask, "masked_spec_embed",
		            START_ZERO_DECAYING,
		            (const size_t[]){ H, 0 });
	if (c->position_plain)
		positions_list(l, w, c, prefix);
	else
		position_list(l, w, c, prefix, s);
	stem_set(l, "%sencoder.", prefix);
	norm_list(l, &w->norm, "layer_norm", H);
}

/* WavLM: the gate, and the first layer's bias of distances. */
static void
relative_list(struct list *l, struct encoder_weights *w, size_t n,
              const struct encoder_config *c)
{
	struct encoder_layer *layer = &w->layer[n];

	tensor_list(l, &layer->gate_scale, "attention.gru_rel_pos_const",
	            START_ONE_DECAYING,
	            (const size_t[]){ 1, c->heads, 1, 1, 0 });
	linear_list(l, &layer->gate, "attention.gru_rel_pos_linear",
	            START_FAN_IN, GATE_ROWS, c->width / c->heads);
	if (n == 0)
		tensor_list(l, &w->distance, "attention.rel_attn_embed.weight",
		            START_FAN_IN,
		            (const size_t[]){ c->buckets, c->heads, 0 });
}

/* Nothing where the configuration has no adapters. */
static void
adapter_list(struct list *l, struct encoder_adapter *adapter, const char *leaf,
             const struct encoder_config *c)
{
	char name[NAME];

	if (!c->lora)
		return;
	snprintf(name, sizeof name, "%s.lora_A", leaf);
	tensor_list(l, &adapter->a, name, START_FAN_IN,
	            (const size_t[]){ c->lora, c->width, 0 });
	snprintf(name, sizeof name, "%s.lora_B", leaf);
	tensor_list(l, &adapter->b, name, START_ZERO_DECAYING,
	            (const size_t[]){ c->width, c->lora, 0 });
}

static void
layer_list(struct list *l, struct encoder_weights *w, size_t n,
           const struct encoder_config *c, const char *prefix)
{
	bool whisper = c->family == ENCODER_WHISPER;
	const struct layer_names *name =
		whisper ? &whisper_names : &wav2vec2_names;
	struct encoder_layer *layer = &w->layer[n];
	size_t H = c->width, F = c->inner;

	stem_set(l, "%s%slayers.%zu.", prefix, whisper ? "" : "encoder.", n);
	linear_list(l, &layer->q, name->q, START_FAN_IN, H, H);
	(whisper ? matrix_list : linear_list)(l, &layer->k, name->k,
	                                      START_FAN_IN, H, H);
	linear_list(l, &layer->v, name->v, START_FAN_IN, H, H);
	linear_list(l, &layer->out, name->out, START_FAN_IN, H, H);
	if (c->family == ENCODER_WAVLM)
		relative_list(l, w, n, c);
	norm_list(l, &layer->attention_norm, name->attention_norm, H);
	linear_list(l, &layer->wide, name->wide, START_FAN_IN, F, H);
	linear_list(l, &layer->narrow, name->narrow, START_FAN_IN, H, F);
	norm_list(l, &layer->norm, "final_layer_norm", H);
	adapter_list(l, &layer->q_lora, name->q, c);
	adapter_list(l, &layer->v_lora, name->v, c);
}

static void
head_list(struct list *l, struct encoder_weights *w,
          const struct encoder_config *c, const struct encoder_spelling *s)
{
	bool dense = c->head == ENCODER_HEAD_DENSE;

	stem_set(l, "%s", "");
	if (c->layer_sum)
		tensor_list(l, &w->layer_weight, "layer_weights",
		            START_ZERO_DECAYING,
		            (const size_t[]){ c->layers + 1, 0 });
	if (c->pooling == ENCODER_POOL_ATTENTION)
		tensor_list(l, &w->attention, "pooling.attention",
		            START_ZERO_DECAYING,
		            (const size_t[]){ c->layer_sum ? c->layers + 1 : 1,
		                              c->width, 0 });
	linear_list(l, &w->projector, dense ? "classifier.dense" : "projector",
	            START_NARROW, c->projector, encoder_pooled_width(c));
	linear_list(l, &w->classifier,
	            !dense ? "classifier"
	            : s->output ? "classifier.output" : "classifier.out_proj",
	            START_NARROW, c->labels, c->projector);
}

void
encoder_layout(struct params *p, struct encoder_weights *w,
               const struct encoder_config *c,
               const struct encoder_spelling *spelling)
{
	/* those of any head, of pre-training, and of Whisper's decoder */
	static const char *const ignored[] = {
		"layer_weights", "projector.", "classifier.", "pooling.",
		/* of pre-training, CTC and decoders, also beside a head */
		"quantizer.", "project_q.", "project_hid.", "lm_head.",
		"ctc_proj.", "speaker_proj.", "label_embeddings_concat",
		"decoder.", "model.decoder.", "proj_out.",
		/* a count of batches, of no use */
		"hubert." BATCHES, BATCHES, NULL
	};
	enum { OF_HEADS = 4 };
	const char *prefix = spelling->prefix ? spelling->prefix
	                                      : family_prefix[c->family][0];
	struct list l = { .params = p };

	*w = (struct encoder_weights){
		.layer = xcalloc(c->layers, sizeof *w->layer)
	};
	if (c->family == ENCODER_WHISPER) {
		whisper_front_list(&l, w, c, prefix);
	} else {
		convolutions_list(&l, w, c, prefix);
		front_list(&l, w, c, prefix, spelling);
	}
	for (size_t n = 0; n < c->layers; n++)
		layer_list(&l, w, n, c, prefix);
	p->ignored = ignored;
	if (c->head == ENCODER_HEAD_NONE)
		return;
	head_list(&l, w, c, spelling);
	p->ignored = ignored + OF_HEADS;
}

void
encoder_weights_release(struct encoder_weights *w)
{
	free(w->layer);
	*w = (struct encoder_weights){ .layer = NULL };
}

static bool
has(const struct safetensors *s, const char *prefix, const char *name)
{
	char whole[NAME];

	snprintf(whole, sizeof whole, "%s%s", prefix, name);
	return safetensors_find(s, whole) != NULL;
}

void
encoder_spelling_read(struct encoder_spelling *spelling,
                      const struct safetensors *s, enum encoder_family family)
{
	const char *always = family == ENCODER_WHISPER
		? "conv1.weight" : "feature_projection.projection.weight";
	const char *const *prefix = family_prefix[family];
	size_t i = 0;

	while (i < PREFIXES && prefix[i] && !has(s, prefix[i], always))
		i++;
	spelling->prefix = prefix[i < PREFIXES && prefix[i] ? i : 0];
	spelling->parametrized = has(s, spelling->prefix,
	                             "encoder.pos_conv_embed.conv."
	                             "parametrizations.weight.original0");
	spelling->mask = has(s, spelling->prefix, "masked_spec_embed");
	spelling->output = has(s, "", "classifier.output.weight");
}
