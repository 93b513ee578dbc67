/*
 * part.h - ids of parts of a recording, "talk.wav:3.000-6.000", in seconds
 */
#ifndef PART_H
#define PART_H

#include <stddef.h>

/* The caller frees it. */
char *part_id(const char *recording, double start, double end);

/* Bytes of the recording's own id in that of a part; of another id, all. */
size_t part_recording(const char *id);

#endif
