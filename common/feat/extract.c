#include "feat/deltas.h"
#include "feat/extract.h"

enum { LIFTER = 22 }; /* Kaldi's default for cepstra */

void
extractor_init(struct extractor *e, const struct features_type *type)
{
	int bands = type->kind == FEATURES_MFCC ? type->bands : type->columns;
	struct fbank_options options = FBANK_OPTIONS_INIT;

	*e = (struct extractor){
		.type = *type, .bands = (size_t)bands
	};
	options.rate = type->rate;
	options.window = type->window;
	options.hop = type->hop;
	options.scale = type->scale;
	options.bands = bands;
	fbank_init(&e->fbank, &options);
	if (type->kind == FEATURES_MFCC)
		mfcc_init(&e->mfcc, e->bands, (size_t)type->columns, LIFTER);
	if (type->pitch)
		pitch_init(&e->pitch, type->rate, type->window, type->hop);
}

size_t
extractor_rows(const struct extractor *e, size_t samples)
{
	return fbank_rows(&e->fbank, samples);
}

/* The log-mel or cepstral columns, and the energy unless it is NULL. */
static void
spectrum_forward(float *out, float *energy, size_t stride,
                 const float *audio, size_t rows, struct arena *scratch,
                 const struct extractor *e)
{
	float *mel;

	switch (e->type.kind) {
	case FEATURES_FBANK:
		fbank_forward(out, energy, stride, audio, rows, &e->fbank);
		break;
	case FEATURES_MFCC:
		mel = arena_floats(scratch, rows * (e->bands + 1));
		fbank_forward(mel, energy ? mel + e->bands : NULL,
		              e->bands + 1, audio, rows, &e->fbank);
		mfcc_forward(out, stride, mel, e->bands + 1, rows, &e->mfcc);
		for (size_t t = 0; energy && t < rows; t++)
			energy[t * stride] =
				mel[t * (e->bands + 1) + e->bands];
		break;
	}
}

void
extractor_forward(float *out, const float *audio, size_t samples, size_t rows,
                  struct arena *scratch, const struct extractor *e)
{
	size_t stride = features_width(&e->type);
	float *extra = e->type.pitch ? out + e->type.columns : NULL;

	spectrum_forward(out, extra ? extra + 2 : NULL, stride, audio, rows,
	                 scratch, e);
	if (extra)
		pitch_forward(extra, extra + 1, stride, audio, samples, rows,
		              scratch, &e->pitch);
	if (e->type.deltas > 0)
		deltas_forward(out, stride, rows,
		               features_static_width(&e->type),
		               e->type.deltas);
}

void
extractor_release(struct extractor *e)
{
	fbank_release(&e->fbank);
	if (e->type.kind == FEATURES_MFCC)
		mfcc_release(&e->mfcc);
	if (e->type.pitch)
		pitch_release(&e->pitch);
}
