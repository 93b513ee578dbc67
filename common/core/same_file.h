/*
 * same_file.h - two names, or one that is open, and whether they are of one
 * file
 */
#ifndef SAME_FILE_H
#define SAME_FILE_H

#include <stdbool.h>

/* Links are followed.  What is not there, or not to be seen, is no file. */
bool same_file(const char *a, const char *b);
bool same_file_open(int descriptor, const char *name);

#endif
