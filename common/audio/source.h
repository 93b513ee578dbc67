/*
 * source.h - a recording, or a part of one, at the rate wanted
 *
 * wav.h and resample.h joined: a part is cut out of the file first and
 * resampled by itself.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/audiofile.h"
#include "audio/resample.h"

/* Times in tables are rounded: so many s past the end are no mistake. */
#define SOURCE_END_TOLERANCE .02

struct source {
	struct audiofile wav;
	struct resample resample;
	int rate;                 /* of what is read from here */
	uint64_t begin, end;      /* of the part, in the file's frames */
	bool bounded;             /* end is given */
	const char *why;          /* what has gone wrong, once it has */
};

/*
 * path "-" is standard input.  The part begins and ends at the seconds given;
 * end < 0 is the end of the file.  Returns NULL or the reason.  source_close
 * is due also after a failure.
 */
const char *source_open(struct source *s, const char *path,
                        const struct audiofile_options *options, int rate,
                        double begin, double end);

/* Samples that are still to come, rounded up; 0 where nobody knows. */
size_t source_expected(const struct source *s);

/* Reads count samples, fewer only at the end or when s->why is set. */
size_t source_read(struct source *s, float *samples, size_t count);

void source_close(struct source *s);

#endif
