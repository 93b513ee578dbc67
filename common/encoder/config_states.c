#include <stdlib.h>

#include "core/xalloc.h"
#include "encoder/config.h"
#include "weights/json.h"

/* "5.16.0.dev0": is it this one or a later one? */
static bool
version_reaches(const char *version, long major, long minor)
{
	char *end;
	long first = strtol(version, &end, 10);
	long second = *end == '.' ? strtol(end + 1, NULL, 10) : 0;

	return first > major || (first == major && second >= minor);
}

char *
encoder_states_read(struct encoder_config *c, const struct json *config,
                    bool *open)
{
	const struct json *tie = json_given(config, "tie_last_hidden_states");
	const char *version =
		json_text(json_given(config, "transformers_version"));
	/* Whisper's default has never changed */
	bool whisper = c->family == ENCODER_WHISPER, tied = true;

	*open = !tie && !whisper &&
		(!version || *version < '0' || *version > '9');
	if (tie && !json_truth(tie, &tied))
		return xstrdup("tie_last_hidden_states: want true or false");
	if (!tie && !whisper && !*open)
		tied = !version_reaches(version, 5, 16);
	c->untied = !tied;
	return NULL;
}

bool
encoder_states_differ(const struct encoder_config *c)
{
	return c->stable && c->layer_sum;
}
