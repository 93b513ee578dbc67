#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "model/teacher.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "weights/digest.h"

enum { NAME_SIZE_MAX = 200 }; /* names of fields have a limit */

static void
fields_name(struct teacher *t, const char *name)
{
	static const char *const end[TEACHER_FIELDS] = {
		"logits", "classes", "language", "embedding", "seen", "model",
		FIELD_VOICES
	};

	for (int i = 0; i < TEACHER_FIELDS; i++)
		t->field[i] = xasprintf(FIELD_TEACHER "%s.%s", name, end[i]);
}

/* Splits "NAME[:LANGUAGE]=MODEL" in place; NULL, or what is wrong. */
static char *
text_split(char *name, char **language, char **path)
{
	*path = strchr(name, '=');
	if (!*path || *path == name || !(*path)[1])
		return xstrdup("want NAME=MODEL or NAME:LANGUAGE=MODEL");
	*(*path)++ = '\0';
	*language = strchr(name, ':');
	if (*language)
		*(*language)++ = '\0';
	if (!*name || strlen(name) > NAME_SIZE_MAX || strchr(name, '.') ||
	    (*language && !**language))
		return xasprintf("want a name of up to %d bytes without \".\", "
		                 "then \":\" and a language, if any",
		                 NAME_SIZE_MAX);
	if (!utf8_valid(name) || (*language && !utf8_valid(*language)))
		return xstrdup("not UTF-8");
	return NULL;
}

char *
teacher_parse(struct teacher *t, const char *text,
              const struct teacher *others, size_t count)
{
	char *name = xstrdup(text), *path, *language = NULL;
	char *why = text_split(name, &language, &path);

	if (!why) {
		t->path = xstrdup(path);
		t->language = xstrdup(language ? language : name);
		fields_name(t, name);
	}
	for (size_t i = 0; i < count && !why; i++)
		if (strcmp(others[i].field[TEACHER_LOGITS],
		           t->field[TEACHER_LOGITS]) == 0)
			why = xasprintf("another teacher is named %s", name);
	free(name);
	return why;
}

/* The digest has read the whole file, whose pages bfloat16 does without. */
void
teacher_open(struct teacher *t, const struct model_options *options)
{
	model_open(&t->model, t->path, options);
	lineage_init(&t->lineage, t->path, t->model.file,
	             t->model.input != MODEL_AUDIO);
	t->digest = digest_of(t->model.file);
	if (precision_rounds(options->precision))
		safetensors_forget(t->model.file);
}

void
teacher_header(const struct teacher *t, struct frame *header)
{
	char *speakers = lineage_speakers(&t->lineage);

	frame_set_text(header, t->field[TEACHER_SPEAKERS], speakers);
	free(speakers);
}

void
teacher_release(struct teacher *t)
{
	lineage_release(&t->lineage);
	model_release(&t->model);
	free(t->path);
	free(t->language);
	for (int i = 0; i < TEACHER_FIELDS; i++)
		free(t->field[i]);
	free(t->digest);
}

static void
replace_warn(struct teacher *t, struct frame *f)
{
	if (t->replace_warned || !frame_has(f, t->field[TEACHER_LOGITS]))
		return;
	t->replace_warned = true;
	warn("%s: exists already, and is replaced by that of %s",
	     t->field[TEACHER_LOGITS], t->path);
}

const char *
teacher_add(struct teacher *t, struct frame *f, bool embed,
            struct arena *arena)
{
	const struct model *m = &t->model;
	size_t K = m->class_count;
	float *embedding = NULL, *logits;
	struct model_view view;
	const char *why = model_view(&view, m, f);

	if (why)
		return why;
	replace_warn(t, f);
	logits = frame_add1(f, t->field[TEACHER_LOGITS], K);
	frame_remove(f, t->field[TEACHER_EMBEDDING]); /* another teacher's */
	if (embed)
		embedding = frame_add1(f, t->field[TEACHER_EMBEDDING],
		                       model_embedding_length(m));
	model_infer(m, logits, embedding, &view, arena);
	if (!floats_finite(logits, K))
		return "values too large to compute with";
	frame_set_texts(f, t->field[TEACHER_CLASSES], m->classes, K);
	frame_set_text(f, t->field[TEACHER_LANGUAGE], t->language);
	frame_set_text(f, t->field[TEACHER_MODEL], t->digest);
	lineage_mark(&t->lineage, f, t->field[TEACHER_SEEN]);
	return NULL;
}
