/*
 * kd_frame.h - kd_loss of what a frame holds
 *
 * Reads   logits [K], classes, label, language, teacher.NAME.logits,
 *         teacher.NAME.classes, teacher.NAME.language
 * Adds    loss, loss.ce (with a label), dlogits [K]; with lambda over 0 also
 *         loss.kd and a weight.NAME for each teacher
 *
 * Classes are matched by name.  A teacher's further classes are left out: it
 * says how likely the student's are among themselves.  With lambda 0 nothing
 * of the teachers is looked at.
 */
#ifndef KD_FRAME_H
#define KD_FRAME_H

#include "stream/frame.h"
#include "train/kd_loss.h"

/*
 * Returns NULL, or why the utterance cannot be used (valid as long as what f
 * hands out).  Dies where logits, classes or all teachers are missing.
 */
const char *kd_frame(struct frame *f, const struct kd_options *options);

#endif
