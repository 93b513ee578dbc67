#include <math.h>
#include <stdio.h>

#include "audio/recording.h"

/* The input of resample.h: the part's samples at the file's rate. */
static size_t
part_read(void *context, float *samples, size_t count)
{
	struct recording *s = context;
	uint64_t left = s->end - s->wav.position;
	size_t got;

	if (s->why)
		return 0;
	if (s->bounded && count > left)
		count = (size_t)left;
	s->why = audiofile_read(&s->wav, samples, count, &got);
	if (s->why || !s->bounded || got == count)
		return got;
	left -= got;
	if ((double)left > RECORDING_END_TOLERANCE * s->wav.rate) {
		snprintf(s->wav.why, sizeof s->wav.why,
		         "ends at %.2f s, before its part does (%.2f s)",
		         (double)s->wav.position / s->wav.rate,
		         (double)s->end / s->wav.rate);
		s->why = s->wav.why;
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
recording_open(struct recording *s, const char *path,
            const struct audiofile_options *options, int rate, double begin,
            double end)
{
	*s = (struct recording){ .rate = rate, .bounded = end >= 0 };
	s->why = audiofile_open(&s->wav, path, options);
	if (s->why)
		return s->why;
	s->begin = frames_round(begin, s->wav.rate);
	s->end = s->bounded ? frames_round(end, s->wav.rate) : 0;
	s->why = audiofile_skip(&s->wav, s->begin);
	if (!s->why)
		resample_init(&s->resample, s->wav.rate, rate, part_read, s);
	return s->why;
}

size_t
recording_expected(const struct recording *s)
{
	uint64_t end = s->wav.frames;

	if (!s->wav.counted)
		return 0;
	if (s->bounded && s->end < end) /* the table may be wrong */
		end = s->end;
	if (end <= s->wav.position)
		return 0;
	return (size_t)ceil((double)(end - s->wav.position) * s->rate /
	                    s->wav.rate) + 1;
}

size_t
recording_read(struct recording *s, float *samples, size_t count)
{
	return s->why ? 0 : resample_read(&s->resample, samples, count);
}

void
recording_close(struct recording *s)
{
	resample_release(&s->resample);
	audiofile_close(&s->wav);
}
