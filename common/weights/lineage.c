#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "stream/part_id.h"
#include "weights/lineage.h"

/* "" where there is none. */
static const char *
metadata_text(const struct safetensors *file, const char *key)
{
	const char *text = safetensors_metadata(file, key);

	return text ? text : "";
}

static void
speaker_add(struct lineage *l, const char *corpus, const char *speaker)
{
	char *name = xasprintf("%s\t%s", corpus, speaker);

	names_add(&l->corpus_speakers, name);
	free(name);
}

/* The key "voices" is older than its present name. */
static void
corpus_speakers_join(struct lineage *l, const struct safetensors *file)
{
	const char *known = metadata_text(file, "voices");
	struct names speakers = NAMES_INIT, corpora = NAMES_INIT;

	names_split(&l->corpus_speakers, known);
	if (*known)
		return;
	names_split(&speakers, metadata_text(file, "speakers"));
	names_split(&corpora, metadata_text(file, "corpora"));
	if (corpora.count == 0)
		names_add(&corpora, "");
	for (size_t s = 0; s < speakers.count; s++)
		for (size_t c = 0; c < corpora.count; c++)
			speaker_add(l, corpora.name[c], speakers.name[s]);
	names_release(&speakers);
	names_release(&corpora);
}

void
lineage_init(struct lineage *l, const char *model,
             const struct safetensors *file, bool features)
{
	*l = (struct lineage){
		.model = model, .features = features,
		.history = xstrdup(""),
		.cmvn = xstrdup(metadata_text(file, "cmvn"))
	};
	lineage_join(l, file);
	l->untrained = l->corpus_speakers.count == 0;
}

