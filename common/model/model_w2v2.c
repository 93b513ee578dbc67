#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/model_kinds.h"
#include "stream/fields.h"
#include "stream/frame.h"

void
model_w2v2_release(struct model *m)
{
	struct w2v2 *n = m->network;

	w2v2_config_release(&n->config);
	w2v2_weights_release(&n->weights);
	w2v2_folded_release(&n->folded);
	free(n);
}

/* The fewest samples that make a row: how far one row looks. */
static size_t
samples_least(const struct w2v2_config *c)
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
	double most = (double)m->seconds * W2V2_RATE;

	if (m->seconds <= 0 || (double)samples <= most)
		return samples;
	warn("%s: %.1f s long, %s hears the first %g s of it "
	     "(--max-seconds)", frame_id(f), (double)samples / W2V2_RATE,
	     m->name, (double)m->seconds);
	return (size_t)most;
}

float *
model_w2v2_view(const struct model *m, struct frame *f, size_t *rows,
                const char **why)
{
	const struct tensor *audio = frame_need(f, FIELD_AUDIO, 1, why);
	const struct w2v2_config *c = &m->network->config;
	double rate = frame_number(f, FIELD_RATE, W2V2_RATE);
	float *view;

	if (!audio)
		return NULL;
	if (fabs(rate - W2V2_RATE) > 0) {
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
		w2v2_normalize(view, audio->data, *rows);
	else
		memcpy(view, audio->data, *rows * sizeof *view);
	return view;
}

bool
model_w2v2_is(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

void
model_w2v2_open(struct model *m)
{
	die("%s: a directory", m->name);
}

void
model_w2v2_own(struct model *m)
{
	(void)m;
}
