/*
 * encoder_init.h - a pre-trained network, of any family, to train
 *
 * From a published one, whose encoder keeps its weights bit by bit, or from
 * nothing, to try programs with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "encoder/config.h"

struct encoder_wishes {
	const char *from;         /* a directory; or NULL, and */
	const char *size;         /* one of encoder_sizes */
	const char *const *classes;
	size_t class_count;       /* 0: those of from, with keep_head */
	bool keep_head;           /* from's, which has these classes */
	bool layer_sum;           /* the head weights all layers */
	enum encoder_pooling pooling; /* of the head */
	bool full;                /* Whisper: 30 s, not the utterance alone */
	size_t projector;         /* the head's width; 0: as it is */
	size_t layers;            /* of from, the lowest; 0: all */
	unsigned long seed;       /* of what is fresh */
};

/* Names of random networks, "w2v2-tiny" and so on, ended by NULL. */
extern const char *const encoder_sizes[];

/* Writes the directory out, which is not from; dies if it cannot. */
void encoder_init(const char *out, const struct encoder_wishes *wishes);
