/*
 * tables.h - predictions from files
 */
#ifndef TABLES_H
#define TABLES_H

#include "eval/predictions.h"

/* Adds a file to p; "-" is standard input.  Dies as predictions_read. */
void tables_read_file(struct predictions *p, const char *file);

/* Those of a list up to NULL, or standard input; what messages call them. */
const char *tables_read(struct predictions *p, char *const file[]);

#endif
