#include <math.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/texts.h"
#include "corpus/listeners.h"
#include "corpus/manifest.h"
#include "stream/fields.h"
#include "stream/frame.h"

void
listeners_classes(struct listeners *l, const struct manifest *m)
{
	static const char *const own[] = {
		"path", FIELD_ID, FIELD_LANGUAGE, FIELD_LABEL, FIELD_SPEAKER,
		FIELD_CORPUS, FIELD_START, FIELD_END
	};
	const struct tsv *t = &m->table;

	for (size_t k = 0; k < l->classes; k++)
		if (tsv_column(t, l->class[k]) == t->columns)
			die("%s:%zu: no column '%s' in the heading", t->file,
			    t->line, l->class[k]);
	if (l->classes > 0)
		return;
	for (size_t i = 0; i < t->columns; i++)
		if (!text_listed(t->column[i], own,
		                 sizeof own / sizeof own[0]))
			l->class[l->classes++] = t->column[i];
	l->guessed = true;
	if (l->classes == 0)
		die("%s:%zu: no column of votes in the heading", t->file,
		    t->line);
}

/* The name "teacher.NAME" with a suffix, in f's arena. */
static const char *
field_of(const struct listeners *l, struct frame *f, const char *suffix)
{
	return arena_join(&f->arena, FIELD_TEACHER, l->name, suffix);
}

/* Reads the votes for class k in the row at hand. */
static bool
count_read(double *count, const struct listeners *l, const struct manifest *m,
           size_t k)
{
	const char *text = manifest_value(m, l->class[k]);

	return text && number_real(text, count) && *count >= 0;
}

const char *
listeners_column_bad(const struct listeners *l, const struct manifest *m)
{
	double count;

	for (size_t k = 0; k < l->classes; k++)
		if (!count_read(&count, l, m, k))
			return l->class[k];
	return NULL;
}

const char *
listeners_add(const struct listeners *l, const struct manifest *m,
              struct frame *f)
{
	double *count = arena_take(&f->arena, l->classes, sizeof *count);
	double sum = 0, added = (double)l->smoothing;
	float *logits;

	for (size_t k = 0; k < l->classes; k++) {
		if (!count_read(&count[k], l, m, k))
			return arena_join(&f->arena, "", l->class[k],
			                  ": want a number of votes");
		sum += count[k];
	}
	if (sum == 0 || !isfinite(sum))
		return sum == 0 ? "no votes for any class" : "too many votes";
	sum += added * (double)l->classes;
	logits = frame_add1(f, field_of(l, f, ".logits"), l->classes);
	for (size_t k = 0; k < l->classes; k++)
		logits[k] = (float)log((count[k] + added) / sum);
	frame_set_texts(f, field_of(l, f, ".classes"), l->class, l->classes);
	if (l->language)
		frame_set_text(f, field_of(l, f, ".language"), l->language);
	return NULL;
}
