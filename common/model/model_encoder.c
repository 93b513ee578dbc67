/*
 * model_encoder.c - wav2vec 2.0, HuBERT, WavLM and Whisper as a kind of model
 *
 * All calls from model/ to encoder/ are in this file.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/encoder.h"
#include "encoder/open.h"
#include "model/model_encoder.h"
#include "model/model_kind.h"
#include "nn/linear_bf16.h"
#include "stream/fields.h"
#include "stream/frame.h"

struct encoder *
model_encoder_of(const struct model *m)
{
	return &((struct model_encoder *)m->state)->encoder;
}

/* Where the convolutions' parameters end: they come first. */
static size_t
convolutions_end(const struct params *p, const struct encoder_weights *w)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->param[i].slot == &w->projection.weight ||
		    p->param[i].slot == &w->projection_norm.gain ||
		    p->param[i].slot == &w->positions)
			return p->param[i].offset;
	return 0;
}

/* The classes' names stay the configuration's. */
static void
classes_set(struct model *m, const struct encoder_config *c)
{
	m->classes = xcalloc(c->labels, sizeof *m->classes);
	for (size_t k = 0; k < c->labels; k++)
		m->classes[k] = c->label[k];
	m->class_count = c->labels;
	m->regression = c->regression;
}

/* The parameters that are adapters, or the others; the caller releases them. */
static struct params
adapters_part(const struct model *m, bool adapters)
{
	const struct encoder *n = model_encoder_of(m);
	const struct params *p = &m->params;
	struct params part = {
		.param = xcalloc(p->count, sizeof *p->param),
		.ignored = p->ignored
	};

	for (size_t i = 0; i < p->count; i++)
		if (encoder_lora_has(&n->weights, &n->config,
		                     p->param[i].slot) == adapters)
			part.param[part.count++] = p->param[i];
	return part;
}

/* Copies the weights, to be trained; adapters that the file lacks are fresh. */
static char *
weights_load(struct model *m, const struct model_options *options)
{
	const struct model_encoder *e = m->state;
	bool fresh = e->encoder.config.lora > e->directory.config.lora;
	struct params file = fresh ? adapters_part(m, false) : m->params;
	char *why;

	m->block = xmalloc(m->params.length, sizeof *m->block);
	why = params_load(m->block, &file, m->file);
	params_bind(&m->params, m->block);
	if (fresh) {
		struct params adapters = adapters_part(m, true);

		params_start(m->block, &adapters, options->seed);
		params_release(&adapters);
		params_release(&file);
	}
	return why;
}

/* The weights stay in the mapped file, or are copied to be trained. */
static void
weights_read(struct model *m, const struct model_options *options)
{
	char *why = options->train
		? weights_load(m, options)
		: params_map(&m->params, m->file, &m->block);

	if (why)
		die("%s: %s", m->name, why);
}

/* Adapters are kept apart to be trained, and merged for all else. */
static char *
adapters_prepare(struct model *m, struct model_encoder *e, bool train)
{
	struct encoder *n = &e->encoder;

	if (train)
		encoder_lora_init(&n->lora, &n->weights, &n->config);
	if (train || !n->config.lora)
		return NULL;
	e->merged = encoder_lora_merge(&m->params, &n->weights, &n->config);
	return params_finite(&m->params);
}

/* Checks all weights, and computes from them what the kernels need. */
static void
weights_prepare(struct model *m, struct model_encoder *e, bool train)
{
	struct encoder *n = &e->encoder;
	char *why = params_finite(&m->params);

	if (!why)
		why = adapters_prepare(m, e, train);
	if (why)
		die("%s: %s", m->name, why);
	encoder_folded_init(&n->folded, &n->config);
	encoder_fold(&n->folded, &n->weights, &n->config);
	if (e->quantised)
		encoder_pack_int8(&e->packed, &n->weights, &n->folded,
		                  &n->config, m->file);
	if (!e->rounded)
		return;
	encoder_pack(&e->packed, &n->weights, &n->folded, &n->config, m->file);
	encoder_folded_release(&n->folded);
}

