/*
 * match.h - match field names with patterns, and utterances with conditions
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/texts.h"
#include "stream/frame.h"

/* Patterns: each is a key, or the beginning of keys and a star. */
struct keys {
	struct texts pattern;
	bool *seen;               /* by pattern: it has matched something */
};

/* NULL, or why a text is not a list of patterns like "a,b,c*". */
const char *keys_check(const char *list);

/* From a list that passes keys_check; NULL is no pattern. */
void keys_init(struct keys *k, const char *list);
void keys_release(struct keys *k);

bool keys_match(struct keys *k, const char *name);

/* Warns of each pattern that has matched nothing; returns how many. */
size_t keys_warn_unseen(const struct keys *k);

/* Conditions key=value and key!=value, which must all hold. */
struct where {
	struct condition *condition;
	size_t length;
	bool asked;               /* where_match was called */
};

/* From borrowed texts.  NULL, or the first text that is no condition. */
const char *where_init(struct where *w, const char *const *text,
                       size_t length);
void where_release(struct where *w);

/*
 * Text is compared as text, a number as a number; a field that is missing, or
 * anything else, counts as empty text.
 */
bool where_match(struct where *w, struct frame *f);

/* Warns of each key that no utterance had, if there were any utterances. */
void where_warn_unseen(const struct where *w);

/* A field as text, a number written out; "" where it is neither. */
const char *frame_plain(struct frame *f, const char *name);
