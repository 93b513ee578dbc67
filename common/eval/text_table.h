/*
 * text_table.h - print an aligned table, at most 80 columns wide
 *
 *	struct table t;
 *	table_init(&t, 3);
 *	table_cell(&t, "%s", "group"); …          three a row; the first row
 *	table_print(&t, stdout);                  is the heading
 *	table_release(&t);
 *
 * The first column is aligned to the left, the others to the right.  Columns
 * that do not fit follow below, with the first one repeated.  A first column
 * that is too wide takes lines of its own.
 */
#pragma once

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

/* The caller checks out for errors when everything is written. */
void table_print(const struct table *t, FILE *out);

void table_release(struct table *t);

/* The number of UTF-8 characters of text: its width on a terminal. */
size_t text_width(const char *text);
