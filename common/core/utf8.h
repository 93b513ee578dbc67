/*
 * utf8.h - is it text that every reader of a stream can read?
 *
 * By RFC 3629: shortest forms only, no surrogates, up to U+10FFFF.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character that text, of size > 0, begins with; 0: it is none. */
size_t utf8_length(const char *text, size_t size);

bool utf8_valid(const char *text);

/* Puts '?' in place of every byte that is not part of valid UTF-8. */
void utf8_repair(char *text);

#endif
