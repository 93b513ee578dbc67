/*
 * describe.h - what a model directory is, in words
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "encoder/open.h"

/*
 * Its shape and classes, then the metadata of its weights, as texts by key.
 * The caller hands them back to describe_release.
 */
size_t describe_directory(struct safetensors_text **text,
                          const struct encoder_directory *d);
void describe_release(struct safetensors_text *text, size_t count);

#endif
