#include <string.h>

#include "core/xalloc.h"
#include "stream/part_id.h"

static const char digits[] = "0123456789";

char *
part_id(const char *recording, double start, double end)
{
	return xasprintf("%s:%.3f-%.3f", recording, start, end);
}

/* Skips a time as part_id writes it, and then this character; or NULL. */
static const char *
time_skip(const char *at, char then)
{
	size_t whole = strspn(at, digits), three;

	if (whole == 0 || at[whole] != '.')
		return NULL;
	three = strspn(at + whole + 1, digits);
	at += whole + 1 + three;
	return three == 3 && *at == then ? at + (then != '\0') : NULL;
}

size_t
part_recording(const char *id)
{
	const char *colon = strrchr(id, ':'), *end;

	end = colon ? time_skip(colon + 1, '-') : NULL;
	if (end && time_skip(end, '\0'))
		return (size_t)(colon - id);
	return strlen(id);
}
