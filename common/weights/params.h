/*
 * params.h - the parameters of a model: one block of floats, with names
 *
 * A model lists its tensors once, in a layout function: name, shape, and the
 * pointer to set.  The list sizes the block, binds the pointers
 * (to weights, or to a gradient of the same shape), loads and saves.  Zeroing,
 * clipping and updating are then single loops.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "weights/safetensors_write.h"

enum { PARAM_NAME_MAX = 96, PARAM_DIMENSIONS_MAX = 4 };

/* Initial values of a tensor, and whether weight decay applies. */
enum param_start {
	START_ZERO,               /* no decay: biases */
	START_ONE,                /* no decay: gains */
	START_ZERO_DECAYING,
	START_ONE_DECAYING,
	START_SINUSOIDS,          /* [T,C]: Whisper's positions, see params.c */
	START_FAN_IN,             /* [out,in…]: normal, variance 1 / fan-in */
	START_TAPS,               /* [taps,out]: the same, fan-in taps */
	START_NARROW              /* normal, deviation 0.02 */
};

struct param {
	char name[PARAM_NAME_MAX];
	enum param_start start;
	int ndim;
	size_t dim[PARAM_DIMENSIONS_MAX];
	size_t offset, length;    /* floats, within the block */
	float **slot;             /* the pointer to bind; borrowed */
};

struct params {
	struct param *param;      /* owned */
	size_t count, capacity;
	size_t length;            /* floats in the block */
	/* prefixes of names in a file that are not parameters, then NULL */
	const char *const *ignored;
};

/*
 * Appends a tensor.  slot is kept, so the pointer must not move before
 * the last params_bind or params_map.
 */
void params_list(struct params *p, float **slot, const char *name,
                 enum param_start start, int ndim, const size_t *dim);

void params_release(struct params *p);

/* Whether weight decay applies. */
bool param_decays(const struct param *t);

/* Each slot becomes block + offset. */
void params_bind(const struct params *p, float *block);

/* Fresh values for a block of p->length floats, from a seed. */
void params_start(float *block, const struct params *p, unsigned long seed);

/* As params_load, from the header alone: the values are not checked. */
char *params_check(const struct params *p, const struct safetensors *s);

/*
 * Fills block from a file, by name.  Returns NULL, or a reason that names
 * the missing, extra or mis-shaped tensor, or the one that is not finite (the
 * caller frees it).
 */
char *params_load(float *block, const struct params *p,
                  const struct safetensors *s);

/*
 * The same without copying or checking values: each slot points into the
 * file, which must outlive it and must not be written to.  Only tensors that
 * are not F32, or not aligned, are converted, into *owned, which the caller
 * frees (maybe NULL).
 */
char *params_map(const struct params *p, const struct safetensors *s,
                 float **owned);

/* NULL, or the name of a tensor that is not finite (to be freed). */
char *params_finite(const struct params *p);

/*
 * The tensors to write, from block, or from where slots lead if it is NULL, and
 * room for more behind them; the caller frees the array.
 */
struct safetensors_source *
params_sources(const struct params *p, const float *block,
               enum safetensors_type type, size_t more);
