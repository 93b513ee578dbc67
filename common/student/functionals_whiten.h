/*
 * functionals_whiten.h - what a stream's functionals have in common
 */
#ifndef FUNCTIONALS_WHITEN_H
#define FUNCTIONALS_WHITEN_H

#include "feat/features.h"

/*
 * whitening.h of the raw functionals in a stream of frames, "-" being standard
 * input: weight [FUNCTIONALS,FUNCTIONALS], centre [FUNCTIONALS].  Utterances
 * whose features are normalised have none and are passed over.  Dies when
 * there are no others, or one of them has none, or is of another type than t.
 */
void functionals_whiten(float *weight, float *centre, const char *path,
                        const struct features_type *t);

#endif
