/*
 * recipe.h - the options that decide how a pass is trained, one a line, "name
 * value"; kept in the metadata of a model while a pass is interrupted
 */
#ifndef RECIPE_H
#define RECIPE_H

#include "train/trainer.h"

/* loss is the command; balance may be NULL.  The caller frees the text. */
char *recipe_text(const struct trainer *t, const char *loss,
                  const char *balance);

/* Warns, naming the model, of lines that differ from when the pass began. */
void recipe_compare(const char *model, const char *was, const char *now);

#endif
