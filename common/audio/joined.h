/*
 * joined.h - recordings written one after the other into one file
 *
 * What "cat a.opus b.opus" makes.  libsndfile reads the first, or refuses the
 * whole for reasons that nobody understands.
 */
#ifndef JOINED_H
#define JOINED_H

#include <stdbool.h>

#include "audio/container.h"

/*
 * Does another begin behind the first, in a file that can seek?  WAV, FLAC and
 * Ogg are looked at, others are not.  Moves fd.
 */
bool joined_file(int fd, const struct container_info *c);

/* Reads all that a pipe still has; true: a WAV file begins there, behind. */
bool joined_rest(int fd, uint64_t behind);

#endif
