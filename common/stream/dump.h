/*
 * dump.h - print frames as text on standard output
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "stream/frame.h"

struct dump {
	bool json;                /* one line per frame, else one per field */
	size_t values;            /* of each tensor; SIZE_MAX: all */
};

/* Prints f; title is "utterance", "header" or "end".  Dies on an error. */
void dump_frame(const struct dump *d, struct frame *f, const char *title);
