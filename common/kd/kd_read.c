#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/die.h"
#include "kd/kd_read.h"
#include "stream/fields.h"

struct classes {
	const char **name;
	size_t count;
};

/* printf into the arena; texts over 1023 bytes are cut. */
static char *
text_make(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static char *
text_make(struct arena *arena, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return arena_copy(arena, text, strlen(text));
}

/* "anger, fear" */
static const char *
classes_join(struct arena *arena, struct classes names)
{
	char text[400];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < names.count && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		                         i ? ", %s" : "%s", names.name[i]);
	return arena_copy(arena, text, strlen(text));
}

/* The index of name in names, or -1. */
static long
classes_find(struct classes names, const char *name)
{
	for (size_t i = 0; i < names.count; i++)
		if (strcmp(names.name[i], name) == 0)
			return (long)i;
	return -1;
}

static const char *
repeated(struct classes names)
{
	for (size_t i = 0; i < names.count; i++)
		if (classes_find(names, names.name[i]) != (long)i)
			return names.name[i];
	return NULL;
}

/* Reads the classes of logits that have n values. */
static const char *
classes_read(struct classes *classes, struct frame *f, const char *field,
             size_t n)
{
	const char *twice;

	classes->name = frame_texts(f, field, &classes->count);
	if (!classes->name)
		return text_make(&f->arena, "%s: %s", field,
		                 frame_has(f, field) ? "not a list of names"
		                                     : "missing");
	if (classes->count != n)
		return text_make(&f->arena, "%s: %zu names for %zu logits",
		                 field, classes->count, n);
	twice = repeated(*classes);
	if (twice)
		return text_make(&f->arena, "%s: \"%s\" twice", field, twice);
	return NULL;
}

static const char *
student_read(struct kd_utterance *u, struct classes *classes, struct frame *f)
{
	const char *why = NULL, *label = frame_text(f, FIELD_LABEL);
	const struct tensor *logits = frame_need(f, FIELD_LOGITS, 1, &why);

	if (!logits)
		return why;
	if (!frame_wired(f, FIELD_CLASSES, frame_has(f, FIELD_CLASSES)))
		die("%s: no \"%s\" in the stream, the names of the logits",
		    frame_id(f), FIELD_CLASSES);
	u->logits = logits->data;
	u->classes = logits->dim[0];
	u->language = frame_text(f, FIELD_LANGUAGE);
	u->label = KD_UNLABELLED;
	why = classes_read(classes, f, FIELD_CLASSES, u->classes);
	if (why || !label || !*label)
		return why;
	u->label = classes_find(*classes, label);
	if (u->label < 0)
		return text_make(&f->arena, "label \"%s\" is none of the "
		                 "student's classes (%s)", label,
		                 classes_join(&f->arena, *classes));
	return NULL;
}

/* An embedding, if there is one; NULL, or why it cannot be used. */
static const char *
embedding_read(const float **embedding, size_t *width, struct frame *f,
               const char *name)
{
	const char *why = NULL;
	const struct tensor *t = frame_tensor(f, name, 1, &why);

	*embedding = t ? t->data : NULL;
	*width = t ? t->dim[0] : 0;
	return why;
}

/* Reads the student's embedding, which is required. */
static const char *
own_embedding_read(struct kd_utterance *u, struct frame *f)
{
	bool has = frame_has(f, FIELD_EMBEDDING);

	if (!frame_wired(f, FIELD_EMBEDDING, has))
		die("%s: no \"%s\" of the student in the stream (only a "
		    "compact student has one)", frame_id(f),
		    FIELD_EMBEDDING);
	if (!has)
		return FIELD_EMBEDDING ": missing";
	return embedding_read(&u->embedding, &u->width, f, FIELD_EMBEDDING);
}

/* A copy of the teacher's logits in the order of the student's classes. */
static const char *
logits_permute(float *out, const float *logits, struct classes theirs,
               struct classes ours, const char *teacher, struct arena *arena)
{
	for (size_t c = 0; c < ours.count; c++) {
		long at = classes_find(theirs, ours.name[c]);

		if (at < 0)
			return text_make(arena, "teacher %s has no class "
			                 "\"%s\": its classes are %s, the "
			                 "student's %s", teacher,
			                 ours.name[c],
			                 classes_join(arena, theirs),
			                 classes_join(arena, ours));
		out[c] = logits[at];
	}
	return NULL;
}

