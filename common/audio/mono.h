/*
 * mono.h - one channel of many
 */
#ifndef MONO_H
#define MONO_H

#include <stddef.h>

/*
 * mono   [frames]
 * block  [frames, channels]
 * one    the channel to take, the first being 1; 0: the mean of all
 */
void mono_take(float *mono, const float *block, size_t frames,
               size_t channels, size_t one);

#endif
