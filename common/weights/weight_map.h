/*
 * weight_map.h - one model's weights in several files
 *
 * model.safetensors.index.json says which tensor is in which file beside it:
 *	{"weight_map": {"projector.weight": "model-00002-of-00002.safetensors"}}
 */
#ifndef WEIGHT_MAP_H
#define WEIGHT_MAP_H

#include "weights/safetensors.h"

/*
 * Opens the files of an index, as one; s is to be released in either case.
 * NULL, or what is wrong, with the file's name (the caller frees it).  A file
 * must hold the tensors that the index says, and no others.
 */
char *weight_map_open(struct safetensors *s, const char *directory,
                  const char *index);

#endif
