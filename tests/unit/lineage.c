/* weights/lineage: speakers by corpus, and the metadata of old models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream/fields.h"
#include "stream/frame.h"
#include "weights/lineage.h"

static struct frame utterance = FRAME_INIT;

/* The utterance; NULL leaves a field out. */
static struct frame *
say(const char *id, const char *corpus, const char *speaker)
{
	frame_clear(&utterance);
	frame_set_text(&utterance, FIELD_ID, id);
	if (corpus)
		frame_set_text(&utterance, FIELD_CORPUS, corpus);
	if (speaker)
		frame_set_text(&utterance, FIELD_SPEAKER, speaker);
	return &utterance;
}

static void
seen(const struct lineage *l, const char *want, const char *id,
     const char *corpus, const char *speaker)
{
	const char *got = lineage_seen(l, say(id, corpus, speaker));

	assert_string_equal(got ? got : "", want);
}

/* Of a model that was trained on nothing. */
static void
lineage_begin(struct lineage *l)
{
	const struct safetensors none = { .entry = NULL };

	lineage_init(l, "none", &none, true);
}

static void
texts_free(struct safetensors_text *text)
{
	for (int i = 0; i < LINEAGE_TEXTS; i++)
		free(text[i].value);
}

static void
two_corpora_may_have_one_name(void **state)
{
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("u", "A", "01"));
	lineage_utterance(&l, say("v", "B", "02"));
	seen(&l, "speaker", "x", "A", "01");
	seen(&l, "", "x", "B", "01");
	seen(&l, "", "u", "A", "02");
	seen(&l, "utterance", "u", "A", NULL);
	seen(&l, "", "x", "A", "0");
	seen(&l, "", "x", "A", "011");
	seen(&l, "", "x", "AB", "01");
	seen(&l, "", "x", "C", "01");
	lineage_release(&l);
}

static void
a_path_may_begin_elsewhere(void **state)
{
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("clips/a/1034.wav", "A", "01"));
	lineage_utterance(&l, say("b/utterance34.wav", NULL, NULL));
	lineage_utterance(&l, say("utterance35.wav", NULL, NULL));
	lineage_utterance(&l, say("wav/01.wav", NULL, NULL));
	seen(&l, "utterance", "/home/x/clips/a/1034.wav", NULL, NULL);
	seen(&l, "utterance", "../b/utterance34.wav", NULL, NULL);
	seen(&l, "", "a/1034.wav", NULL, NULL);
	seen(&l, "", "utterance34.wav", NULL, NULL);
	/* any folder may have one */
	seen(&l, "", "x/utterance35.wav", NULL, NULL);
	seen(&l, "", "x/wav/01.wav", NULL, NULL);
	seen(&l, "", "clips/a/1034.wav", NULL, "02");
	lineage_release(&l);
}

/* What is kept is a line a name. */
static void
a_name_may_have_a_line_end(void **state)
{
	struct lineage l, again;
	struct safetensors_text text[LINEAGE_TEXTS];
	const struct safetensors file = {
		.metadata = text, .metadata_count = LINEAGE_TEXTS
	};

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("u", NULL, "an\nn"));
	lineage_utterance(&l, say("v\nw", NULL, NULL));
	lineage_texts(text, &l);
	lineage_init(&again, "m", &file, true);
	seen(&again, "speaker", "x", NULL, "an\nn");
	seen(&again, "utterance", "v\nw", NULL, NULL);
	seen(&again, "", "v", NULL, NULL);
	texts_free(text);
	lineage_release(&again);
	lineage_release(&l);
}

static void
a_window_is_of_its_recording(void **state)
{
	static const char *const others[] = {
		"u.wav:1.00-2.500", "u.wav:1.000-2", "u.wav:1.000",
		"u.wav:-1.000-2.000", "u.wav:1.000-2.500x", "u.wav:",
		"u.wav1.000-2.500", ":1.000-2.500", NULL
	};
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("u.wav", "A", "01"));
	seen(&l, "utterance", "u.wav:1.000-2.500", NULL, NULL);
	seen(&l, "utterance", "u.wav:0.000-12.000", NULL, NULL);
	for (const char *const *id = others; *id; id++)
		seen(&l, "", *id, NULL, NULL);
	lineage_utterance(&l, say("v.wav:1.000-2.500", "A", "02"));
	lineage_utterance(&l, say("w.wav:1.000-2.500", "A", NULL));
	seen(&l, "utterance", "v.wav", NULL, NULL);
	seen(&l, "utterance", "v.wav:2.000-3.500", NULL, NULL);
	seen(&l, "utterance", "w.wav", NULL, NULL);
	seen(&l, "utterance", "w.wav:2.000-3.500", NULL, NULL);
	lineage_release(&l);
}

static void
a_corpus_that_nobody_names_may_be_any(void **state)
{
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("u", "A", "01"));
	lineage_utterance(&l, say("v", NULL, "02"));
	seen(&l, "speaker", "x", NULL, "01");
	seen(&l, "speaker", "x", NULL, "02");
	seen(&l, "speaker", "x", "Z", "02");
	seen(&l, "", "x", NULL, "03");
	lineage_release(&l);
}

static void
without_a_speaker_it_is_the_utterance(void **state)
{
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("u", "A", NULL));
	lineage_utterance(&l, say("v", "A", ""));
	seen(&l, "utterance", "u", "A", NULL);
	seen(&l, "utterance", "v", NULL, "03");
	seen(&l, "", "u", "B", NULL);
	seen(&l, "", "w", "A", "u");
	lineage_release(&l);
}

