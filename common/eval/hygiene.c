#include <stdlib.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "eval/hygiene.h"

enum { SPEAKERS_NAMED = 5 };

static bool
seen(const struct predictions *p, size_t row)
{
	return *predictions_value(p, row, COLUMN_LABEL) &&
	       *predictions_value(p, row, COLUMN_SEEN);
}

size_t
hygiene_seen(const struct predictions *p)
{
	size_t rows = 0;

	for (size_t r = 0; r < p->rows; r++)
		rows += seen(p, r);
	return rows;
}

/* " (s1, s2, …)", or "" where no row has a speaker; free() it. */
static char *
speakers_join(const struct predictions *p)
{
	struct texts speakers = TEXTS_INIT;
	char *joined = xstrdup("");

	for (size_t r = 0; r < p->rows; r++)
		if (seen(p, r))
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
hygiene_check(const struct predictions *p, const char *name)
{
	size_t rows = hygiene_seen(p);
	char *speakers;

	if (rows == 0)
		return;
	speakers = speakers_join(p);
	die("%s: the model or its teacher was trained with %zu of the "
	    "%zu rows or with their speakers%s): --allow-seen scores them "
	    "all the same", name, rows, p->rows, speakers);
}
