/*
 * flow.h - the bytes of a pipe as they come, counted
 *
 * In the form that libsndfile takes instead of a descriptor.  It reads bare
 * samples from a pipe by itself too, but says nothing of a last frame that is
 * not whole; the count does.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdint.h>

struct flow {
	int fd;
	uint64_t bytes;           /* read so far */
};

/* context is a struct flow.  Fewer bytes than size only at the end. */
int64_t flow_read(void *to, int64_t size, void *context);

/* Nobody knows: INT64_MAX. */
int64_t flow_length(void *context);

/* A pipe goes nowhere but on: both say where it is. */
int64_t flow_tell(void *context);
int64_t flow_seek(int64_t offset, int whence, void *context);

#endif