static const char *
teacher_read(struct kd_teacher *t, struct frame *f, struct classes classes)
{
	struct arena *a = &f->arena;
	const char *why = NULL;
	const struct tensor *logits = frame_tensor(f, text_make(a,
		FIELD_TEACHER "%s." FIELD_LOGITS, t->name), 1, &why);
	struct classes theirs;
	float *own;

	if (!logits)
		return why;
	why = classes_read(&theirs, f, text_make(a, FIELD_TEACHER
	                   "%s.classes", t->name), logits->dim[0]);
	if (why)
		return why;
	own = arena_floats(a, classes.count);
	t->logits = own;
	t->language = frame_text(f, text_make(a, FIELD_TEACHER "%s.language",
	                                      t->name));
	why = logits_permute(own, logits->data, theirs, classes, t->name, a);
	return why ? why : embedding_read(&t->embedding, &t->width, f,
		text_make(a, FIELD_TEACHER "%s." FIELD_EMBEDDING, t->name));
}

/* Whether the teacher was trained on the utterance or its speaker. */
static bool
teacher_seen(struct frame *f, const char *teacher)
{
	return frame_has(f, text_make(&f->arena, FIELD_TEACHER "%s." FIELD_SEEN,
	                              teacher));
}

/* Dies where no utterance so far had a teacher to learn from. */
static const char *
teachers_check(struct frame *f, bool has, bool seen,
               const struct kd_options *options)
{
	bool wired = frame_wired(f, FIELD_TEACHER, has);
	const char *why = !seen ? "no teacher (with --partial its label "
	                          "alone counts)"
		: "every teacher was trained on its speaker (with --partial "
		  "its label alone counts)";

	if (!wired && seen)
		die("%s: %s", frame_id(f), why);
	if (!wired && options->teachers)
		die("%s: none of --teachers in the stream so far (framedump "
		    "shows those there are; add --partial if later "
		    "utterances have one)",
		    frame_id(f));
	if (!wired)
		die("%s: no teacher in the stream so far (put teacher-logits "
		    "or framejoin before %s; add --partial if later "
		    "utterances have one%s)", frame_id(f), program_name(),
		    options->embedding.kind
		    ? "" : ", -L 0 for the loss of labels alone");
	return has ? NULL : why;
}

/* Reads the teachers, in the order of the frame. */
static const char *
teachers_read(struct kd_utterance *u, struct frame *f, struct classes classes,
              const struct kd_options *options)
{
	bool seen = false;
	struct kd_teacher *teacher = arena_take(&f->arena, f->fields,
	                                        sizeof *teacher);
	const char *why = NULL, *none;

	u->teacher = teacher;
	for (size_t i = 0; i < f->fields && !why; i++) {
		const char *name = field_teacher(f->field[i].name,
		                                   &f->arena);
		struct kd_teacher *t = &teacher[u->teachers];

		if (!name || (options->teachers &&
		              !keys_match(options->teachers, name)))
			continue;
		if (options->unseen && teacher_seen(f, name)) {
			seen = true;
			continue;
		}
		*t = (struct kd_teacher){ .name = name };
		why = teacher_read(t, f, classes);
		u->teachers++;
	}
	none = options->partial ? NULL
		: teachers_check(f, u->teachers > 0, seen, options);
	return why ? why : none;
}

const char *
kd_read(struct kd_utterance *u, struct frame *f,
        const struct kd_options *options)
{
	struct classes classes;
	const char *why;

	*u = (struct kd_utterance){ .label = KD_UNLABELLED };
	why = student_read(u, &classes, f);
	if (!why && options->embedding.kind)
		why = own_embedding_read(u, f);
	if (!why && (options->lambda > 0 || options->embedding.kind))
		why = teachers_read(u, f, classes, options);
	return why;
}
