/*
 * student_shards.h - a batch of a compact student's, in parallel
 *
 * A batch is cut into shards of SHARD_UTTERANCES.  Each shard runs through the
 * network on one thread and has a gradient of its own; the shards' gradients
 * are summed in their order.  So the result is the same, to the last bit,
 * whatever the number of threads.
 */
#ifndef STUDENT_SHARDS_H
#define STUDENT_SHARDS_H

#include "train/example.h"
#include "train/trainer.h"

enum { SHARD_UTTERANCES = 8 };

struct shards;

/* For batches of up to o->batch.  Model and options are borrowed. */
struct shards *shards_new(const struct model *m,
                          const struct trainer_options *o);
void shards_free(struct shards *s);

/*
 * logits [count,K], embedding [count,D].  The examples are augmented, if that
 * was asked for.
 */
void shards_forward(struct shards *s, float *logits, float *embedding,
                    const struct example *example, size_t count,
                    const struct trainer_progress *progress);

/* Adds to gradient, a block as long as the parameters; dembedding or NULL. */
void shards_backward(struct shards *s, float *gradient,
                     const float *dlogits, const float *dembedding);

#endif
