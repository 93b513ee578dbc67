/*
 * dump.h - frames as text on standard output
 */
#ifndef DUMP_H
#define DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "stream/frame.h"

struct dump {
	bool json;                /* one line a frame; else one a field */
	size_t values;            /* of each tensor; SIZE_MAX is all */
};

/* Prints f; title is "utterance", "header" or "end".  Dies if it cannot. */
void dump_frame(const struct dump *d, struct frame *f, const char *title);

#endif
