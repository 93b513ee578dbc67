/*
 * weighting_kinds.h - weighting.c's own: what each weighting goes by
 *
 * A weighting scores teachers, perhaps over a batch, and makes weights of the
 * scores.
 */
#ifndef WEIGHTING_KINDS_H
#define WEIGHTING_KINDS_H

#include "kd/weighting.h"

/* score [teachers] of an utterance, or by pairs [teachers,teachers] */
void cosine_score(double *score, const struct weighting *w,
                  const struct kd_utterance *u, struct arena *arena);
void error_score(double *score, const struct weighting *w,
                 const struct kd_utterance *u, struct arena *arena);
void entropy_score(double *score, const struct weighting *w,
                   const struct kd_utterance *u, struct arena *arena);
void margin_score(double *score, const struct weighting *w,
                  const struct kd_utterance *u, struct arena *arena);
/* <g_k, g_j> */
void aekd_score(double *score, const struct weighting *w,
                const struct kd_utterance *u, struct arena *arena);

/* weight [n] from scores */
void uniform_weigh(double *weight, const double *score, size_t n,
                   const struct weighting *w);
void softmax_weigh(double *weight, const double *score, size_t n,
                   const struct weighting *w);
void confidence_weigh(double *weight, const double *score, size_t n,
                      const struct weighting *w);
void entropy_weigh(double *weight, const double *score, size_t n,
                   const struct weighting *w);
void best_weigh(double *weight, const double *score, size_t n,
                const struct weighting *w);
void aekd_weigh(double *weight, const double *score, size_t n,
                const struct weighting *w);

/*
 * weight [u->teachers] of an utterance by itself; NULL, or why not, which may
 * be in the arena
 */
const char *language_apply(double *weight, const struct weighting *w,
                           const struct kd_utterance *u, struct arena *arena);
const char *fixed_apply(double *weight, const struct weighting *w,
                        const struct kd_utterance *u, struct arena *arena);

/* NULL, or what is wrong with a list NAME=W,... */
const char *fixed_check(const char *list);

#endif
