/*
 * part_id.h - ids of parts of a recording: "talk.wav:3.000-6.000", in seconds
 */
#pragma once

#include <stddef.h>

/* The caller frees it. */
char *part_id(const char *recording, double start, double end);

/* Length of the recording's id within a part's id; any other id: all of it. */
size_t part_recording(const char *id);
