/*
 * labels.h - maps the spellings of an emotion to one name
 *
 * tunne-manifest(5) has the table.
 */
#pragma once

/*
 * "Ang" gives "anger", "excited" "happiness"; other words are returned in lower
 * case.  The caller frees the result.
 */
char *label_canonical(const char *text);

/* Warns of a class that no label can equal, as its spelling is mapped. */
void label_doubt(const char *class);
