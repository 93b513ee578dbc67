/*
 * kd_frame.h - kd_loss of what the frames of a batch hold
 *
 * Reads   what kd_read does
 * Adds    loss, loss.ce (with a label), loss.kd (with a teacher that was
 *         read), dlogits [K]; for losses on embeddings loss.embedding and
 *         dembedding [D]; a weight.NAME for each teacher, 0 where nobody
 *         listened
 */
#ifndef KD_FRAME_H
#define KD_FRAME_H

#include "kd/kd_read.h"

/*
 * Whether an utterance's loss depends on others of its batch.  If not, they
 * may as well come one by one.
 */
bool kd_frames_mingle(const struct kd_options *options);

/* What there was in any utterance so far. */
struct kd_found {
	bool teacher;             /* any */
	bool embedding;           /* of one */
	bool weight;              /* over 0, of a teacher */
	char deaf[160];           /* the first whose teachers all have 0 */
};

/*
 * Sets why[i] to NULL, or to why the utterance cannot be used (valid as long
 * as what the frame hands out, and until scratch is cleared); the batch is then
 * what remains.  Adds to found.  Dies as kd_read does.
 */
void kd_frames(struct frame *const *f, const char **why, size_t count,
               const struct kd_options *options, struct kd_found *found,
               struct arena *scratch);

#endif
