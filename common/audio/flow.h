/*
 * flow.h - bytes as they come, counted, to an end that nobody knows
 *
 * In the form that libsndfile takes instead of a descriptor.  It reads bare
 * samples from a pipe by itself too, but says nothing of a last frame that is
 * not whole; the count does.  And of an MP3 file whose length it knows it
 * guesses the samples by its first frame, and reads no more than it guessed.
 * Such a file is tried with an end that it cannot go to, which 1.2.0 reads and
 * 1.2.2 does not, then with one that is said to be at 0, of which 1.2.2 counts
 * the samples and 1.2.0 finds none: wav.c opens it in this order.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct flow {
	int fd;
	bool seeks;               /* a file, though not to its end */
	bool ends;                /* to its end, which is said to be at 0 */
	bool torn;                /* it came inside of what was asked for */
	int error;                /* errno of what ended it; 0: its end */
	uint64_t bytes;           /* read so far */
};

/*
 * read(2), but for interruptions, and that it waits where a descriptor that
 * does not has nothing yet.
 */
ssize_t flow_take(int fd, void *to, size_t size);

/* context is a struct flow.  Fewer bytes than size only at the end. */
int64_t flow_read(void *to, int64_t size, void *context);

/* Nobody knows: INT64_MAX. */
int64_t flow_length(void *context);

/* A pipe goes nowhere but on: then both say where it is. */
int64_t flow_tell(void *context);
int64_t flow_seek(int64_t offset, int whence, void *context);

#endif
