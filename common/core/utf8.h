/*
 * utf8.h - check, repair and print UTF-8 text
 *
 * By RFC 3629: shortest forms only, no surrogates, up to U+10FFFF.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Length of the first character of text, of size > 0; 0 if it is invalid. */
size_t utf8_length(const char *text, size_t size);

bool utf8_valid(const char *text);

/* Replaces every byte that is not valid UTF-8 by '?'. */
void utf8_repair(char *text);

/*
 * Length of the control character at the beginning of text, 0 if it is none:
 * those below blank, DEL, and U+0080 to U+009F, which can change a terminal.
 */
size_t utf8_control(const char *text);

/* Replaces every byte of a control character, except tabs, by '?'. */
void utf8_tame(char *text);

/*
 * Prints the first character of text, of size > 0, and returns its length.
 * Controls are escaped as in JSON, invalid bytes printed as \ufffd.
 */
size_t utf8_put(FILE *fp, const char *text, size_t size);

/* Prints text this way, padded with blanks to width bytes. */
void utf8_print(FILE *fp, const char *text, size_t width);
