/*
 * kd_stream.h - add the losses of a stream's utterances, batch by batch
 *
 * Reads   what kd_read does
 * Adds    loss, loss.ce (with a label), loss.kd (with a teacher), dlogits [K];
 *         with a loss on embeddings loss.embedding and dembedding [D]; a
 *         weight.NAME for each teacher, 0 for one that was not used
 *
 * Each run of the input is a batch, or is cut into batches.  A batch is held in
 * memory only where its utterances depend on each other.
 */
#pragma once

#include "kd/kd_loss.h"
#include "stream/filter.h"

/*
 * From the input of an open filter to its output.  Each run becomes runs of at
 * most batch utterances; with 0 it stays whole.  Dies as kd_read does.
 */
void kd_stream(struct filter *s, size_t batch,
               const struct kd_options *options);
