/*
 * lineage_cmvn.h - what a model's features were normalised by, in training and
 * now
 */
#ifndef LINEAGE_CMVN_H
#define LINEAGE_CMVN_H

#include "model/lineage.h"

/* To cmvn, which may be l's own. */
void lineage_cmvn_set(struct lineage *l, const char *cmvn);

/* Of one more utterance that it hears; where nobody knows, it stays so. */
void lineage_cmvn_note(struct lineage *l, struct frame *f);

/* Warns once of features that are not what m was trained with. */
void lineage_cmvn_tell(struct lineage *l, struct frame *f,
                       const struct model *m);

/*
 * Warns, if at all, of the first features that are normalised and of which m
 * has members who cannot hear them.
 */
void lineage_cmvn_silence(struct lineage *l, struct frame *f,
                          const struct model *m);

#endif
