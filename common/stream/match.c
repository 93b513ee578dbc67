#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/number.h"
#include "core/xalloc.h"
#include "stream/match.h"

struct condition {
	char *key;                /* owned */
	const char *value;        /* borrowed from the command line */
	bool equal;               /* false: must differ */
	bool seen;                /* some utterance has the key */
};

const char *
keys_check(const char *list)
{
	for (const char *star = list; star && (star = strchr(star, '*'));)
		if (*++star && *star != ',')
			return "a star stands at the end of a key";
	if (list && !list[strspn(list, ",")])
		return "want keys, as in a,b,c*";
	return NULL;
}

void
keys_init(struct keys *k, const char *list)
{
	*k = (struct keys){ .pattern = TEXTS_INIT };
	texts_split(&k->pattern, list ? list : "");
	k->seen = xcalloc(k->pattern.length, sizeof *k->seen);
}

void
keys_release(struct keys *k)
{
	texts_release(&k->pattern);
	free(k->seen);
}

static bool
pattern_match(const char *pattern, const char *name)
{
	size_t length = strcspn(pattern, "*");

	return strncmp(pattern, name, length) == 0 &&
	       (pattern[length] == '*' || name[length] == '\0');
}

/* Each pattern that matches is marked, not only the first. */
bool
keys_match(struct keys *k, const char *name)
{
	bool match = false;

	for (size_t i = 0; i < k->pattern.length; i++)
		if (pattern_match(k->pattern.text[i], name))
			match = k->seen[i] = true;
	return match;
}

size_t
keys_warn_unseen(const struct keys *k)
{
	size_t unseen = 0;

	for (size_t i = 0; i < k->pattern.length; i++)
		if (!k->seen[i]) {
			warn("no utterance has \"%s\"", k->pattern.text[i]);
			unseen++;
		}
	return unseen;
}

const char *
where_init(struct where *w, const char *const *text, size_t length)
{
	*w = (struct where){ .length = length };
	w->condition = xcalloc(length, sizeof *w->condition);
	for (size_t i = 0; i < length; i++) {
		const char *sign = strchr(text[i], '=');
		bool equal = sign && (sign == text[i] || sign[-1] != '!');
		size_t key = sign ? (size_t)(sign - text[i]) - !equal : 0;

		if (key == 0)
			return text[i];
		w->condition[i] = (struct condition){
			.key = xasprintf("%.*s", (int)key, text[i]),
			.value = sign + 1, .equal = equal
		};
	}
	return NULL;
}

void
where_release(struct where *w)
{
	for (size_t i = 0; i < w->length; i++)
		free(w->condition[i].key);
	free(w->condition);
}

static bool
condition_match(const struct condition *c, struct frame *f)
{
	const char *text = frame_text(f, c->key);
	double number = frame_number(f, c->key, (double)NAN), want;

	if (!frame_has(f, c->key))
		text = "";
	if (isnan(number))
		return (text && strcmp(text, c->value) == 0) == c->equal;
	return (number_real(c->value, &want) && number == want) == c->equal;
}

bool
where_match(struct where *w, struct frame *f)
{
	bool match = true;

	w->asked = true;
	for (size_t i = 0; i < w->length; i++) {
		struct condition *c = &w->condition[i];

		c->seen = c->seen || frame_has(f, c->key);
		match = match && condition_match(c, f);
	}
	return match;
}

void
where_warn_unseen(const struct where *w)
{
	for (size_t i = 0; w->asked && i < w->length; i++)
		if (!w->condition[i].seen)
			warn("no utterance has \"%s\"", w->condition[i].key);
}

const char *
frame_plain(struct frame *f, const char *name)
{
	const char *text = frame_text(f, name);
	double number = frame_number(f, name, (double)NAN);
	char digits[32];

	if (text)
		return text;
	if (isnan(number))
		return "";
	snprintf(digits, sizeof digits, "%.15g", number);
	return arena_copy(&f->arena, digits, strlen(digits));
}
