#include <stdio.h>
#include <string.h>

#include "stream/fields.h"
#include "stream/frame.h"
#include "stream/voice.h"

const char *
frame_voice(struct frame *f)
{
	const char *speaker = frame_text(f, FIELD_SPEAKER);
	const char *corpus = frame_text(f, FIELD_CORPUS);
	size_t size;
	char *voice;

	if (!speaker || !*speaker)
		return NULL;
	if (!corpus || !*corpus)
		return speaker;
	size = strlen(corpus) + strlen(speaker) + 2;
	voice = arena_take(&f->arena, size, 1);
	snprintf(voice, size, "%s\t%s", corpus, speaker);
	return voice;
}
