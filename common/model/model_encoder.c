#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/encoder.h"
#include "encoder/open.h"
#include "model/model_kinds.h"
#include "stream/fields.h"
#include "stream/frame.h"

void
model_encoder_release(struct model *m)
{
	struct encoder *n = m->network;

	if (m->packed)
		encoder_packed_release(m->packed);
	free(m->packed);
	encoder_weights_release(&n->weights);
	wav2vec2_folded_release(&n->folded);
	free(n);
	encoder_directory_release(m->directory);
	free(m->directory);
	safetensors_release(&m->training);
}

/* The fewest samples that make a row: how far one row looks. */
static size_t
samples_least(const struct encoder_config *c)
{
	size_t samples = 1;

	for (size_t i = c->convs; i-- > 0;)
		samples = (samples - 1) * c->conv_stride[i] + c->conv_taps[i];
	return samples;
}

/* How many of the utterance's samples are heard; names what is cut. */
static size_t
samples_heard(const struct model *m, struct frame *f, size_t samples)
{
	double most = (double)m->seconds * ENCODER_RATE;

	if (m->seconds <= 0 || (double)samples <= most)
		return samples;
	warn("%s: %.1f s long, %s hears the first %g s of it "
	     "(--max-seconds)",
	     frame_id(f), (double)samples / ENCODER_RATE, m->name,
	     (double)m->seconds);
	return (size_t)most;
}

float *
model_encoder_view(const struct model *m, struct frame *f, size_t *rows,
                   const char **why)
{
	const struct tensor *audio = frame_need(f, FIELD_AUDIO, 1, why);
	const struct encoder_config *c = &m->network->config;
	double rate = frame_number(f, FIELD_RATE, ENCODER_RATE);
	float *view;

	if (!audio)
		return NULL;
	if (fabs(rate - ENCODER_RATE) > 0) {
		*why = "its rate is not 16 kHz (see wavread --rate)";
		return NULL;
	}
	*rows = samples_heard(m, f, audio->dim[0]);
	if (*rows < samples_least(c)) {
		*why = "too short: the model's first row needs more samples";
		return NULL;
	}
	view = arena_floats(&f->arena, *rows);
	if (c->normalize)
		encoder_normalize(view, audio->data, *rows);
	else
		memcpy(view, audio->data, *rows * sizeof *view);
	return view;
}

bool
model_encoder_is(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* A network lends the door its labels. */
static void
classes_set(struct model *m)
{
	const struct encoder_config *c = &m->network->config;

	m->classes = xcalloc(c->labels, sizeof *m->classes);
	for (size_t k = 0; k < c->labels; k++)
		m->classes[k] = c->label[k];
	m->class_count = c->labels;
	m->regression = c->regression;
}

/* Where the convolutions' parameters end: they come first. */
static size_t
convolutions_end(const struct params *p, const struct encoder_weights *w)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->param[i].slot == &w->projection.weight ||
		    p->param[i].slot == &w->projection_norm.gain)
			return p->param[i].offset;
	return 0;
}

/* Looks at all weights, and makes of them what the kernels want. */
static void
weights_prepare(struct model *m)
{
	struct encoder *n = m->network;
	char *reason = params_finite(&m->params);

	if (reason)
		die("%s: %s", m->name, reason);
	wav2vec2_folded_init(&n->folded, &n->config);
	wav2vec2_fold(&n->folded, &n->weights, &n->config);
	if (!m->packed)
		return;
	encoder_pack(m->packed, &n->weights, &n->folded, &n->config,
	             &m->directory->files.weights);
	wav2vec2_folded_release(&n->folded);
}

void
model_encoder_open(struct model *m, enum precision precision)
{
	struct encoder *n = m->network = xcalloc(1, sizeof *n);
	struct encoder_directory *d = m->directory = xcalloc(1, sizeof *d);
	const char *why =
		encoder_directory_open(d, m->name, ENCODER_USE_CLASSIFIER);
	char *reason;

	if (why)
		die("%s", why);
	n->config = d->config;
	n->spelling = d->spelling;
	encoder_layout(&m->params, &n->weights, &n->config, &n->spelling);
	reason = params_map(&m->params, &d->files.weights, &m->block);
	if (reason)
		die("%s: %s", m->name, reason);
	n->convolutions = convolutions_end(&m->params, &n->weights);
	classes_set(m);
	if (precision_rounds(precision))
		m->packed = xcalloc(1, sizeof *m->packed);
	if (!m->packed || !encoder_packed_find(m->packed, &n->weights,
	                                       &n->config, &d->files.weights,
	                                       m->name))
		weights_prepare(m);
}

void
model_encoder_infer(const struct model *m, float *logits, float *embedding,
                    const float *view, size_t rows, struct arena *arena)
{
	encoder_infer(m->network, m->packed, logits, embedding, view, rows,
	              arena);
}

void
model_encoder_own(struct model *m)
{
	struct encoder *n = m->network;
	char *reason;

	free(m->block);
	m->block = xmalloc(m->params.length, sizeof *m->block);
	reason = params_load(m->block, &m->params,
	                     &m->directory->files.weights);
	if (reason)
		die("%s: %s", m->name, reason);
	params_bind(&m->params, m->block);
	wav2vec2_fold(&n->folded, &n->weights, &n->config);
	reason = directory_training(&m->training, &m->directory->files);
	if (reason)
		die("%s: %s", m->name, reason);
}

void
model_encoder_write(const char *path, const struct model *m,
                    enum safetensors_type type,
                    const struct safetensors_source *extra, size_t extras,
                    const struct safetensors_text *text, size_t texts)
{
	const struct encoder_contents contents = {
		.from = m->directory, .config = &m->network->config,
		.params = &m->params, .type = type,
		.metadata = text, .metadata_count = texts,
		.training = extra, .trainings = extras,
	};

	encoder_directory_write(path, &contents);
}