static void
training_read(struct model *m, struct model_encoder *e)
{
	char *why = directory_training(&e->training, &e->directory.files);

	if (why)
		die("%s: %s", m->name, why);
}

/* The rank to train with: that of the directory, where it has adapters. */
static size_t
rank_find(const struct model *m, const struct model_options *options)
{
	const struct model_encoder *e = m->state;
	size_t rank = e->directory.config.lora;

	if (options->train && rank && !options->lora)
		die("%s: has adapters of rank %zu (give --lora %zu; "
		    "student-export merges them)", m->name, rank, rank);
	if (options->train && rank && options->lora != rank)
		die("%s: has adapters of rank %zu, not of --lora %zu",
		    m->name, rank, options->lora);
	return options->train ? options->lora : rank;
}

/* Whisper has rows for so many samples. */
static size_t
positions_samples(const struct encoder_config *c)
{
	return c->positions * c->conv_stride[1] * WHISPER_MEL_HOP;
}

/* The seconds that are read: Whisper has rows for so many. */
static float
seconds_most(const struct encoder_config *c,
             const struct model_options *options)
{
	float most = (float)positions_samples(c) / ENCODER_RATE;
	float wanted = options->seconds;

	if (c->family != ENCODER_WHISPER)
		return wanted;
	return options->seconds_given && wanted < most ? wanted : most;
}

static void
encoder_model_open(struct model *m, const char *path,
                   const struct model_options *options)
{
	struct model_encoder *e = m->state = xcalloc(1, sizeof *e);
	struct encoder *n = &e->encoder;
	const char *why = encoder_directory_open(
		&e->directory, path, options->headless
		? ENCODER_USE_ENCODER : ENCODER_USE_CLASSIFIER);

	if (why)
		die("%s", why);
	m->input = MODEL_AUDIO;
	m->file = &e->directory.files.weights;
	m->training = &e->training;
	n->config = e->directory.config;
	n->config.lora = rank_find(m, options);
	if (options->headless)
		n->config.clip = !options->full;
	n->spelling = e->directory.spelling;
	if (n->config.family == ENCODER_WHISPER)
		whisper_mel_init(&e->mel, n->config.inputs);
	e->seconds = seconds_most(&n->config, options);
	e->rounded = !options->train && precision_rounds(options->precision);
	e->quantised = !options->train &&
		options->precision == PRECISION_INT8;
	encoder_layout(&m->params, &n->weights, &n->config, &n->spelling);
	weights_read(m, options);
	n->convolutions = convolutions_end(&m->params, &n->weights);
	classes_set(m, &n->config);
	if (!e->rounded || !encoder_packed_find(&e->packed, &n->weights,
	                                        &n->config, m->file, m->name))
		weights_prepare(m, e, options->train);
	/* the state of others is not that of new adapters */
	if (options->train && n->config.lora == e->directory.config.lora)
		training_read(m, e);
}

static void
encoder_model_release(void *state)
{
	struct model_encoder *e = state;

	if (e->rounded || e->quantised)
		encoder_packed_release(&e->packed);
	encoder_weights_release(&e->encoder.weights);
	encoder_folded_release(&e->encoder.folded);
	encoder_lora_release(&e->encoder.lora);
	free(e->merged);
	encoder_directory_release(&e->directory);
	safetensors_release(&e->training);
	if (e->mel.window)
		whisper_mel_release(&e->mel);
	free(e);
}

static size_t
embedding_length(const struct model *m)
{
	return encoder_embedding_length(&model_encoder_of(m)->config);
}

/* The fewest samples that make a row: how far one row looks. */
static size_t
samples_least(const struct encoder_config *c)
{
	size_t samples = 1;

	if (c->family == ENCODER_WHISPER)
		return c->clip ? WHISPER_MEL_LEAST : 1;
	for (size_t i = c->convs; i-- > 0;)
		samples = (samples - 1) * c->conv_stride[i] + c->conv_taps[i];
	return samples;
}

