#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "model/model_options.h"
#include "model/teacher.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "weights/digest.h"

enum { NAME_SIZE_MAX = 200 }; /* so that keys with it are none too long */

/* "NAME[:LANGUAGE]=MODEL" */
void
teacher_name(struct teacher *t, const char *text,
             const struct teacher *others, size_t count)
{
	char *name = xstrdup(text);
	char *path = strchr(name, '='), *language;

	if (!path || path == name || !path[1])
		die_usage("--teacher %s: want NAME=MODEL or "
		          "NAME:LANGUAGE=MODEL", text);
	*path++ = '\0';
	language = strchr(name, ':');
	if (language)
		*language++ = '\0';
	if (!*name || strlen(name) > NAME_SIZE_MAX || strchr(name, '.') ||
	    (language && !*language))
		die_usage("--teacher %s: a name of up to %d bytes without "
		          "\".\", then maybe \":\" and a language", text,
		          NAME_SIZE_MAX);
	if (!utf8_valid(name) || (language && !utf8_valid(language)))
		die_usage("--teacher %s: not UTF-8", text);
	t->path = xstrdup(path);
	t->language = xstrdup(language ? language : name);
	t->logits = xasprintf(FIELD_TEACHER "%s.logits", name);
	t->classes = xasprintf(FIELD_TEACHER "%s.classes", name);
	t->spoken = xasprintf(FIELD_TEACHER "%s.language", name);
	t->seen = xasprintf(FIELD_TEACHER "%s.seen", name);
	t->weights = xasprintf(FIELD_TEACHER "%s.model", name);
	t->voices = xasprintf(FIELD_TEACHER "%s." FIELD_VOICES, name);
	t->embedding = xasprintf(FIELD_TEACHER "%s.embedding", name);
	for (size_t i = 0; i < count; i++)
		if (strcmp(others[i].logits, t->logits) == 0)
			die_usage("--teacher %s: there is a %s already", text,
			          name);
	free(name);
}

void
teacher_open(struct teacher *t, float seconds, enum precision precision)
{
	model_open_at(&t->model, t->path, precision);
	model_options_set(&t->model, seconds, precision);
	lineage_init(&t->lineage, &t->model);
	t->digest = digest_of(model_file(&t->model));
	if (t->model.packed) /* nobody reads the file any more */
		safetensors_forget(model_file(&t->model));
}

void
teacher_tell(const struct teacher *t, struct frame *header)
{
	char *voices = lineage_voices(&t->lineage);

	frame_set_text(header, t->voices, voices);
	free(voices);
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
	free(t->voices);
	free(t->digest);
}

const char *
teacher_ask(struct teacher *t, struct frame *f, bool embed,
            struct arena *arena)
{
	size_t K = t->model.class_count, rows;
	float *embedding = NULL, *logits;
	const char *why;
	const float *view = model_view(&t->model, f, &rows, &why);

	if (!view)
		return why;
	if (frame_has(f, t->logits) && !t->told) {
		t->told = true;
		warn("%s: is there already, and replaced by what %s says",
		     t->logits, t->path);
	}
	logits = frame_add1(f, t->logits, K);
	frame_remove(f, t->embedding); /* of who had that name before */
	if (embed)
		embedding = frame_add1(f, t->embedding,
		                       model_embedding_length(&t->model));
	model_infer(&t->model, logits, embedding, view, rows, arena);
	for (size_t k = 0; k < K; k++)
		if (!isfinite(logits[k]))
			return "values too large to compute with";
	frame_set_texts(f, t->classes, t->model.classes, K);
	frame_set_text(f, t->spoken, t->language);
	frame_set_text(f, t->weights, t->digest);
	lineage_mark(&t->lineage, f, t->seen, &t->model);
	return NULL;
}
