/*
 * params.h - all parameters of a model in one block, named
 *
 * A model lists its tensors once, in a layout function; the list sizes the
 * block, binds pointers into it (or into a gradient of the same shape), loads
 * and saves.  Zeroing, clipping and updating are then single loops.
 */
#ifndef PARAMS_H
#define PARAMS_H

#include <stddef.h>

#include "model/safetensors.h"

enum { PARAM_NAME_MAX = 64, PARAM_DIMENSIONS_MAX = 4 };

/* How a tensor begins, and whether weight decay applies. */
enum param_start {
	START_ZERO,               /* no decay: biases */
	START_ONE,                /* no decay: gains */
	START_FAN_IN,             /* [out,in…]: normal, variance 1 / fan-in */
	START_TAPS                /* [taps,out]: the same, fan-in taps */
};

struct param {
	char name[PARAM_NAME_MAX];
	enum param_start start;
	int ndim;
	size_t dim[PARAM_DIMENSIONS_MAX];
	size_t offset, length;    /* floats, within the block */
};

struct params {
	struct param *param;      /* owned */
	size_t count, capacity;
	size_t length;            /* floats in the block */
};

/*
 * Appends a tensor of [d0], [d0,d1] or [d0,d1,d2]; a 0 ends the shape.
 * Returns base + its offset, or NULL when base is NULL, so that the same
 * layout function measures first and binds afterwards.
 */
float *params_add(struct params *p, float *base, const char *name,
                  enum param_start start, size_t d0, size_t d1, size_t d2);

void params_release(struct params *p);

/* Fresh values for a block of p->length floats, from a seed. */
void params_start(float *block, const struct params *p, unsigned long seed);

/*
 * Fills block from a file, by name.  Returns NULL, or a reason that names
 * the missing, extra or mis-shaped tensor (the caller frees it).  Tensors
 * whose names begin with "optimizer." are not parameters.
 */
char *params_load(float *block, const struct params *p,
                  const struct safetensors *s);

#endif
