#include <stdio.h>
#include <string.h>

#include "stream/fields.h"
#include "stream/frame.h"

const char *
field_teacher(const char *field, struct arena *arena)
{
	static const char logits[] = "." FIELD_LOGITS;
	size_t prefix = strlen(FIELD_TEACHER), suffix = strlen(logits);
	size_t length = strlen(field);

	if (length <= prefix + suffix ||
	    strncmp(field, FIELD_TEACHER, prefix) != 0 ||
	    strcmp(field + length - suffix, logits) != 0)
		return NULL;
	return arena_copy(arena, field + prefix, length - prefix - suffix);
}

const char *
frame_speaker_key(struct frame *f)
{
	const char *speaker = frame_text(f, FIELD_SPEAKER);
	const char *corpus = frame_text(f, FIELD_CORPUS);

	if (!speaker || !*speaker)
		return NULL;
	if (!corpus || !*corpus)
		return speaker;
	return arena_join(&f->arena, corpus, "\t", speaker);
}
