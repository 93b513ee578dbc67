#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/origin.h"

/* "teacher.NAME.voices" */
static const char *
field_name(struct arena *arena, const char *teacher)
{
	size_t size = strlen(teacher) + sizeof FIELD_TEACHER "." FIELD_VOICES;
	char *name = arena_take(arena, size, 1);

	snprintf(name, size, FIELD_TEACHER "%s." FIELD_VOICES, teacher);
	return name;
}

/* "voices" or "teacher.NAME.voices" */
static bool
is_voices(const char *name)
{
	size_t length = strlen(name), suffix = strlen("." FIELD_VOICES);

	return strcmp(name, FIELD_VOICES) == 0 ||
	       (strncmp(name, FIELD_TEACHER, strlen(FIELD_TEACHER)) == 0 &&
	        length > suffix &&
	        strcmp(name + length - suffix, "." FIELD_VOICES) == 0);
}

static struct texts *
voices_of(struct origin *o, const char *field)
{
	size_t length = o->field.length;
	size_t number = texts_add(&o->field, field);

	if (o->field.length > length) {
		o->voices = xrealloc(o->voices, o->field.length,
		                     sizeof *o->voices);
		o->voices[number] = (struct texts)TEXTS_INIT;
	}
	return &o->voices[number];
}

void
origin_told(struct frame *header)
{
	for (size_t i = header->fields; i-- > 0;)
		if (is_voices(header->field[i].name))
			frame_remove(header, header->field[i].name);
}

void
origin_take(struct origin *o, struct frame *header)
{
	size_t count;
	const char **text = frame_texts(header, FIELD_HISTORY, &count);

	for (size_t i = 0; text && i < count; i++)
		texts_add(&o->history, text[i]);
	for (size_t i = 0; i < header->fields; i++) {
		const char *name = header->field[i].name;
		const char *lines = is_voices(name) ? frame_text(header, name)
		                                    : NULL;

		if (lines)
			texts_split_lines(voices_of(o, name), lines);
	}
}

static void
voices_put(const struct texts *voices, struct frame *header, const char *field)
{
	size_t size = 1;
	char *lines, *to;

	for (size_t i = 0; i < voices->length; i++)
		size += strlen(voices->text[i]) + 1;
	lines = to = arena_take(&header->arena, size, 1);
	for (size_t i = 0; i < voices->length; i++) {
		to = stpcpy(to, voices->text[i]);
		*to++ = '\n';
	}
	*to = '\0';
	frame_set_text(header, field, lines);
}

void
origin_put(const struct origin *o, struct frame *header)
{
	struct origin all = ORIGIN_INIT;

	origin_take(&all, header);
	for (size_t i = 0; i < o->history.length; i++)
		texts_add(&all.history, o->history.text[i]);
	frame_set_texts(header, FIELD_HISTORY, all.history.text,
	                all.history.length);
	for (size_t i = 0; i < o->field.length; i++) {
		struct texts *voices = voices_of(&all, o->field.text[i]);

		for (size_t j = 0; j < o->voices[i].length; j++)
			texts_add(voices, o->voices[i].text[j]);
		voices_put(voices, header, o->field.text[i]);
	}
	origin_release(&all);
}

const struct texts *
origin_voices(const struct origin *o, const char *teacher)
{
	struct arena arena = ARENA_INIT;
	size_t number = texts_find(&o->field, field_name(&arena, teacher));

	if (number == TEXTS_NONE)
		number = texts_find(&o->field, FIELD_VOICES);
	arena_release(&arena);
	return number == TEXTS_NONE ? NULL : &o->voices[number];
}

void
origin_release(struct origin *o)
{
	for (size_t i = 0; i < o->field.length; i++)
		texts_release(&o->voices[i]);
	free(o->voices);
	texts_release(&o->field);
	texts_release(&o->history);
	*o = (struct origin)ORIGIN_INIT;
}
