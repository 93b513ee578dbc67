/*
 * table.h - a table for people: aligned, at most 80 columns wide
 *
 *	struct table t;
 *	table_init(&t, 3);
 *	table_cell(&t, "%s", "group"); …          three to a row, the first
 *	table_print(&t, stdout);                  row being the heading
 *	table_release(&t);
 *
 * The first column is set to the left, the others to the right.  Columns that
 * do not fit go below, with the first one repeated; a first column that would
 * leave no room stands in lines of its own.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdio.h>

struct table {
	size_t columns;
	char **cell;              /* [rows, columns] */
	size_t length, capacity;  /* cells */
};

enum { TABLE_WIDTH = 80, TABLE_GAP = 2 };

void table_init(struct table *t, size_t columns);

/* The next cell, row by row. */
void table_cell(struct table *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The caller checks out for errors when it has written everything. */
void table_print(const struct table *t, FILE *out);

void table_release(struct table *t);

/* How many columns of a terminal text takes: its UTF-8 characters. */
size_t text_width(const char *text);

#endif
