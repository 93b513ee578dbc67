/*
 * mono.h - one channel of many
 */
#ifndef MONO_H
#define MONO_H

#include <stdbool.h>
#include <stddef.h>

/* Sums of squares, of what was mixed so far: alike in noise of its own each. */
struct mono_power {
	double mix;               /* of the channels' sums */
	double channels;          /* of each */
};

/*
 * mono   [frames]
 * block  [frames, channels]
 * one    the channel to take, the first being 1; 0: the mean of all
 * power  added to where it is the mean
 */
void mono_take(float *mono, const float *block, size_t frames,
               size_t channels, size_t one, struct mono_power *power);

/*
 * Whether the mean of all is next to nothing of them: so is a side signal, or
 * a microphone's two wires recorded as left and right.
 */
bool mono_cancels(const struct mono_power *power);

#endif
