/*
 * recording.h - reads a recording, or a part of one, at the rate wanted
 *
 * The part is cut out of the file first and then resampled.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/audiofile.h"
#include "audio/resample.h"

/* Times in tables are rounded: a part may end this much past the file, s. */
#define RECORDING_END_TOLERANCE .02

struct recording {
	struct audiofile wav;
	struct resample resample;
	int rate;                 /* of the samples returned, Hz */
	uint64_t begin, end;      /* of the part, in frames of the file */
	bool bounded;             /* end is given */
	const char *why;          /* what went wrong, or NULL */
};

/*
 * path "-" is standard input.  The part begins and ends at the seconds given;
 * end < 0 is the end of the file.  Returns NULL or the reason.  Call
 * recording_close after a failure too.
 */
const char *recording_open(struct recording *r, const char *path,
                           const struct audiofile_options *options, int rate,
                           double begin, double end);

/* Samples still to come, rounded up; 0 where that is unknown. */
size_t recording_expected(const struct recording *r);

/* Reads count samples, fewer only at the end or where r->why is set. */
size_t recording_read(struct recording *r, float *samples, size_t count);

void recording_close(struct recording *r);
