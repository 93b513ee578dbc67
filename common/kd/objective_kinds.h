/*
 * objective_kinds.h - objective.c's own: the objectives, one a file
 */
#ifndef OBJECTIVE_KINDS_H
#define OBJECTIVE_KINDS_H

#include "kd/objective.h"

/* Each as objective_apply. */
double hinton_apply(double *dz, const struct kd_utterance *u,
                    const float *teacher, const struct objective *o,
                    double scale);
double dkd_apply(double *dz, const struct kd_utterance *u,
                 const float *teacher, const struct objective *o,
                 double scale);
double logit_std_apply(double *dz, const struct kd_utterance *u,
                       const float *teacher, const struct objective *o,
                       double scale);

#endif
