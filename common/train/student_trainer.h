/*
 * student_trainer.h - a batch of a compact student's, in parallel
 *
 * A batch is cut into shards of SHARD_UTTERANCES.  Each shard runs through the
 * network on one thread and has a gradient of its own; the shards' gradients
 * are summed in their order.  So the result is the same, to the last bit,
 * whatever the number of threads.
 */
#ifndef STUDENT_TRAINER_H
#define STUDENT_TRAINER_H

#include "train/example.h"
#include "train/trainer.h"

enum { SHARD_UTTERANCES = 8 };

struct student_trainer;

/* For batches of up to o->batch.  Model and options are borrowed. */
struct student_trainer *
student_trainer_new(const struct model *m, const struct trainer_options *o);
void student_trainer_free(struct student_trainer *s);

/*
 * logits [count,K], embedding [count,D].  The examples are augmented, if that
 * was asked for.
 */
void
student_trainer_forward(struct student_trainer *s, float *logits,
                        float *embedding, const struct example *example,
                        size_t count, const struct trainer_progress *progress);

/* Adds to gradient, a block as long as the parameters; dembedding or NULL. */
void student_trainer_backward(struct student_trainer *s, float *gradient,
                              const float *dlogits, const float *dembedding);

#endif
