#include "feat/extract.h"

void
extractor_init(struct extractor *e, const struct features_type *type,
               int bands)
{
	struct fbank_options options = FBANK_OPTIONS_INIT;

	*e = (struct extractor){ .type = *type, .bands = bands };
	options.rate = type->rate;
	options.window = type->window;
	options.hop = type->hop;
	options.scale = type->scale;
	options.bands = bands;
	fbank_init(&e->fbank, &options);
	if (type->pitch)
		pitch_init(&e->pitch, type->rate, type->window, type->hop);
}

size_t
extractor_rows(const struct extractor *e, size_t samples)
{
	return fbank_rows(&e->fbank, samples);
}

/* The columns before deltas, rows `stride` floats apart. */
static void
static_forward(float *out, size_t stride, const float *audio, size_t samples,
               size_t rows, struct arena *scratch, const struct extractor *e)
{
	size_t columns = (size_t)e->type.columns;
	float *extra = e->type.pitch ? out + columns : NULL;

	fbank_forward(out, extra ? extra + 2 : NULL, stride, audio, rows,
	              &e->fbank);
	if (extra)
		pitch_forward(extra, extra + 1, stride, audio, samples, rows,
		              scratch, &e->pitch);
}

void
extractor_forward(float *out, const float *audio, size_t samples, size_t rows,
                  struct arena *scratch, const struct extractor *e)
{
	static_forward(out, features_width(&e->type), audio, samples, rows,
	               scratch, e);
}

void
extractor_release(struct extractor *e)
{
	fbank_release(&e->fbank);
	if (e->type.pitch)
		pitch_release(&e->pitch);
}
