#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "eval/row_groups.h"
#include "stream/part_id.h"

/* A row's value in column, with its corpus if it is a speaker; free() it. */
static char *
row_value(const struct predictions *p, size_t row, size_t column)
{
	const char *value = predictions_value(p, row, column);
	const char *corpus = predictions_value(p, row, COLUMN_CORPUS);

	if (column == COLUMN_SPEAKER && *value && *corpus)
		return xasprintf("%s/%s", corpus, value);
	return xstrdup(value);
}

static struct group *
group_add(struct groups *g, const char *by, const char *value, size_t length)
{
	struct group *new;

	g->group = xrealloc(g->group, g->length + 1, sizeof *g->group);
	new = g->group + g->length++;
	*new = (struct group){ .by = by, .value = xstrdup(value) };
	new->name = by ? xasprintf("%s=%s", by, *value ? value : "(none)")
	               : xstrdup("all");
	new->index = xcalloc(length, sizeof *new->index);
	return new;
}

static int
group_compare(const void *a, const void *b)
{
	const struct group *g = a, *h = b;

	return strcmp(g->value, h->value);
}

/* One group for each value of column. */
static void
column_group(struct groups *g, const struct predictions *p,
             const struct outcomes *o, size_t column)
{
	struct texts values = TEXTS_INIT;
	size_t first = g->length;
	size_t *number = xcalloc(o->length, sizeof *number);
	size_t *length = xcalloc(o->length, sizeof *length);

	for (size_t i = 0; i < o->length; i++) {
		char *value = row_value(p, o->item[i].row, column);

		number[i] = texts_add(&values, value);
		length[number[i]]++;
		free(value);
	}
	for (size_t v = 0; v < values.length; v++)
		group_add(g, p->columns.text[column], values.text[v],
		          length[v]);
	for (size_t i = 0; i < o->length; i++) {
		struct group *mine = g->group + first + number[i];

		mine->index[mine->length++] = i;
	}
	qsort(g->group + first, values.length, sizeof *g->group,
	      group_compare);
	texts_release(&values);
	free(number);
	free(length);
}

void
groups_make(struct groups *g, const struct predictions *p,
            const struct outcomes *o, const size_t *columns, size_t count)
{
	struct group *all;

	*g = (struct groups){ .length = 0 };
	all = group_add(g, NULL, "", o->length);
	for (size_t i = 0; i < o->length; i++)
		all->index[all->length++] = i;
	for (size_t c = 0; c < count; c++)
		column_group(g, p, o, columns[c]);
}

void
groups_release(struct groups *g)
{
	for (size_t i = 0; i < g->length; i++) {
		free(g->group[i].value);
		free(g->group[i].name);
		free(g->group[i].index);
	}
	free(g->group);
}

/* A value that no field can have, for the row or for its recording. */
static char *
lone_value(const struct predictions *p, size_t row, bool alone)
{
	const char *id = predictions_value(p, row, COLUMN_ID);

	if (alone || !*id)
		return xasprintf("\t%zu", row);
	return xasprintf("\t\t%.*s", (int)part_recording(id), id);
}

uint32_t *
clusters_make(const struct predictions *p, const struct outcomes *o,
              size_t column)
{
	uint32_t *cluster = xcalloc(o->length, sizeof *cluster);
	struct texts values = TEXTS_INIT;

	for (size_t i = 0; i < o->length; i++) {
		size_t row = o->item[i].row;
		bool alone = column == TEXTS_NONE;
		char *value = alone ? xstrdup("") : row_value(p, row, column);

		if (!*value) {
			free(value);
			value = lone_value(p, row, alone);
		}
		cluster[i] = (uint32_t)texts_add(&values, value);
		free(value);
	}
	texts_release(&values);
	return cluster;
}
