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

#endif
