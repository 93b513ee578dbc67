/*
 * kd_read.h - read the outputs of student and teachers from a frame
 *
 * Reads   logits [K], classes, label, language, teacher.NAME.logits,
 *         teacher.NAME.classes, teacher.NAME.language; for losses on
 *         embeddings embedding [D] and teacher.NAME.embedding [D']
 *
 * Classes are matched by name; classes that only a teacher has are ignored.
 * With lambda 0 and no loss on embeddings teachers are ignored; so are those
 * that options->teachers does not match and, with options->unseen, those that
 * were trained on the utterance or its speaker (teacher.NAME.seen).
 */
#pragma once

#include "kd/kd_loss.h"
#include "stream/frame.h"

/*
 * Returns NULL, or why the utterance cannot be used.  The reason and u are
 * valid until f is cleared.  Dies where no utterance of the stream so far had
 * logits, classes, the student's embedding or, unless options->partial, a
 * teacher.
 */
const char *kd_read(struct kd_utterance *u, struct frame *f,
                    const struct kd_options *options);