void
lineage_release(struct lineage *l)
{
	free(l->history);
	names_release(&l->speakers);
	names_release(&l->corpora);
	names_release(&l->languages);
	names_release(&l->corpus_speakers);
	names_release(&l->teacher_speakers);
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

static void
cmvn_set(struct lineage *l, const char *cmvn)
{
	char *copy = xstrdup(cmvn);

	free(l->cmvn);
	l->cmvn = copy;
}

void
lineage_join(struct lineage *l, const struct safetensors *file)
{
	struct texts history = TEXTS_INIT;

	texts_split_lines(&history, metadata_text(file, "history"));
	for (size_t i = 0; i < history.length; i++)
		lineage_command(l, history.text[i]);
	texts_release(&history);
	names_split(&l->speakers, metadata_text(file, "speakers"));
	names_split(&l->corpora, metadata_text(file, "corpora"));
	names_split(&l->languages, metadata_text(file, "languages"));
	names_split(&l->teacher_speakers, metadata_text(file, "taught"));
	seen_ids_split(&l->utterances, metadata_text(file, "utterances"));
	if (!*metadata_text(file, "cmvn"))
		cmvn_set(l, "");
	else if (*l->cmvn && strcmp(l->cmvn, metadata_text(file, "cmvn")) != 0)
		cmvn_set(l, "mixed");
	corpus_speakers_join(l, file);
}

/* Names are stored one a line, with tabs between fields: both become blanks. */
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

/* The id of the recording that an utterance is a part or a window of. */
static char *
recording_id(struct frame *f)
{
	char *id = xstrdup(id_of(f));

	id[part_recording(id)] = '\0';
	return id;
}

/* Without a speaker the recording stands for one; else it is noted as well. */
static void
speaker_note(struct lineage *l, struct frame *f)
{
	const char *speaker = field_text(f, FIELD_SPEAKER);
	char *id = recording_id(f), *unnamed = xasprintf("\t%s", id);

	if (*speaker)
		seen_ids_add(&l->utterances, id);
	speaker_add(l, field_text(f, FIELD_CORPUS),
	            *speaker ? speaker : unnamed);
	free(unnamed);
	free(id);
}

static const char *
cmvn_of(struct frame *f)
{
	const char *cmvn = frame_text(f, FIELD_CMVN);

	return cmvn && *cmvn ? cmvn : "none";
}

/* Where the normalisation so far is unknown, it stays so. */
static void
cmvn_note(struct lineage *l, struct frame *f)
{
	const char *cmvn = cmvn_of(f);

	if (!*l->cmvn && !l->untrained)
		return;
	if (*l->cmvn && strcmp(l->cmvn, cmvn) != 0)
		cmvn = "mixed";
	cmvn_set(l, cmvn);
}

static void
cmvn_compare(struct lineage *l, struct frame *f)
{
	const char *cmvn = cmvn_of(f);

	if (l->cmvn_warned || !l->features || !*l->cmvn ||
	    strcmp(l->cmvn, "mixed") == 0 || strcmp(l->cmvn, cmvn) == 0)
		return;
	l->cmvn_warned = true;
	if (strcmp(l->cmvn, "none") == 0)
		warn("%s: was trained on features without cmvn, and these "
		     "went through cmvn --by %s", l->model, cmvn);
	else if (strcmp(cmvn, "none") == 0)
		warn("%s: was trained on features after cmvn --by %s, and "
		     "these are without cmvn", l->model, l->cmvn);
	else
		warn("%s: was trained on features after cmvn --by %s, and "
		     "these went through cmvn --by %s", l->model, l->cmvn,
		     cmvn);
}

void
lineage_utterance(struct lineage *l, struct frame *f)
{
	name_note(&l->speakers, f, FIELD_SPEAKER);
	name_note(&l->corpora, f, FIELD_CORPUS);
	name_note(&l->languages, f, FIELD_LANGUAGE);
	speaker_note(l, f);
	cmvn_compare(l, f);
	cmvn_note(l, f);
	if (l->untrained) /* a first training may mix both on purpose */
		l->cmvn_warned = true;
	l->untrained = false;
}

void
lineage_teacher(struct lineage *l, const struct texts *speakers)
{
	for (size_t i = 0; i < speakers->length; i++)
		names_add(&l->teacher_speakers, speakers->text[i]);
}

char *
lineage_speakers(const struct lineage *l)
{
	struct names all = NAMES_INIT;
	char *text;

	for (size_t i = 0; i < l->corpus_speakers.count; i++)
		names_add(&all, l->corpus_speakers.name[i]);
	for (size_t i = 0; i < l->teacher_speakers.count; i++)
		names_add(&all, l->teacher_speakers.name[i]);
	text = names_join(&all);
	names_release(&all);
	return text;
}

/* In the corpus whose name is the first length bytes. */
static bool
speaker_known_in(const struct names *speakers, const char *corpus,
                 size_t length, const char *speaker)
{
	char *name = xasprintf("%.*s\t%s", (int)length, corpus, speaker);
	bool known = names_have(speakers, name);

	free(name);
	return known;
}

/* Where in the sorted names another corpus than that of i begins. */
static size_t
corpus_end(const struct names *speakers, size_t i)
{
	const char *name = speakers->name[i];
	char *end = xasprintf("%.*s\n", (int)strcspn(name, "\t"), name);
	size_t at = names_place(speakers, end); /* a tab is less */

	free(end);
	return at;
}

/* In this corpus, in one without a name, or, where corpus is "", in any. */
static bool
speaker_known(const struct names *speakers, const char *corpus,
              const char *speaker)
{
	if (*corpus)
		return speaker_known_in(speakers, "", 0, speaker) ||
		       speaker_known_in(speakers, corpus, strlen(corpus),
		                        speaker);
	for (size_t i = 0; i < speakers->count; i = corpus_end(speakers, i)) {
		const char *name = speakers->name[i];

		if (speaker_known_in(speakers, name, strcspn(name, "\t"),
		                     speaker))
			return true;
	}
	return false;
}

/* It had a speaker in training, and has none now. */
static bool
utterance_known(const struct lineage *l, const char *id, const char *speaker,
                const char *corpus)
{
	return !*speaker && seen_ids_has(&l->utterances, id) &&
	       (!*corpus || l->corpora.count == 0 ||
	        names_have(&l->corpora, corpus));
}

/*
 * A path without its first folder; NULL where no folder is left, or where the
 * rest is so short that another corpus may have the same ("wav/01.wav").
 */
static const char *
folder_skip(const char *path)
{
	enum { LENGTH_LEAST = 16 };
	const char *slash = strchr(path, '/');

	return slash && strchr(slash + 1, '/') &&
		strlen(slash + 1) >= LENGTH_LEAST ? slash + 1 : NULL;
}

/* By an id, or by the same path from a folder further down. */
static const char *
id_seen(const struct lineage *l, const char *id, const char *speaker,
        const char *corpus)
{
	const char *seen = NULL;

	for (; id && !seen; id = folder_skip(id)) {
		char *unnamed = xasprintf("\t%s", id);

		if (speaker_known(&l->corpus_speakers, corpus, unnamed) ||
		    utterance_known(l, id, speaker, corpus))
			seen = "utterance";
		else if (speaker_known(&l->teacher_speakers, corpus, unnamed))
			seen = "teacher";
		free(unnamed);
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

	if (*speaker && speaker_known(&l->corpus_speakers, corpus, speaker))
		seen = "speaker";
	else
		seen = id_seen(l, recording, speaker, corpus);
	if (!seen && *speaker &&
	    speaker_known(&l->teacher_speakers, corpus, speaker))
		seen = "teacher";
	free(recording);
	return seen;
}

void
lineage_mark(struct lineage *l, struct frame *f, const char *field)
{
	const char *seen = lineage_seen(l, f);

	if (seen)
		frame_set_text(f, field, seen);
	else
		frame_remove(f, field);
	cmvn_compare(l, f);
}

/* The keys "voices" and "taught" are older than the names here. */
void
lineage_texts(struct safetensors_text *text, const struct lineage *l)
{
	const struct safetensors_text all[LINEAGE_TEXTS] = {
		{ "history", xstrdup(l->history) },
		{ "speakers", names_join(&l->speakers) },
		{ "corpora", names_join(&l->corpora) },
		{ "languages", names_join(&l->languages) },
		{ "voices", names_join(&l->corpus_speakers) },
		{ "taught", names_join(&l->teacher_speakers) },
		{ "utterances", seen_ids_join(&l->utterances) },
		{ "cmvn", xstrdup(l->cmvn) }
	};

	memcpy(text, all, sizeof all);
}
