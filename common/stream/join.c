#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/join.h"

void
join_open(struct join *j, const char *path)
{
	struct join_source *s;
	struct frame *f;

	j->source = xrealloc(j->source, j->sources + 1, sizeof *j->source);
	s = &j->source[j->sources++];
	*s = (struct join_source){ .index = INDEX_INIT };
	index_open(&s->index, path);
	while ((f = index_next(&s->index))) {
		const char *id = frame_text(f, FIELD_ID);

		if (!id)
			die("%s: an utterance without an id", path);
		if (texts_add(&s->id, id) != s->index.places)
			die("%s: has \"%s\" twice, so it cannot be joined by "
			    "id", path, id);
		index_add(&s->index);
	}
}

/* The new name of a field: its prefix may be replaced. */
static const char *
name_of(const struct join *j, struct frame *f, const char *name)
{
	for (size_t i = 0; i < j->prefix.length; i++) {
		const char *old = j->prefix.value[i];
		size_t length = strcspn(old, "=");
		const char *fresh = old + length + 1;
		size_t size = strlen(fresh) + strlen(name) + 1;
		char *text;

		if (strncmp(name, old, length) != 0)
			continue;
		text = arena_take(&f->arena, size, 1);
		snprintf(text, size, "%s%s", fresh, name + length);
		return text;
	}
	return name;
}

/* Adds the provenance of a source, with the new names of its fields. */
static void
provenance_of(const struct join *j, struct provenance *all,
              const struct provenance *source)
{
	struct frame theirs = FRAME_INIT, ours = FRAME_INIT;

	provenance_put(source, &theirs);
	for (size_t i = 0; i < theirs.fields; i++) {
		const char *name = theirs.field[i].name;

		if (strcmp(name, FIELD_HISTORY) != 0)
			name = name_of(j, &ours, name);
		frame_set_wire(&ours, name, theirs.field[i].value);
	}
	provenance_add(all, &ours);
	frame_release(&ours);
	frame_release(&theirs);
}

void
join_header(const struct join *j, struct frame *header)
{
	struct provenance all = PROVENANCE_INIT;

	for (size_t i = 0; i < j->sources; i++)
		provenance_of(j, &all,
		              &j->source[i].index.provenance);
	provenance_put(&all, header);
	provenance_release(&all);
}

static bool
is_own(const char *name)
{
	return strcmp(name, FIELD_FRAME) == 0 || strcmp(name, FIELD_ID) == 0;
}

static bool
value_same(const struct field *a, const struct field *b)
{
	return a->value.bytes && a->value.size == b->value.size &&
	       memcmp(a->value.bytes, b->value.bytes, b->value.size) == 0;
}

/* A field with the same value on both sides is no conflict. */
static void
fields_add(const struct join *j, struct frame *f, const struct join_source *s)
{
	for (size_t i = 0; i < s->frame.fields; i++) {
		const struct field *field = &s->frame.field[i];
		const struct field *old;
		const char *name;

		if (is_own(field->name) ||
		    (j->keys && !keys_match(j->keys, field->name)))
			continue;
		name = name_of(j, f, field->name);
		if (strlen(name) > FRAME_KEY_MAX || is_own(name))
			die("--prefix makes \"%s\", which cannot be a field",
			    name);
		old = frame_find(f, name);
		if (old && !j->replace && !value_same(old, field))
			die("%s: has \"%s\" already, with another value (use "
			    "--replace, --keys or --prefix)", frame_id(f),
			    name);
		frame_set_wire(f, name, field->value);
	}
}

static const char *
source_join(struct join *j, struct join_source *s, struct frame *f,
            const char *id)
{
	const char *file = s->index.reader[0].name;
	size_t number = texts_find(&s->id, id);
	size_t size = strlen(file) + 16;
	char *why;

	if (number != TEXTS_NONE) {
		index_fetch(&s->index, &s->index.place[number], &s->frame);
		fields_add(j, f, s);
		s->used = true;
		return NULL;
	}
	if (j->partial)
		return NULL;
	why = arena_take(&f->arena, size, 1);
	snprintf(why, size, "not in %s", file);
	return why;
}

const char *
join_frame(struct join *j, struct frame *f)
{
	const char *id = frame_text(f, FIELD_ID);
	const char *why = id ? NULL : "has no id";

	for (size_t i = 0; i < j->sources && !why; i++)
		why = source_join(j, &j->source[i], f, id);
	return why;
}

void
join_warn_unused(const struct join *j)
{
	for (size_t i = 0; i < j->sources; i++) {
		const struct join_source *s = &j->source[i];

		if (!s->used && s->id.length > 0)
			warn("%s: none of its ids is in the stream: its first "
			     "is \"%s\"", s->index.reader[0].name,
			     s->id.text[0]);
	}
}

void
join_release(struct join *j)
{
	for (size_t i = 0; i < j->sources; i++) {
		index_release(&j->source[i].index);
		texts_release(&j->source[i].id);
		frame_release(&j->source[i].frame);
	}
	free(j->source);
	free(j->prefix.value);
}
