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
	t->logits = xasprintf(FIELD_TEACHER "%s.logits", name);
	t->classes = xasprintf(FIELD_TEACHER "%s.classes", name);
	t->spoken = xasprintf(FIELD_TEACHER "%s.language", name);
	t->seen = xasprintf(FIELD_TEACHER "%s.seen", name);
	t->weights = xasprintf(FIELD_TEACHER "%s.model", name);
	t->speakers = xasprintf(FIELD_TEACHER "%s." FIELD_VOICES, name);
	t->embedding = xasprintf(FIELD_TEACHER "%s.embedding", name);
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
		if (strcmp(others[i].logits, t->logits) == 0)
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

	frame_set_text(header, t->speakers, speakers);
	free(speakers);
}

void
teacher_release(struct teacher *t)
{
	lineage_release(&t->lineage);
	model_release(&t->model);
	free(t->path);
	free(t->language);
	free(t->logits);
	free(t->classes);
	free(t->spoken);
	free(t->embedding);
	free(t->seen);
	free(t->weights);
	free(t->speakers);
	free(t->digest);
}

static void
replace_warn(struct teacher *t, struct frame *f)
{
	if (t->replace_warned || !frame_has(f, t->logits))
		return;
	t->replace_warned = true;
	warn("%s: exists already, and is replaced by that of %s",
	     t->logits, t->path);
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
	logits = frame_add1(f, t->logits, K);
	frame_remove(f, t->embedding); /* may be of another teacher */
	if (embed)
		embedding = frame_add1(f, t->embedding,
		                       model_embedding_length(m));
	model_infer(m, logits, embedding, &view, arena);
	if (!floats_finite(logits, K))
		return "values too large to compute with";
	frame_set_texts(f, t->classes, m->classes, K);
	frame_set_text(f, t->spoken, t->language);
	frame_set_text(f, t->weights, t->digest);
	lineage_mark(&t->lineage, f, t->seen);
	return NULL;
}
