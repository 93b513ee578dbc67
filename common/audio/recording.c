#include <math.h>
#include <stdio.h>

#include "audio/recording.h"

/* The input of resample.h: the part's samples at the file's rate. */
static size_t
part_read(void *context, float *samples, size_t count)
{
	struct recording *r = context;
	uint64_t left = r->end - r->wav.position;
	size_t got;

	if (r->why)
		return 0;
	if (r->bounded && count > left)
		count = (size_t)left;
	r->why = audiofile_read(&r->wav, samples, count, &got);
	if (r->why || !r->bounded || got == count)
		return got;
	left -= got;
	if ((double)left > RECORDING_END_TOLERANCE * r->wav.rate) {
		snprintf(r->wav.why, sizeof r->wav.why,
		         "ends at %.2f s, before its part does (%.2f s)",
		         (double)r->wav.position / r->wav.rate,
		         (double)r->end / r->wav.rate);
		r->why = r->wav.why;
	}
	return got;
}

/* The limit is beyond the end of any file and fits an integer. */
static uint64_t
frames_round(double seconds, int rate)
{
	return (uint64_t)llround(fmin(seconds * rate, 0x1p60));
}

const char *
recording_open(struct recording *r, const char *path,
            const struct audiofile_options *options, int rate, double begin,
            double end)
{
	*r = (struct recording){ .rate = rate, .bounded = end >= 0 };
	r->why = audiofile_open(&r->wav, path, options);
	if (r->why)
		return r->why;
	r->begin = frames_round(begin, r->wav.rate);
	r->end = r->bounded ? frames_round(end, r->wav.rate) : 0;
	r->why = audiofile_skip(&r->wav, r->begin);
	if (!r->why)
		resample_init(&r->resample, r->wav.rate, rate, part_read, r);
	return r->why;
}

size_t
recording_expected(const struct recording *r)
{
	uint64_t end = r->wav.frames;

	if (!r->wav.counted)
		return 0;
	if (r->bounded && r->end < end) /* the table may be wrong */
		end = r->end;
	if (end <= r->wav.position)
		return 0;
	return (size_t)ceil((double)(end - r->wav.position) * r->rate /
	                    r->wav.rate) + 1;
}

size_t
recording_read(struct recording *r, float *samples, size_t count)
{
	return r->why ? 0 : resample_read(&r->resample, samples, count);
}

void
recording_close(struct recording *r)
{
	resample_release(&r->resample);
	audiofile_close(&r->wav);
}
