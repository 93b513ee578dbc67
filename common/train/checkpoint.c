#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "stream/fields.h"
#include "train/checkpoint.h"

static const char *
metadata_text(const struct model *m, const char *key)
{
	const char *text = model_metadata(m, key);

	return text ? text : "";
}

void
lineage_init(struct lineage *l, const struct model *m)
{
	*l = (struct lineage){ .history = xstrdup("") };
	lineage_join(l, m);
}

void
lineage_release(struct lineage *l)
{
	free(l->history);
	names_release(&l->speakers);
	names_release(&l->corpora);
	names_release(&l->languages);
}

static bool
lines_have(const char *lines, const char *line)
{
	size_t want = strlen(line), length;

	for (; *lines; lines += length + (lines[length] == '\n')) {
		length = strcspn(lines, "\n");
		if (length == want && memcmp(lines, line, length) == 0)
			return true;
	}
	return false;
}

void
lineage_command(struct lineage *l, const char *command)
{
	char *longer;

	if (lines_have(l->history, command))
		return;
	longer = xasprintf("%s%s%s", l->history, *l->history ? "\n" : "",
	                   command);
	free(l->history);
	l->history = longer;
}

void
lineage_join(struct lineage *l, const struct model *m)
{
	char *lines = xstrdup(metadata_text(m, "history")), *line, *rest;

	for (line = lines; *line; line = rest) {
		size_t length = strcspn(line, "\n");

		rest = line + length + (line[length] == '\n');
		line[length] = '\0';
		lineage_command(l, line);
	}
	free(lines);
	names_split(&l->speakers, metadata_text(m, "speakers"));
	names_split(&l->corpora, metadata_text(m, "corpora"));
	names_split(&l->languages, metadata_text(m, "languages"));
}

static void
name_note(struct names *names, struct frame *f, const char *field)
{
	const char *name = frame_text(f, field);

	if (name && *name)
		names_add(names, name);
}

void
lineage_utterance(struct lineage *l, struct frame *f)
{
	name_note(&l->speakers, f, FIELD_SPEAKER);
	name_note(&l->corpora, f, FIELD_CORPUS);
	name_note(&l->languages, f, FIELD_LANGUAGE);
}

void
lineage_texts(struct safetensors_text *text, const struct lineage *l)
{
	text[0] = (struct safetensors_text){
		"history", xstrdup(l->history)
	};
	text[1] = (struct safetensors_text){
		"speakers", names_join(&l->speakers)
	};
	text[2] = (struct safetensors_text){
		"corpora", names_join(&l->corpora)
	};
	text[3] = (struct safetensors_text){
		"languages", names_join(&l->languages)
	};
}

void
lineage_texts_release(struct safetensors_text *text)
{
	for (int i = 0; i < LINEAGE_TEXTS; i++)
		free(text[i].value);
}

enum {
	STATE_TENSORS = 3, STATE_NUMBERS = 4, NUMBER_MAX = 24,
	STATE_TEXTS = STATE_NUMBERS + LINEAGE_TEXTS + 1
};

static void
numbers_print(char number[][NUMBER_MAX], const struct trainer_progress *p)
{
	snprintf(number[0], NUMBER_MAX, "%zu", p->updates);
	snprintf(number[1], NUMBER_MAX, "%zu", p->passes);
	snprintf(number[2], NUMBER_MAX, "%zu", p->batches);
	snprintf(number[3], NUMBER_MAX, "%" PRIu64, p->digest);
}

void
checkpoint_write(const char *path, const struct trainer *t,
                 const struct lineage *l)
{
	static const char *const name[STATE_TENSORS] = {
		"optimizer.m", "optimizer.v", "optimizer.average"
	};
	const float *data[STATE_TENSORS] = { t->m, t->v, t->average };
	struct safetensors_source state[STATE_TENSORS];
	char number[STATE_NUMBERS][NUMBER_MAX];
	struct safetensors_text texts[STATE_TEXTS] = {
		{ "updates", number[0] }, { "passes", number[1] },
		{ "batches", number[2] }, { "digest", number[3] },
		/* an old one says nothing of new weights */
		[STATE_TEXTS - 1] = { "temperature", "1" },
	};
	bool calibrated = model_metadata(t->model, "temperature");

	numbers_print(number, &t->progress);
	lineage_texts(texts + STATE_NUMBERS, l);
	for (int i = 0; i < STATE_TENSORS; i++)
		state[i] = (struct safetensors_source){
			.name = name[i], .type = TYPE_F32, .ndim = 1,
			.dim = { t->model->params.length }, .data = data[i]
		};
	model_write(path, t->model, NULL, TYPE_F32, state,
	            t->average ? STATE_TENSORS : STATE_TENSORS - 1, texts,
	            calibrated ? STATE_TEXTS : STATE_TEXTS - 1);
	lineage_texts_release(texts + STATE_NUMBERS);
}
