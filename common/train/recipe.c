#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "train/recipe.h"

char *
recipe_text(const struct trainer *t, const char *loss, const char *balance)
{
	const struct trainer_options *o = &t->options;
	char *kind = t->training.kind->recipe(&t->training), *text;

	text = xasprintf("loss %s\nbalance %s\nbatch %d\naccumulate %d\n"
	                 "rate %g\nwarmup %d\ntotal-steps %d\nbeta2 %g\n"
	                 "weight-decay %g\nclip %g\nseed %lu\n%s", loss,
	                 balance ? balance : "", o->training.batch,
	                 o->accumulate,
	                 (double)o->adamw.rate, o->warmup, o->total,
	                 (double)o->adamw.beta2, (double)o->adamw.decay,
	                 (double)o->clip, o->training.seed, kind);
	free(kind);
	utf8_repair(text); /* metadata must be UTF-8 */
	return text;
}

/* The line of a text that begins with the name and a blank, or NULL. */
static const char *
line_find(const char *text, const char *name, size_t length)
{
	for (; *text; text += strcspn(text, "\n"), text += *text != '\0')
		if (strncmp(text, name, length + 1) == 0)
			return text;
	return NULL;
}

void
recipe_compare(const char *model, const char *was, const char *now)
{
	for (; *now; now += strcspn(now, "\n"), now += *now != '\0') {
		int length = (int)strcspn(now, "\n"), old;
		const char *line = line_find(was, now, strcspn(now, " "));

		old = line ? (int)strcspn(line, "\n") : 0;
		if (line && (old != length ||
		             strncmp(line, now, (size_t)length) != 0))
			warn("%s: this pass began with %.*s, and continues "
			     "with %.*s", model, old, line, length, now);
	}
}
