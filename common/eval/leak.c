#include <stdlib.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "eval/leak.h"

enum { SPEAKERS_NAMED = 5 };

static bool
labelled(const struct predictions *p, size_t row)
{
	return row != TEXTS_NONE && *predictions_value(p, row, COLUMN_LABEL);
}

static bool
seen(const struct predictions *p, const struct predictions *truth, size_t row)
{
	return *predictions_value(p, row, COLUMN_SEEN) &&
	       (labelled(p, row) ||
	        labelled(truth, texts_find(&truth->keys, p->keys.text[row])));
}

size_t
leak_seen(const struct predictions *p, const struct predictions *truth)
{
	size_t rows = 0;

	for (size_t r = 0; r < p->rows; r++)
		rows += seen(p, truth, r);
	return rows;
}

/* " (s1, s2, …", or "" without rows; the caller frees it. */
static char *
speakers_join(const struct predictions *p, const struct predictions *truth)
{
	struct texts speakers = TEXTS_INIT;
	char *joined = xstrdup("");

	for (size_t r = 0; r < p->rows; r++)
		if (seen(p, truth, r))
			texts_add(&speakers,
			          predictions_value(p, r, COLUMN_SPEAKER));
	for (size_t i = 0; i < speakers.length && i <= SPEAKERS_NAMED; i++) {
		const char *name = *speakers.text[i] ? speakers.text[i] : "?";
		char *longer = xasprintf("%s%s%s", joined, i ? ", " : " (",
			i < SPEAKERS_NAMED ? name : "…");

		free(joined);
		joined = longer;
	}
	texts_release(&speakers);
	return joined;
}

void
leak_check(const struct predictions *p, const struct predictions *truth,
           const char *name)
{
	size_t rows = leak_seen(p, truth);
	char *speakers;

	if (rows == 0)
		return;
	speakers = speakers_join(p, truth);
	die("%s: the model or its teacher was trained with %zu of the "
	    "%zu rows or with their speakers%s): --allow-seen scores them "
	    "nevertheless", name, rows, p->rows, speakers);
}
