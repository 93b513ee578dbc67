/*
 * model_join.h - several students that speak with one voice
 */
#ifndef MODEL_JOIN_H
#define MODEL_JOIN_H

#include "model/model.h"

/*
 * Makes the other's members, copied, m's own.  Dies unless both are students
 * of the same classes and features.
 */
void model_join(struct model *m, const struct model *other);

/*
 * Gives each member its share of the say, from "1,0.5"; false unless that is
 * as many numbers of 0.001 to 1000.
 */
bool model_share(struct model *m, const char *list);

#endif
