#include <stddef.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "weights/digest.h"

#include <xxhash.h>

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
