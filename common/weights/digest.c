#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "weights/digest.h"

static void
mapping_add(XXH3_state_t *state, const struct safetensors *s)
{
	if (s->mapping)
		XXH3_128bits_update(state, s->mapping, s->mapping_size);
	for (size_t i = 0; i < s->parts; i++)
		mapping_add(state, &s->part[i]);
}

char *
digest_of(const struct safetensors *s)
{
	XXH3_state_t *state = XXH3_createState();
	XXH128_hash_t hash;

	if (!state)
		die("out of memory");
	XXH3_128bits_reset(state);
	mapping_add(state, s);
	hash = XXH3_128bits_digest(state);
	XXH3_freeState(state);
	return xasprintf("xxh128:%016llx%016llx",
	                 (unsigned long long)hash.high64,
	                 (unsigned long long)hash.low64);
}

char *
digest_of_text(const char *text)
{
	XXH128_hash_t hash = XXH3_128bits(text, strlen(text));

	return xasprintf("%016llx%016llx", (unsigned long long)hash.high64,
	                 (unsigned long long)hash.low64);
}

enum { DIGITS = SEEN_IDS_LINE - 1 };

/* Returns what follows the digits; strtoull is slow for thousands of them. */
static const char *
digest_read(uint64_t *digest, const char *text)
{
	*digest = 0;
	for (; isxdigit((unsigned char)*text); text++) {
		unsigned letter = (unsigned char)*text >> 6; /* or a digit */

		*digest = *digest << 4 | ((*text & 15u) + 9 * letter);
	}
	return text;
}

static uint64_t
digest_make(const char *id)
{
	char *text = digest_of_text(id);
	uint64_t digest;

	text[DIGITS] = '\0';
	digest_read(&digest, text);
	free(text);
	return digest;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
listed(const struct seen_ids *s, uint64_t digest)
{
	return s->sorted > 0 && bsearch(&digest, s->digest, s->sorted,
	                                sizeof digest, compare);
}

static void
append(struct seen_ids *s, uint64_t digest)
{
	if (s->count == s->capacity) {
		s->capacity = 2 * s->capacity + 64;
		s->digest = xrealloc(s->digest, s->capacity,
		                     sizeof *s->digest);
	}
	s->digest[s->count++] = digest;
}

/* Sorts, keeps each once and returns how many are left. */
static size_t
sort_unique(uint64_t *digest, size_t count)
{
	size_t kept = 0, sorted = 1;

	while (sorted < count && digest[sorted - 1] <= digest[sorted])
		sorted++;
	if (sorted < count) /* those of a model are sorted */
		qsort(digest, count, sizeof *digest, compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || digest[i] != digest[kept - 1])
			digest[kept++] = digest[i];
	return kept;
}

void
seen_ids_add(struct seen_ids *s, const char *id)
{
	uint64_t digest = digest_make(id);

	if (!listed(s, digest))
		append(s, digest);
}

bool
seen_ids_has(const struct seen_ids *s, const char *id)
{
	uint64_t digest = digest_make(id);

	for (size_t i = s->sorted; i < s->count; i++)
		if (s->digest[i] == digest)
			return true;
	return listed(s, digest);
}

char *
seen_ids_join(const struct seen_ids *s)
{
	struct seen_ids all = SEEN_IDS_INIT;
	char *text, *at;

	for (size_t i = 0; i < s->count; i++)
		append(&all, s->digest[i]);
	all.count = sort_unique(all.digest, all.count);
	text = at = xcalloc(all.count + 1, SEEN_IDS_LINE);
	for (size_t i = 0; i < all.count; i++, at += SEEN_IDS_LINE) {
		if (i > 0)
			at[-1] = '\n';
		snprintf(at, SEEN_IDS_LINE, "%0*" PRIx64, DIGITS,
		         all.digest[i]);
	}
	seen_ids_release(&all);
	return text;
}

void
seen_ids_split(struct seen_ids *s, const char *text)
{
	while (*text) {
		uint64_t digest;

		text = digest_read(&digest, text);
		append(s, digest);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	s->count = s->sorted = sort_unique(s->digest, s->count);
}

void
seen_ids_release(struct seen_ids *s)
{
	free(s->digest);
	*s = (struct seen_ids)SEEN_IDS_INIT;
}
