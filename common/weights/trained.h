/*
 * trained.h - how far a model on disk has been trained
 */
#ifndef TRAINED_H
#define TRAINED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Of the model at path, a file or a folder: passes over the data, and batches
 * of one that was interrupted.  False where there is none that can be read.
 */
bool trained_read(const char *path, size_t *passes, size_t *batches);

/*
 * Dies where a file is to be replaced that looks like somebody's recording or
 * stream of frames.
 */
void trained_spare(const char *path);

/*
 * The same.  Warns where one that was trained is to be replaced by a fresh one,
 * a folder or a file: the other is never replaced.
 */
void trained_warn(const char *path, bool folder);

#endif
