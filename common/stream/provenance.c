#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/provenance.h"

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
is_speakers(const char *name)
{
	size_t length = strlen(name), suffix = strlen("." FIELD_VOICES);

	return strcmp(name, FIELD_VOICES) == 0 ||
	       (strncmp(name, FIELD_TEACHER, strlen(FIELD_TEACHER)) == 0 &&
	        length > suffix &&
	        strcmp(name + length - suffix, "." FIELD_VOICES) == 0);
}

static struct texts *
speakers_of(struct provenance *p, const char *field)
{
	size_t length = p->field.length;
	size_t number = texts_add(&p->field, field);

	if (p->field.length > length) {
		p->speakers = xrealloc(p->speakers, p->field.length,
		                     sizeof *p->speakers);
		p->speakers[number] = (struct texts)TEXTS_INIT;
	}
	return &p->speakers[number];
}

void
provenance_drop_speakers(struct frame *header)
{
	for (size_t i = header->fields; i-- > 0;)
		if (is_speakers(header->field[i].name))
			frame_remove(header, header->field[i].name);
}

void
provenance_add(struct provenance *p, struct frame *header)
{
	size_t count;
	const char **text = frame_texts(header, FIELD_HISTORY, &count);

	for (size_t i = 0; text && i < count; i++)
		texts_add(&p->history, text[i]);
	for (size_t i = 0; i < header->fields; i++) {
		const char *name = header->field[i].name;
		const char *lines = is_speakers(name) ? frame_text(header, name)
		                                    : NULL;

		if (lines)
			texts_split_lines(speakers_of(p, name), lines);
	}
}

static void
speakers_put(const struct texts *speakers, struct frame *header,
             const char *field)
{
	size_t size = 1;
	char *lines, *to;

	for (size_t i = 0; i < speakers->length; i++)
		size += strlen(speakers->text[i]) + 1;
	lines = to = arena_take(&header->arena, size, 1);
	for (size_t i = 0; i < speakers->length; i++) {
		to = stpcpy(to, speakers->text[i]);
		*to++ = '\n';
	}
	*to = '\0';
	frame_set_text(header, field, lines);
}

void
provenance_put(const struct provenance *p, struct frame *header)
{
	struct provenance all = PROVENANCE_INIT;

	provenance_add(&all, header);
	for (size_t i = 0; i < p->history.length; i++)
		texts_add(&all.history, p->history.text[i]);
	frame_set_texts(header, FIELD_HISTORY, all.history.text,
	                all.history.length);
	for (size_t i = 0; i < p->field.length; i++) {
		struct texts *speakers = speakers_of(&all, p->field.text[i]);

		for (size_t j = 0; j < p->speakers[i].length; j++)
			texts_add(speakers, p->speakers[i].text[j]);
		speakers_put(speakers, header, p->field.text[i]);
	}
	provenance_release(&all);
}

const struct texts *
provenance_speakers(const struct provenance *p, const char *teacher)
{
	struct arena arena = ARENA_INIT;
	size_t number = texts_find(&p->field, field_name(&arena, teacher));

	if (number == TEXTS_NONE)
		number = texts_find(&p->field, FIELD_VOICES);
	arena_release(&arena);
	return number == TEXTS_NONE ? NULL : &p->speakers[number];
}

void
provenance_release(struct provenance *p)
{
	for (size_t i = 0; i < p->field.length; i++)
		texts_release(&p->speakers[i]);
	free(p->speakers);
	texts_release(&p->field);
	texts_release(&p->history);
	*p = (struct provenance)PROVENANCE_INIT;
}
