/*
 * utf8.h - is it text that every reader of a stream can read?
 *
 * By RFC 3629: shortest forms only, no surrogates, up to U+10FFFF.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes of the character that text, of size > 0, begins with; 0: it is none. */
size_t utf8_length(const char *text, size_t size);

bool utf8_valid(const char *text);

/* Puts '?' in place of every byte that is not part of valid UTF-8. */
void utf8_repair(char *text);

/*
 * Bytes of the control character that text begins with, 0 where it is none.
 * They can do anything to a terminal: those below blank and DEL, and the C1
 * controls, U+0080 to U+009F.
 */
size_t utf8_control(const char *text);

/* Puts '?' in place of every byte of a control character, but for tabs. */
void utf8_tame(char *text);

/*
 * Prints the character that text, of size > 0, begins with, and returns its
 * bytes.  A control is printed as JSON escapes it, a byte that is not UTF-8 as
 * \ufffd.
 */
size_t utf8_put(FILE *fp, const char *text, size_t size);

/* Prints text so, with blanks after it to fill width bytes. */
void utf8_print(FILE *fp, const char *text, size_t width);

#endif
