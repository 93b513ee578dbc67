/*
 * kd_run.h - kd_frames over the runs of a stream
 */
#ifndef KD_RUN_H
#define KD_RUN_H

#include "kd/kd_loss.h"
#include "stream/filter.h"

/*
 * The stream of an open filter to its output.  Each run of the input becomes
 * runs of at most batch utterances, or with 0 stays as it is.  A run is held
 * in memory where its utterances depend on each other; else they leave at
 * once.
 */
void kd_runs(struct filter *s, size_t batch, const struct kd_options *options);

#endif
