/*
 * recipe.h - what decides how a pass is trained: its options, one a line,
 * "name value"; kept in the metadata of a model inside a pass
 */
#ifndef RECIPE_H
#define RECIPE_H

#include "train/trainer.h"

/* balance may be NULL; the caller frees the text. */
char *recipe_text(const struct trainer *t, const char *loss,
                  const char *balance);

/* Warns, of the model, where lines of a pass that goes on were others. */
void recipe_compare(const char *model, const char *was, const char *now);

#endif