/* How many of the utterance's samples are read; warns of what is cut. */
static size_t
samples_cut(const struct model *m, struct frame *f, size_t samples)
{
	const struct model_encoder *e = m->state;
	double most = (double)e->seconds * ENCODER_RATE;

	if (e->seconds <= 0 || (double)samples <= most)
		return samples;
	warn("%s: is %.1f s long, %s reads the first %g s (--max-seconds)",
	     frame_id(f), (double)samples / ENCODER_RATE, m->name,
	     (double)e->seconds);
	return (size_t)most;
}

/* The view of audio [N]: samples, or Whisper's spectrogram. */
static struct model_view
audio_view(const struct model_encoder *e, const float *audio, size_t N,
           struct arena *arena)
{
	const struct encoder_config *c = &e->encoder.config;
	size_t length = c->clip ? N : positions_samples(c);
	struct model_view v = { .count = N, .width = 1 };
	float *rows;

	if (c->family == ENCODER_WHISPER) {
		v.count = whisper_mel_rows(length);
		v.width = c->inputs;
	}
	v.rows = rows = arena_floats(arena, v.count * v.width);
	if (c->family == ENCODER_WHISPER)
		whisper_mel_forward(rows, audio, N, length, &e->mel);
	else if (c->normalize)
		encoder_normalize(rows, audio, N);
	else
		memcpy(rows, audio, N * sizeof *rows);
	return v;
}

static const char *
encoder_model_view(struct model_view *view, const struct model *m,
                   struct frame *f)
{
	const char *why = NULL;
	const struct tensor *audio = frame_need(f, FIELD_AUDIO, 1, &why);
	const struct encoder_config *c = &model_encoder_of(m)->config;
	double rate = frame_number(f, FIELD_RATE, ENCODER_RATE);
	size_t count;

	if (!audio)
		return why;
	if (fabs(rate - ENCODER_RATE) > 0)
		return "its rate is not 16 kHz (see wavread --rate)";
	count = samples_cut(m, f, audio->dim[0]);
	if (count < samples_least(c))
		return "too short for one row of the model";
	*view = audio_view(m->state, audio->data, count, &f->arena);
	return NULL;
}

static const struct encoder_packed *
packed_of(const struct model_encoder *e)
{
	return e->rounded || e->quantised ? &e->packed : NULL;
}

static void
encoder_model_infer(const struct model *m, float *logits, float *embedding,
                    const struct model_view *view, struct arena *arena)
{
	const struct model_encoder *e = m->state;

	encoder_infer(&e->encoder, packed_of(e), logits,
	              embedding, view->rows, view->count, arena);
}

static void
encoder_model_encoding(const struct model *m, size_t *layers, size_t *width)
{
	const struct encoder_config *c = &model_encoder_of(m)->config;

	*layers = c->layers;
	*width = 2 * c->width;
}

static void
encoder_model_encode(const struct model *m, float *encoding, size_t layers,
                     const struct model_view *view, struct arena *arena)
{
	const struct model_encoder *e = m->state;

	encoder_encode(&e->encoder, packed_of(e), encoding,
	               layers, view->rows, view->count, arena);
}

static void
encoder_model_write(const char *path, const struct model *m,
                    const struct safetensors_extras *extras)
{
	const struct model_encoder *e = m->state;
	const struct encoder_contents contents = {
		.from = &e->directory, .config = &e->encoder.config,
		.params = &m->params, .extras = *extras
	};

	encoder_directory_write(path, &contents);
}

/* "512x10/5 512x3/2": channels, taps, stride. */
static void
convolutions_describe(struct model_texts *t, const struct encoder_config *c)
{
	char value[ENCODER_CONVS_MAX * 20];
	size_t used = 0;

	for (size_t i = 0; i < c->convs; i++)
		used += (size_t)snprintf(value + used, sizeof value - used,
		                         "%s%zux%zu/%zu", i ? " " : "",
		                         c->conv_width[i], c->conv_taps[i],
		                         c->conv_stride[i]);
	model_texts_add(t, "convolutions", value);
}

