/*
 * model_head.h - heads: small networks over encodings, and how to make one
 *
 * A head belongs to one network: encodings of another are refused.
 */
#pragma once

#include "model/model_kind.h"

/* What a fresh head is to be. */
struct head_wishes {
	const char *const *classes;
	size_t class_count;
	size_t hidden;            /* width of the hidden layer */
	unsigned long seed;       /* of the weights */
	/* frames whose encodings set the network, the shape, and the mean and
	   deviation of every column; "-" is standard input */
	const char *encodings;
};

/* Writes it, after model_replace_warn; dies if it cannot. */
void model_head_create(const char *path, const struct head_wishes *w);
