/*
 * kd_options.h - what kd-loss takes where nothing else is said
 */
#ifndef KD_OPTIONS_H
#define KD_OPTIONS_H

#include "kd/kd_loss.h"

/* The paper's (Interspeech 2025), where it has them. */
#define KD_LAMBDA .25f
#define KD_TEMPERATURE 5
#define KD_TAU .25f
#define KD_BOUND .6f
#define KD_ALPHA 1
#define KD_BETA 8
#define KD_SHARE 1

/*
 * Dies with a usage error where one has another value than this, and changes
 * nothing with these names for -w and -o.
 */
void kd_options_check(const struct kd_options *o, const char *weighting,
                      const char *objective);

#endif