static void
head_describe(struct model_texts *t, const struct encoder_config *c)
{
	static const char *const head[] = { "none", "projector", "dense" };

	if (c->head == ENCODER_HEAD_NONE)
		model_texts_add(t, "head", "none");
	else
		model_texts_printf(t, "head", "%s of %zu, reads %s",
		                   head[c->head], c->projector,
		                   c->layer_sum ? "all layers"
		                                : "the last layer");
	if (c->labels > 0)
		model_texts_add(t, "outputs",
		                c->regression ? "dimensions" : "classes");
	if (c->labels > 0)
		model_texts_add_classes(t, (const char *const *)c->label,
		                        c->labels);
}

static void
config_describe(struct model_texts *t, const struct encoder_config *c)
{
	model_texts_add(t, "family", encoder_family_class(c->family));
	convolutions_describe(t, c);
	if (c->family == ENCODER_WHISPER)
		model_texts_printf(t, "reads", "log-mel of %zu bands, %s",
		                   c->inputs, c->clip ? "the utterance alone"
		                   : "padded to all positions");
	else
		model_texts_printf(t, "norms", "%s in convolutions, %s blocks "
		                   "in layers",
		                   c->conv_layer_norm ? "layer" : "group",
		                   c->stable ? "before" : "after");
	model_texts_printf(t, "width", "%zu", c->width);
	model_texts_printf(t, "layers", "%zu", c->layers);
	model_texts_printf(t, "heads", "%zu", c->heads);
	model_texts_printf(t, "inner", "%zu", c->inner);
	if (c->lora)
		model_texts_printf(t, "adapters", "rank %zu", c->lora);
	if (c->family != ENCODER_WHISPER)
		model_texts_add(t, "normalize", c->normalize ? "yes" : "no");
	head_describe(t, c);
}

static void
encoder_model_describe(struct model_description *d, const char *path)
{
	struct encoder_directory *directory = xcalloc(1, sizeof *directory);
	const char *why = encoder_directory_open(directory, path,
	                                         ENCODER_USE_ANY);

	if (why)
		die("%s", why);
	d->state = directory;
	d->file = &directory->files.weights;
	config_describe(&d->metadata, &directory->config);
}

static void
encoder_model_describe_end(void *state)
{
	encoder_directory_release(state);
	free(state);
}

/*
 * Training.  The whole batch passes through the network at once, utterance
 * beside utterance; threads share the work of each layer.  What the layers
 * cannot keep in o->memory is computed again on the way back.  Dropout and
 * masks are those of the model's config.json.
 */
struct encoder_training {
	struct encoder_weights gradient; /* bound to the trainer's block */
	struct encoder_folded dfolded;
	struct arena arena, scratch;
	struct encoder_pass *pass;
	bool *reached;                /* parameters, in this update */
	struct bf16_space space;      /* of products in bfloat16 */
	struct encoder_packed packed; /* convolutions that are frozen */
	const float **input;          /* of the batch at hand */
	size_t *lengths;
};

/* Where the parameters end that `layers` frozen layers leave alone. */
static size_t
frozen_end(const struct model *m, size_t layers)
{
	const struct encoder_weights *w = &model_encoder_of(m)->weights;
	size_t all = model_encoder_of(m)->config.layers;

	for (size_t i = 0; i < m->params.count; i++) {
		float **slot = m->params.param[i].slot;

		if (layers < all ? slot == &w->layer[layers].q.weight
		    : slot == &w->layer_weight || slot == &w->attention ||
		      slot == &w->projector.weight)
			return m->params.param[i].offset;
	}
	return m->params.length;
}

