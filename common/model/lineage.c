#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/lineage.h"
#include "model/lineage_cmvn.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "stream/part_id.h"

static const char *
metadata_text(const struct model *m, const char *key)
{
	const char *text = model_metadata(m, key);

	return text ? text : "";
}

static void
voice_add(struct lineage *l, const char *corpus, const char *speaker)
{
	char *voice = xasprintf("%s\t%s", corpus, speaker);

	names_add(&l->voices, voice);
	free(voice);
}

static void
voices_join(struct lineage *l, const struct model *m)
{
	const char *voices = metadata_text(m, "voices");
	struct names speakers = NAMES_INIT, corpora = NAMES_INIT;

	names_split(&l->voices, voices);
	if (*voices)
		return;
	names_split(&speakers, metadata_text(m, "speakers"));
	names_split(&corpora, metadata_text(m, "corpora"));
	if (corpora.count == 0)
		names_add(&corpora, "");
	for (size_t s = 0; s < speakers.count; s++)
		for (size_t c = 0; c < corpora.count; c++)
			voice_add(l, corpora.name[c], speakers.name[s]);
	names_release(&speakers);
	names_release(&corpora);
}

void
lineage_init(struct lineage *l, const struct model *m)
{
	*l = (struct lineage){
		.history = xstrdup(""),
		.cmvn = xstrdup(metadata_text(m, "cmvn"))
	};
	lineage_join(l, m);
	l->fresh = l->voices.count == 0;
}

void
lineage_release(struct lineage *l)
{
	free(l->history);
	names_release(&l->speakers);
	names_release(&l->corpora);
	names_release(&l->languages);
	names_release(&l->voices);
	names_release(&l->taught);
	seen_ids_release(&l->utterances);
	free(l->cmvn);
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
	size_t length = strlen(l->history);
	char *line = xstrdup(command);

	for (char *end = line; (end = strchr(end, '\n'));)
		*end = ' ';
	if (!lines_have(l->history, line)) {
		l->history = xrealloc(l->history, length + strlen(line) + 2, 1);
		if (length > 0)
			l->history[length++] = '\n';
		strcpy(l->history + length, line);
	}
	free(line);
}

void
lineage_join(struct lineage *l, const struct model *m)
{
	struct texts history = TEXTS_INIT;

	texts_split_lines(&history, metadata_text(m, "history"));
	for (size_t i = 0; i < history.length; i++)
		lineage_command(l, history.text[i]);
	texts_release(&history);
	names_split(&l->speakers, metadata_text(m, "speakers"));
	names_split(&l->corpora, metadata_text(m, "corpora"));
	names_split(&l->languages, metadata_text(m, "languages"));
	names_split(&l->taught, metadata_text(m, "taught"));
	seen_ids_split(&l->utterances, metadata_text(m, "utterances"));
	if (!*metadata_text(m, "cmvn"))
		lineage_cmvn_set(l, "");
	else if (*l->cmvn && strcmp(l->cmvn, metadata_text(m, "cmvn")) != 0)
		lineage_cmvn_set(l, "mixed");
	voices_join(l, m);
}

/* Names are kept a line each, in fields: what parts them becomes a blank. */
static const char *
line_of(struct frame *f, const char *text)
{
	char *line;

	if (!strpbrk(text, "\n\t"))
		return text;
	line = arena_copy(&f->arena, text, strlen(text));
	for (char *end = line; (end = strpbrk(end, "\n\t"));)
		*end = ' ';
	return line;
}

/* "" where there is none. */
static const char *
field_text(struct frame *f, const char *field)
{
	const char *text = frame_text(f, field);

	return text ? line_of(f, text) : "";
}

static const char *
id_of(struct frame *f)
{
	return line_of(f, frame_id(f));
}

static void
name_note(struct names *names, struct frame *f, const char *field)
{
	const char *name = field_text(f, field);

	if (*name)
		names_add(names, name);
}

/* Parts and windows of a recording are one here. */
static char *
recording_id(struct frame *f)
{
	char *id = xstrdup(id_of(f));

	id[part_recording(id)] = '\0';
	return id;
}

/* Without a speaker the recording is the voice; else it is noted besides. */
static void
voice_note(struct lineage *l, struct frame *f)
{
	const char *speaker = field_text(f, FIELD_SPEAKER);
	char *id = recording_id(f), *voice = xasprintf("\t%s", id);

	if (*speaker)
		seen_ids_add(&l->utterances, id);
	voice_add(l, field_text(f, FIELD_CORPUS), *speaker ? speaker : voice);
	free(voice);
	free(id);
}

void
lineage_utterance(struct lineage *l, struct frame *f, const struct model *m)
{
	name_note(&l->speakers, f, FIELD_SPEAKER);
	name_note(&l->corpora, f, FIELD_CORPUS);
	name_note(&l->languages, f, FIELD_LANGUAGE);
	voice_note(l, f);
	lineage_cmvn_tell(l, f, m);
	lineage_cmvn_note(l, f);
	if (l->fresh) /* what it begins with may well be of both kinds */
		l->told = true;
	l->fresh = false;
}

