/*
 * weight_map.h - opens a model whose weights are in several files
 *
 * model.safetensors.index.json says which tensor is in which file beside it:
 *	{"weight_map": {"projector.weight": "model-00002-of-00002.safetensors"}}
 */
#pragma once

#include "weights/safetensors.h"

/*
 * Opens the files of an index as one; s is to be released in either case.
 * Returns NULL, or a reason that names the file (the caller frees it).  Each
 * file must have exactly the tensors that the index lists for it.
 */
char *weight_map_open(struct safetensors *s, const char *directory,
                  const char *index);
