/*
 * utf8.h - is it text that every reader of a stream can read?
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>

/* By RFC 3629: shortest forms only, no surrogates, up to U+10FFFF. */
bool utf8_valid(const char *text);

/* Puts '?' in place of every byte that is not part of valid UTF-8. */
void utf8_repair(char *text);

#endif
