#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "eval/row_outcomes.h"

/* "a,b,c": at most count texts, then "…"; the caller frees it. */
static char *
texts_join(const struct texts *n, size_t count)
{
	char *joined = xstrdup("");

	for (size_t i = 0; i < n->length && i <= count; i++) {
		char *longer = xasprintf("%s%s%s", joined, i ? "," : "",
		                         i < count ? n->text[i] : "…");

		free(joined);
		joined = longer;
	}
	return joined;
}

static uint16_t
answer_find(const struct outcomes *o, const char *emotion)
{
	size_t class = texts_find(&o->classes, emotion);

	if (!*emotion)
		return (uint16_t)(o->classes.length + 1);
	return (uint16_t)(class == TEXTS_NONE ? o->classes.length : class);
}

static void
label_warn(const struct predictions *p, const char *label)
{
	size_t rows = 0;
	char *classes = texts_join(&p->classes, 8);

	for (size_t r = 0; r < p->rows; r++)
		rows += strcmp(predictions_value(p, r, COLUMN_LABEL),
		               label) == 0;
	warn("label '%s' is no class of %s: it becomes one, and its %zu row%s "
	     "wrong (--classes can leave it out)", label, classes, rows,
	     rows == 1 ? " is" : "s are");
	free(classes);
}

static void
list_check(const struct outcomes *o, const struct predictions *p,
           const struct texts *labels)
{
	for (size_t c = 0; c < o->classes.length; c++) {
		const char *name = o->classes.text[c];

		if (texts_find(&p->classes, name) == TEXTS_NONE &&
		    texts_find(labels, name) == TEXTS_NONE)
			die("'%s' is neither a class nor a label here "
			    "(--classes takes %s)", name,
			    texts_join(&p->classes, 8));
	}
}

/* Sets the classes, from the list or from headings and labels. */
static void
classes_choose(struct outcomes *o, const struct predictions *p,
               const char *list)
{
	struct texts labels = TEXTS_INIT;

	for (size_t r = 0; r < p->rows; r++)
		texts_add(&labels, predictions_value(p, r, COLUMN_LABEL));
	if (list) {
		texts_split(&o->classes, list);
		list_check(o, p, &labels);
	}
	for (size_t c = 0; !list && c < p->classes.length; c++)
		texts_add(&o->classes, p->classes.text[c]);
	for (size_t l = 0; !list && l < labels.length; l++) {
		const char *label = labels.text[l];

		if (!*label || texts_find(&o->classes, label) != TEXTS_NONE)
			continue;
		texts_add(&o->classes, label);
		if (o->classes.length > CLASSES_MAX)
			break;
		label_warn(p, label);
	}
	if (o->classes.length > CLASSES_MAX)
		die("more than %d different labels: is this the right column?"
		    " --classes chooses some", CLASSES_MAX);
	texts_release(&labels);
}

void
outcomes_make(struct outcomes *o, const struct predictions *p,
              const char *list)
{
	*o = (struct outcomes){ .rows = p->rows };
	classes_choose(o, p, list);
	o->item = xcalloc(p->rows, sizeof *o->item);
	for (size_t r = 0; r < p->rows; r++) {
		const char *label = predictions_value(p, r, COLUMN_LABEL);
		const char *emotion = predictions_value(p, r, COLUMN_EMOTION);
		size_t truth = texts_find(&o->classes, label);

		if (!*label)
			continue;
		o->labelled++;
		if (truth == TEXTS_NONE) {
			o->excluded++;
			continue;
		}
		o->unanswered += !*emotion;
		o->item[o->length++] = (struct outcome){
			r, (uint16_t)truth, answer_find(o, emotion),
			p->confidence[r]
		};
	}
}

/* Dies, naming some, if b lacks rows of a. */
static void
keys_check(const struct texts *a, const char *a_name, const struct texts *b,
           const char *b_name)
{
	struct texts missing = TEXTS_INIT;
	size_t count = 0;

	for (size_t k = 0; k < a->length; k++) {
		const char *key = a->text[k];
		int id = (int)strcspn(key, "\t");
		char *shown;

		if (texts_find(b, key) != TEXTS_NONE)
			continue;
		count++;
		if (count > 4) /* one more than is shown, for its "…" */
			continue;
		shown = xasprintf("%.*s%s%s", id, key,
		                  key[id + 1] ? " at " : "", key + id + 1);
		texts_add(&missing, shown);
		free(shown);
	}
	if (count > 0)
		die("%s lacks %zu of %zu rows of %s: %s", b_name, count,
		    a->length, a_name, texts_join(&missing, 3));
	texts_release(&missing);
}

/* Dies where other has another label than p; it may have none. */
static void
labels_check(const struct predictions *p, const char *name,
             const struct predictions *other, const char *other_name)
{
	for (size_t r = 0; r < p->rows; r++) {
		size_t row = texts_find(&other->keys, p->keys.text[r]);
		const char *label = predictions_value(p, r, COLUMN_LABEL);
		const char *theirs = predictions_value(other, row,
		                                       COLUMN_LABEL);

		if (*theirs && strcmp(theirs, label) != 0)
			die("%s: label of %s is '%s', but '%s' in %s",
			    other_name, predictions_value(p, r, COLUMN_ID),
			    theirs, label, name);
	}
}

void
outcomes_pair(struct outcomes *paired, const struct outcomes *o,
              const struct predictions *p, const char *name,
              const struct predictions *other, const char *other_name)
{
	keys_check(&p->keys, name, &other->keys, other_name);
	keys_check(&other->keys, other_name, &p->keys, name);
	labels_check(p, name, other, other_name);
	*paired = (struct outcomes){ .length = o->length, .rows = o->rows };
	for (size_t c = 0; c < o->classes.length; c++)
		texts_add(&paired->classes, o->classes.text[c]);
	paired->item = xcalloc(o->length, sizeof *paired->item);
	for (size_t i = 0; i < o->length; i++) {
		struct outcome item = o->item[i];
		size_t row = texts_find(&other->keys, p->keys.text[item.row]);
		const char *emotion = predictions_value(other, row,
		                                        COLUMN_EMOTION);

		item.answer = answer_find(o, emotion);
		item.confidence = other->confidence[row];
		paired->unanswered += !*emotion;
		paired->item[i] = item;
	}
}

void
outcomes_release(struct outcomes *o)
{
	texts_release(&o->classes);
	free(o->item);
}
