/*
 * same_file.h - check whether two names stand for the same file
 */
#pragma once

#include <stdbool.h>

/* Follows links.  False where a file is missing or inaccessible. */
bool same_file(const char *a, const char *b);
bool same_file_open(int descriptor, const char *name);