/* With adapters: whether it is none, and not of the head. */
static bool
training_stateless(const struct model_training *t, const struct param *p)
{
	const struct encoder *n = model_encoder_of(t->model);

	return n->config.lora &&
		!encoder_lora_has(&n->weights, &n->config, p->slot) &&
		p->offset < frozen_end(t->model, n->config.layers);
}

/*
 * The convolutions are frozen by default, and Whisper's positions always.  The
 * last norm of a network that norms first is listed with the front end.
 */
static bool
training_frozen(const struct model_training *t, const struct param *p)
{
	const struct encoder *n = model_encoder_of(t->model);
	const struct encoder_weights *w = &n->weights;
	size_t layers = (size_t)t->options->freeze;
	bool last = n->config.stable &&
		(p->slot == &w->norm.gain || p->slot == &w->norm.bias);

	if (training_stateless(t, p))
		return true;
	if (layers && !last && p->offset < frozen_end(t->model, layers))
		return true;
	return p->slot == &w->positions ||
		(!t->options->unfreeze && p->offset < n->convolutions);
}

/* Of linear layers of the encoder that stay, no gradient is computed. */
static void
gradient_forgo(struct encoder_weights *g, const struct encoder_config *c)
{
	static const struct encoder_linear none = { .weight = NULL };

	for (size_t i = 0; c->lora && i < c->layers; i++) {
		struct encoder_layer *layer = &g->layer[i];

		layer->q.bias = layer->v.bias = NULL;
		layer->k = layer->out = layer->wide = layer->narrow = none;
	}
}

static void *
training_begin(const struct model_training *t)
{
	const struct training_options *o = t->options;
	const struct encoder *n = model_encoder_of(t->model);
	struct params again = { .param = NULL };
	struct encoder_training *e;

	if ((size_t)o->freeze > n->config.layers)
		die("%s: has %zu layers, fewer than --freeze %d",
		    t->model->name, n->config.layers, o->freeze);
	e = xcalloc(1, sizeof *e);
	encoder_layout(&again, &e->gradient, &n->config, &n->spelling);
	params_bind(&again, t->gradient);
	params_release(&again);
	gradient_forgo(&e->gradient, &n->config);
	encoder_folded_init(&e->dfolded, &n->config);
	if (precision_rounds((enum precision)o->precision)) {
		e->space.unit = bf16_unit_find(NULL);
		if (!o->unfreeze)
			encoder_pack_convolutions(&e->packed, &n->folded,
			                          &n->config);
	}
	e->input = xcalloc((size_t)o->batch, sizeof *e->input);
	e->lengths = xcalloc((size_t)o->batch, sizeof *e->lengths);
	e->reached = xcalloc(t->model->params.count, sizeof *e->reached);
	return e;
}

static void
training_end(void *state)
{
	struct encoder_training *e = state;

	encoder_weights_release(&e->gradient);
	encoder_folded_release(&e->dfolded);
	arena_release(&e->arena);
	arena_release(&e->scratch);
	arena_release(&e->space.arena);
	encoder_packed_release(&e->packed);
	free(e->input);
	free(e->lengths);
	free(e->reached);
	free(e);
}

static char *
training_recipe(const struct model_training *t)
{
	const struct training_options *o = t->options;
	const struct model_encoder *e = t->model->state;

	return xasprintf("unfreeze %d\nfreeze %d\nlora %d\nplain %d\n"
	                 "precision %s\nmax-seconds %g", o->unfreeze,
	                 o->freeze, o->lora, o->plain,
	                 precision_rounds((enum precision)o->precision)
	                 ? "bf16" : "fp32", (double)e->seconds);
}

