/*
 * flow.h - bytes as they come, counted, to an end that nobody knows
 *
 * In the form that libsndfile takes instead of a descriptor.  It reads bare
 * samples from a pipe by itself too, but says nothing of a last frame that is
 * not whole; the count does.  And of an MP3 file whose length it knows it
 * guesses the samples by its first frame, and reads no more than it guessed.
 * Of one whose end it cannot go to, libsndfile 1.2.2 reads nothing; of one that
 * ends where it begins it counts the samples, where 1.2.0 finds none.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>
#include <stdint.h>

struct flow {
	int fd;
	bool seeks;               /* a file, though not to its end */
	bool ends;                /* to its end, which is said to be at 0 */
	bool torn;                /* it came inside of what was asked for */
	uint64_t bytes;           /* read so far */
};

/* context is a struct flow.  Fewer bytes than size only at the end. */
int64_t flow_read(void *to, int64_t size, void *context);

/* Nobody knows: INT64_MAX. */
int64_t flow_length(void *context);

/* A pipe goes nowhere but on: then both say where it is. */
int64_t flow_tell(void *context);
int64_t flow_seek(int64_t offset, int whence, void *context);

#endif