static void
metadata_keep_it(void **state)
{
	struct lineage l, again;
	struct safetensors_text text[LINEAGE_TEXTS];
	const struct safetensors file = {
		.metadata = text, .metadata_count = LINEAGE_TEXTS
	};

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("u", "A", "01"));
	lineage_utterance(&l, say("v", "B", NULL));
	lineage_texts(text, &l);
	lineage_init(&again, "m", &file, true);
	assert_int_equal(again.corpus_speakers.count, 2);
	seen(&again, "speaker", "x", "A", "01");
	seen(&again, "", "x", "B", "01");
	seen(&again, "utterance", "v", "B", NULL);
	seen(&again, "utterance", "u", "A", NULL); /* had a speaker then */
	seen(&again, "utterance", "u", NULL, NULL);
	seen(&again, "", "u", "C", NULL);
	seen(&again, "", "u", "A", "02");
	assert_string_equal(again.cmvn, "none");
	texts_free(text);
	lineage_release(&l);
	lineage_release(&again);
}

static void
an_old_model_may_know_all_in_all_corpora(void **state)
{
	struct safetensors_text text[] = {
		{ (char[]){ "speakers" }, (char[]){ "01\n02" } },
		{ (char[]){ "corpora" }, (char[]){ "A\nB" } },
	};
	struct safetensors file = { .metadata = text, .metadata_count = 2 };
	struct lineage l;

	(void)state;
	lineage_init(&l, "m", &file, true);
	seen(&l, "speaker", "x", "A", "02");
	seen(&l, "speaker", "x", "B", "01");
	seen(&l, "speaker", "x", NULL, "01");
	seen(&l, "", "x", "C", "01");
	lineage_release(&l);
	file.metadata_count = 1;
	lineage_init(&l, "m", &file, true);
	seen(&l, "speaker", "x", "C", "01");
	lineage_release(&l);
	file.metadata_count = 0;
	lineage_init(&l, "m", &file, true);
	assert_int_equal(l.corpus_speakers.count, 0);
	seen(&l, "", "x", "A", "01");
	lineage_release(&l);
}

/* Corpora whose names begin alike, of some speakers each; asked for all. */
static void
whoever_is_asked_for_is_found_as_by_looking_at_all(void **state)
{
	static const char *const corpora[] = {
		"", "a", "a\x01", "a b", "ab", "b", "\xc3\xa4"
	};
	enum { CORPORA = sizeof corpora / sizeof *corpora, SPEAKERS = 40 };
	bool heard[CORPORA][SPEAKERS] = { { false } };
	struct lineage l;
	char name[16];

	(void)state;
	lineage_begin(&l);
	for (size_t c = 0; c < CORPORA; c++)
		for (size_t s = 0; s < SPEAKERS; s++) {
			heard[c][s] = (7 * s + 5 * c) % 11 == 0;
			snprintf(name, sizeof name, "s%zu", s);
			if (heard[c][s])
				lineage_utterance(&l, say("u", corpora[c],
				                          name));
		}
	for (size_t c = 0; c < CORPORA; c++)
		for (size_t s = 0; s < SPEAKERS; s++) {
			bool want = heard[c][s] || heard[0][s];

			for (size_t i = 0; c == 0 && i < CORPORA; i++)
				want |= heard[i][s];
			snprintf(name, sizeof name, "s%zu", s);
			seen(&l, want ? "speaker" : "", "x", corpora[c], name);
		}
	lineage_release(&l);
}

static void
windows_leave_one_digest(void **state)
{
	struct safetensors_text text[LINEAGE_TEXTS];
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	lineage_utterance(&l, say("a.wav:0.000-5.000", "A", "01"));
	lineage_utterance(&l, say("b.wav", "A", "01"));
	lineage_utterance(&l, say("a.wav:5.000-9.500", "A", "01"));
	lineage_utterance(&l, say("b.wav", "A", "01"));
	lineage_texts(text, &l);
	assert_string_equal(text[6].key, "utterances");
	assert_int_equal(strlen(text[6].value), 2 * SEEN_IDS_LINE - 1);
	texts_free(text);
	lineage_release(&l);
}

static void
a_command_is_one_line_and_there_once(void **state)
{
	struct lineage l;

	(void)state;
	lineage_begin(&l);
	for (int i = 0; i < 2; i++) {
		lineage_command(&l, "score 'a\nb'");
		lineage_command(&l, "predict");
	}
	assert_string_equal(l.history, "score 'a b'\npredict");
	lineage_release(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_corpora_may_have_one_name),
		cmocka_unit_test(a_path_may_begin_elsewhere),
		cmocka_unit_test(a_name_may_have_a_line_end),
		cmocka_unit_test(a_window_is_of_its_recording),
		cmocka_unit_test(a_corpus_that_nobody_names_may_be_any),
		cmocka_unit_test(without_a_speaker_it_is_the_utterance),
		cmocka_unit_test(metadata_keep_it),
		cmocka_unit_test(
			whoever_is_asked_for_is_found_as_by_looking_at_all),
		cmocka_unit_test(windows_leave_one_digest),
		cmocka_unit_test(a_command_is_one_line_and_there_once),
		cmocka_unit_test(an_old_model_may_know_all_in_all_corpora),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	frame_release(&utterance);
	return failed;
}
