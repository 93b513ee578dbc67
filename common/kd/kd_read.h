/*
 * kd_read.h - what a frame holds of student and teachers
 *
 * Reads   logits [K], classes, label, language, teacher.NAME.logits,
 *         teacher.NAME.classes, teacher.NAME.language; for losses on
 *         embeddings embedding [D] and teacher.NAME.embedding [D']
 *
 * Classes are matched by name.  A teacher's further classes are left out: it
 * says how likely the student's are among themselves.  With lambda 0 and no
 * loss on embeddings nothing of the teachers is looked at; nor are any that
 * options->teachers leaves out or, with options->unseen, that have
 * teacher.NAME.seen: trained with the utterance or its speaker.
 */
#ifndef KD_READ_H
#define KD_READ_H

#include "kd/kd_loss.h"
#include "stream/frame.h"

/* The NAME of "teacher.NAME.logits", or NULL for any other field. */
const char *kd_teacher_name(const char *field, struct arena *arena);

/*
 * Returns NULL, or why the utterance cannot be used (valid as long as what f
 * hands out, as is u).  Dies where no utterance of the stream so far had
 * logits, classes, the student's embedding or, unless options->partial, a
 * teacher to listen to.
 */
const char *kd_read(struct kd_utterance *u, struct frame *f,
                    const struct kd_options *options);

#endif
