/*
 * labels.h - one name for an emotion, however a corpus spells it
 *
 * tunne-manifest(5) has the table.
 */
#ifndef LABELS_H
#define LABELS_H

/*
 * "Ang" gives "anger", "excited" "happiness"; a word that is not in the table
 * is kept, in lower case (ASCII and Latin-1 letters).  The caller frees it.
 */
char *label_canonical(const char *text);

/* Warns of a model's class that no label can be: it is read as another. */
void label_doubt(const char *class);

#endif
