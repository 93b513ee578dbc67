/*
 * trained.h - a model that is about to be replaced by a fresh one
 */
#ifndef TRAINED_H
#define TRAINED_H

/* Warns where there is one at path, a file or a folder, that was trained. */
void trained_warn(const char *path);

#endif