void
lineage_teacher(struct lineage *l, const struct texts *voices)
{
	for (size_t i = 0; i < voices->length; i++)
		names_add(&l->taught, voices->text[i]);
}

char *
lineage_voices(const struct lineage *l)
{
	struct names all = NAMES_INIT;
	char *text;

	for (size_t i = 0; i < l->voices.count; i++)
		names_add(&all, l->voices.name[i]);
	for (size_t i = 0; i < l->taught.count; i++)
		names_add(&all, l->taught.name[i]);
	text = names_join(&all);
	names_release(&all);
	return text;
}

/* In the corpus that the first length bytes are. */
static bool
voice_heard_in(const struct names *voices, const char *corpus, size_t length,
               const char *speaker)
{
	char *voice = xasprintf("%.*s\t%s", (int)length, corpus, speaker);
	bool heard = names_have(voices, voice);

	free(voice);
	return heard;
}

/* Where in voices, which are sorted, another corpus than that of i begins. */
static size_t
corpus_end(const struct names *voices, size_t i)
{
	const char *voice = voices->name[i];
	char *end = xasprintf("%.*s\n", (int)strcspn(voice, "\t"), voice);
	size_t at = names_place(voices, end); /* a tab is less */

	free(end);
	return at;
}

/* In this corpus, in one that nobody named, or, corpus "", in any. */
static bool
voice_heard(const struct names *voices, const char *corpus,
            const char *speaker)
{
	if (*corpus)
		return voice_heard_in(voices, "", 0, speaker) ||
		       voice_heard_in(voices, corpus, strlen(corpus),
		                      speaker);
	for (size_t i = 0; i < voices->count; i = corpus_end(voices, i)) {
		const char *voice = voices->name[i];

		if (voice_heard_in(voices, voice, strcspn(voice, "\t"),
		                   speaker))
			return true;
	}
	return false;
}

/* One that had a speaker in training, where it has none now. */
static bool
utterance_heard(const struct lineage *l, const char *id, const char *speaker,
                const char *corpus)
{
	return !*speaker && seen_ids_has(&l->utterances, id) &&
	       (!*corpus || l->corpora.count == 0 ||
	        names_have(&l->corpora, corpus));
}

/*
 * A path less its first folder; or NULL, where no folder is left, or so little
 * that another corpus may have the same ("wav/01.wav").
 */
static const char *
folder_skip(const char *path)
{
	enum { TELLING = 16 };
	const char *slash = strchr(path, '/');

	return slash && strchr(slash + 1, '/') && strlen(slash + 1) >= TELLING
		? slash + 1 : NULL;
}

/* By an id, or by what it would be from a folder further down. */
static const char *
id_seen(const struct lineage *l, const char *id, const char *speaker,
        const char *corpus)
{
	const char *seen = NULL;

	for (; id && !seen; id = folder_skip(id)) {
		char *voice = xasprintf("\t%s", id);

		if (voice_heard(&l->voices, corpus, voice) ||
		    utterance_heard(l, id, speaker, corpus))
			seen = "utterance";
		else if (voice_heard(&l->taught, corpus, voice))
			seen = "teacher";
		free(voice);
	}
	return seen;
}

const char *
lineage_seen(const struct lineage *l, struct frame *f)
{
	const char *speaker = field_text(f, FIELD_SPEAKER);
	const char *corpus = field_text(f, FIELD_CORPUS);
	char *recording = recording_id(f);
	const char *seen;

	if (*speaker && voice_heard(&l->voices, corpus, speaker))
		seen = "speaker";
	else
		seen = id_seen(l, recording, speaker, corpus);
	if (!seen && *speaker && voice_heard(&l->taught, corpus, speaker))
		seen = "teacher";
	free(recording);
	return seen;
}

void
lineage_mark(struct lineage *l, struct frame *f, const char *field,
             const struct model *m)
{
	const char *seen = lineage_seen(l, f);

	if (seen)
		frame_set_text(f, field, seen);
	else
		frame_remove(f, field);
	lineage_cmvn_tell(l, f, m);
	lineage_cmvn_silence(l, f, m);
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
	text[4] = (struct safetensors_text){
		"voices", names_join(&l->voices)
	};
	text[5] = (struct safetensors_text){
		"taught", names_join(&l->taught)
	};
	text[6] = (struct safetensors_text){ "utterances",
		                             seen_ids_join(&l->utterances) };
	text[7] = (struct safetensors_text){ "cmvn", xstrdup(l->cmvn) };
}

void
lineage_texts_release(struct safetensors_text *text)
{
	for (int i = 0; i < LINEAGE_TEXTS; i++)
		free(text[i].value);
}
