/* prediction_writer.h: table and JSON of an utterance, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eval/prediction_writer.h"
#include "stream/fields.h"
#include "stream/frame.h"

static const char *const classes[] = { "joy", "fe\"ar" };

/* What a report of f, with these probabilities, prints. */
static char *
printed(struct frame *f, bool json, float p0, float p1)
{
	const float probability[] = { p0, p1 };
	struct prediction_writer r;
	char *text;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	assert_non_null(fp);
	assert_null(prediction_writer_open(&r, fp, "memory", json, false, NULL,
	                                   classes, 2));
	prediction_writer_put(&r, f, probability);
	prediction_writer_close(&r);
	return text;
}

static void
match(struct frame *f, bool json, const char *want)
{
	char *text = printed(f, json, .25f, .75f);

	assert_string_equal(text, want);
	free(text);
}

static const char heading[] = "id\tstart\tend\tlanguage\tspeaker\tcorpus\t"
	"label\temotion\tconfidence\tjoy\tfe\"ar\n";

static void
test_full(void **state)
{
	struct frame f = FRAME_INIT;
	char want[400];

	(void)state;
	frame_set_text(&f, FIELD_ID, "a\tb\\\"\n");
	frame_set_number(&f, FIELD_START, 1.5);
	frame_set_number(&f, FIELD_END, 2.25);
	frame_set_text(&f, FIELD_LANGUAGE, "fi");
	frame_set_text(&f, FIELD_SPEAKER, "s");
	frame_set_text(&f, FIELD_CORPUS, "c");
	frame_set_text(&f, FIELD_LABEL, "joy");
	snprintf(want, sizeof want, "%s%s", heading,
	         "a b\\\" \t1.500\t2.250\tfi\ts\tc\tjoy\tfe\"ar\t0.7500\t"
	         "0.2500\t0.7500\n");
	match(&f, false, want);
	match(&f, true, "{\"id\":\"a\\tb\\\\\\\"\\n\",\"start\":1.500,"
	      "\"end\":2.250,\"language\":\"fi\",\"speaker\":\"s\","
	      "\"corpus\":\"c\",\"label\":\"joy\",\"emotion\":\"fe\\\"ar\","
	      "\"confidence\":0.7500,\"probabilities\":{\"joy\":0.2500,"
	      "\"fe\\\"ar\":0.7500}}\n");
	frame_release(&f);
}

static void
test_bare(void **state)
{
	struct frame f = FRAME_INIT;
	char want[400];

	(void)state;
	frame_set_text(&f, FIELD_LABEL, "");
	frame_set_number(&f, FIELD_SPEAKER, 5); /* no text */
	snprintf(want, sizeof want, "%s%s", heading,
	         "?\t\t\t\t\t\t\tfe\"ar\t0.7500\t0.2500\t0.7500\n");
	match(&f, false, want);
	match(&f, true, "{\"id\":\"?\","
	      "\"emotion\":\"fe\\\"ar\",\"confidence\":0.7500,"
	      "\"probabilities\":{\"joy\":0.2500,\"fe\\\"ar\":0.7500}}\n");
	frame_release(&f);
}

static void
test_tie(void **state)
{
	struct frame f = FRAME_INIT;
	char *text;

	(void)state;
	text = printed(&f, false, .5f, .5f);
	assert_non_null(strstr(text, "\tjoy\t0.5000\t0.5000\t0.5000\n"));
	free(text);
	frame_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "all fields are told, and escaped", test_full,
		  NULL, NULL, NULL },
		{ "what is missing is empty, or not there", test_bare,
		  NULL, NULL, NULL },
		{ "of two equals the first is named", test_tie,
		  NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