static void
training_forward(struct model_training *t, float *logits, float *embedding,
                 const struct model_view *view, size_t count,
                 const struct training_progress *progress)
{
	const struct training_options *o = t->options;
	struct encoder_training *e = t->state;
	const struct encoder_batch batch = {
		.count = count, .input = e->input, .lengths = e->lengths,
		.unfreeze = o->unfreeze, .plain = o->plain,
		.frozen = (size_t)o->freeze,
		.memory = (size_t)o->memory << 20, .seed = o->seed,
		/* no two batches of a training are alike */
		.step = (progress->passes << 32) + progress->batches,
		.space = e->space.unit ? &e->space : NULL,
		.packed = e->packed.unit ? &e->packed : NULL,
	};

	(void)embedding;
	for (size_t i = 0; i < count; i++) {
		e->input[i] = view[i].rows;
		e->lengths[i] = view[i].count;
	}
	arena_clear(&e->arena);
	e->pass = encoder_forward(logits, model_encoder_of(t->model), &batch,
	                          &e->arena, &e->scratch);
}

/* The gradients of adapters; of what they leave alone it is 0. */
static void
adapters_backward(struct model_training *t)
{
	const struct encoder *n = model_encoder_of(t->model);
	struct encoder_training *e = t->state;

	encoder_lora_backward(&e->gradient, &n->weights, &n->config);
	for (size_t i = 0; i < t->model->params.count; i++) {
		const struct param *p = &t->model->params.param[i];

		if (training_stateless(t, p))
			memset(t->gradient + p->offset, 0,
			       p->length * sizeof *t->gradient);
	}
}

static void
training_backward(struct model_training *t, const float *dlogits,
                  const float *dembedding)
{
	const struct encoder *n = model_encoder_of(t->model);
	struct encoder_training *e = t->state;

	(void)dembedding;
	/* the gradient of frozen convolutions is never written */
	if (t->options->unfreeze)
		memset(e->dfolded.block, 0,
		       e->dfolded.length * sizeof *e->dfolded.block);
	else
		memset(e->dfolded.position, 0,
		       e->dfolded.positions * sizeof *e->dfolded.position);
	for (size_t i = 0; i < t->model->params.count; i++)
		e->reached[i] |= encoder_pass_reaches(
			e->pass, t->model->params.param[i].slot);
	encoder_backward(&e->gradient, &e->dfolded, e->pass, dlogits,
	                 &e->arena, &e->scratch);
	if (n->config.lora)
		adapters_backward(t);
	else
		encoder_fold_backward(&e->gradient, &e->dfolded, &n->weights,
		                      &n->config, t->options->unfreeze);
}

/* As PyTorch does with parameters whose gradient is None. */
static bool
training_missed(const struct model_training *t, const struct param *p)
{
	const struct encoder_training *e = t->state;

	return !e->reached[p - t->model->params.param];
}

static void
training_changed(struct model_training *t)
{
	struct encoder *n = model_encoder_of(t->model);
	struct encoder_training *e = t->state;

	memset(e->reached, 0, t->model->params.count * sizeof *e->reached);

	if (n->config.lora)
		encoder_lora_update(&n->lora, &n->weights, &n->config);
	else if (t->options->unfreeze)
		encoder_fold(&n->folded, &n->weights, &n->config);
	else
		encoder_fold_position(&n->folded, &n->weights, &n->config);
}

static const char *const refused[] = {
	"spec-augment", "dropout", "head-dropout", "average", NULL
};

/* A running mean would take as much memory as the weights. */
static const struct model_training_kind training = {
	.rate = 3e-5f, .lora_rate = 5e-4f,
	.refused = refused,
	.refusal = "is for compact students; the dropout and masks of a "
	           "network are those of its config.json",
	.begin = training_begin, .end = training_end,
	.recipe = training_recipe,
	.forward = training_forward, .backward = training_backward,
	.frozen = training_frozen, .stateless = training_stateless,
	.missed = training_missed,
	.changed = training_changed
};

const struct model_kind model_encoder_kind = {
	.name = "network", .training = &training,
	.open = encoder_model_open, .release = encoder_model_release,
	.embedding_length = embedding_length,
	.view = encoder_model_view, .infer = encoder_model_infer,
	.encoding = encoder_model_encoding, .encode = encoder_model_encode,
	.write = encoder_model_write,
	.describe = encoder_model_describe,
	.describe_end = encoder_model_describe_end
};
