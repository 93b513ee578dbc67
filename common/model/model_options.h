/*
 * model_options.h - options that a network follows and a compact student does
 * not
 */
#ifndef MODEL_OPTIONS_H
#define MODEL_OPTIONS_H

#include "model/model.h"

enum { MODEL_SECONDS = 20 };  /* of audio that a network hears, if not said */

/*
 * Sets how many seconds m hears.  Warns where it is no network and those are
 * others, or the precision is BF16: AUTO is what it likes.
 */
void model_options_set(struct model *m, float seconds,
                       enum precision precision);

#endif
