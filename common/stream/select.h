/*
 * select.h - choose keys by pattern, and utterances by what their fields say
 */
#ifndef SELECT_H
#define SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/cli.h"
#include "core/texts.h"
#include "stream/frame.h"

/* Patterns: a key, or the beginning of keys and a star. */
struct keys {
	struct texts pattern;
	bool *seen;               /* by pattern: it has matched something */
};

/* From "a,b,c*"; list NULL is no pattern.  Dies as --option's usage error. */
void keys_init(struct keys *k, const char *list, const char *option);
void keys_release(struct keys *k);

bool keys_match(struct keys *k, const char *name);

/* Names on standard error the patterns that matched nothing; how many. */
size_t keys_warn_unseen(const struct keys *k);

/* Conditions key=value and key!=value, which must all hold. */
struct where {
	struct condition *condition;
	size_t length;
	bool asked;               /* of any utterance */
};

/*
 * From the texts of an option, whose array is taken over.  Dies with a usage
 * error when one is not of that form.
 */
void where_init(struct where *w, struct cli_list *list);
void where_release(struct where *w);

/*
 * A text field is compared as text, a number as a number; a field that is
 * missing, or neither, is as if it were empty text.
 */
bool where_match(struct where *w, struct frame *f);

/* Names on standard error the keys that no utterance had, if any came. */
void where_warn_unseen(const struct where *w);

/* A field as text, a number written out; "" where it is neither. */
const char *frame_plain(struct frame *f, const char *name);

#endif
