/*
 * digest.h - digests that identify weights and texts
 */
#pragma once

#include "weights/safetensors.h"

enum { DIGEST_LENGTH = 39 };  /* of digest_of's text */

/*
 * "xxh128:" and 32 hexadecimal digits, as xxh128sum(1) prints them for the
 * file, or for all its parts in a row.  The caller frees it.
 */
char *digest_of(const struct safetensors *s);

/* 32 hexadecimal digits of any text; the caller frees them. */
char *digest_of_text(const char *text);
