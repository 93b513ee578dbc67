/* stream/frame.h and select.h: fields in, fields out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"
#include "stream.h"
#include "stream/frame.h"
#include "stream/match.h"

static void
fields_keep_their_order_and_are_replaced_in_place(void **state)
{
	struct frame f = FRAME_INIT;

	(void)state;
	frame_set_text(&f, "id", "a");
	frame_set_number(&f, "rate", 8000);
	frame_set_text(&f, "label", "ilo");
	frame_set_number(&f, "rate", 16000);
	assert_int_equal(f.fields, 3);
	assert_string_equal(f.field[1].name, "rate");
	assert_true(frame_number(&f, "rate", 0) == 16000);
	frame_remove(&f, "id");
	frame_remove(&f, "nothing");
	assert_int_equal(f.fields, 2);
	assert_string_equal(f.field[0].name, "rate");
	assert_string_equal(frame_text(&f, "label"), "ilo");
	assert_string_equal(frame_id(&f), "?");
	frame_release(&f);
}

static void
values_stay_where_they_are_while_fields_are_added(void **state)
{
	struct frame f = FRAME_INIT;
	float *data = frame_add2(&f, "features", 100, 80);
	const struct tensor *t;
	const char *why = NULL;
	char name[16];

	(void)state;
	for (int i = 0; i < 8000; i++)
		data[i] = (float)i;
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "weight.%d", i);
		frame_set_number(&f, name, i);
	}
	t = frame_need(&f, "features", 2, &why);
	assert_ptr_equal(t->data, data);
	assert_true(t->data[7999] == 7999);
	assert_true(frame_number(&f, "weight.299", -1) == 299);
	frame_release(&f);
}

static void
missing_and_mistyped_fields_are_told_apart(void **state)
{
	struct frame f = FRAME_INIT;
	const char *why = NULL;
	size_t count;

	(void)state;
	frame_set_text(&f, "label", "ilo");
	frame_add1(&f, "loss", 1)[0] = 3;
	assert_null(frame_text(&f, "loss"));
	assert_null(frame_text(&f, "speaker"));
	assert_true(frame_number(&f, "label", -1) == -1);
	assert_true(frame_number(&f, "loss", -1) == -1);
	assert_null(frame_texts(&f, "label", &count));
	assert_null(frame_tensor(&f, "speaker", 1, &why));
	assert_null(why);
	assert_null(frame_tensor(&f, "label", 1, &why));
	assert_string_equal(why, "label: not a tensor");
	frame_release(&f);
}

static void
values_that_are_not_finite_are_found_wherever_they_are(void **state)
{
	static const float odd[] = { NAN, INFINITY, -INFINITY };
	const char *why;

	(void)state;
	for (size_t n = 1; n < 70; n++)
		for (size_t i = 0; i < n; i++) {
			struct frame f = FRAME_INIT;
			float *x = frame_add1(&f, "x", n);

			for (size_t k = 0; k < n; k++)
				x[k] = 3e38f; /* whose sum is not finite */
			assert_non_null(frame_tensor(&f, "x", 1, &why));
			x[i] = odd[(n + i) % 3];
			assert_null(frame_tensor(&f, "x", 1, &why));
			assert_string_equal(why, "x: NaN or infinite values");
			frame_release(&f);
		}
}

static void
fields_are_copied_whole(void **state)
{
	struct frame f = FRAME_INIT, g = FRAME_INIT;
	float *x = frame_add2(&f, "x", 2, 2);
	const struct tensor *t;
	const char *why;

	(void)state;
	memcpy(x, (float[]){ 1, 2, 3, 4 }, 4 * sizeof *x);
	frame_set_text(&f, "id", "a");
	frame_set_field(&g, frame_find(&f, "x"));
	frame_set_field(&g, frame_find(&f, "id"));
	frame_release(&f);
	t = frame_tensor(&g, "x", 2, &why);
	assert_non_null(t);
	assert_true(t->dim[1] == 2 && t->data[3] == 4);
	assert_string_equal(frame_id(&g), "a");
	frame_release(&g);
}

static void
need_forgets(void *argument)
{
	const char *why;

	frame_need(argument, "features", 2, &why);
}

static void
a_field_that_is_needed_and_missing_ends_the_program(void **state)
{
	struct frame f = FRAME_INIT;
	char said[200];

	(void)state;
	frame_set_text(&f, "id", "a.wav");
	assert_int_equal(status_of(need_forgets, &f, said, sizeof said), 1);
	assert_true(says_once(said, "a.wav: no \"features\" in the stream "
	                      "(put featurize before "));
	frame_release(&f);
}

static void
what_an_earlier_utterance_had_may_be_missing(void **state)
{
	struct texts had = TEXTS_INIT;
	struct frame f = { .had = &had };
	const char *why = NULL;

	(void)state;
	frame_add1(&f, "audio", 1)[0] = 1;
	assert_non_null(frame_need(&f, "audio", 1, &why));
	assert_null(why);
	frame_clear(&f);
	assert_null(frame_need(&f, "audio", 1, &why));
	assert_string_equal(why, "audio: missing");
	assert_false(frame_wired(&f, "logits", false));
	texts_release(&had);
	frame_release(&f);
}

static void
patterns_match_keys(void **state)
{
	struct keys k;

	(void)state;
	assert_null(keys_check("id,teacher.*,lo"));
	assert_non_null(keys_check(",,"));
	assert_non_null(keys_check("a*b"));
	keys_init(&k, "id,teacher.*,lo");
	assert_true(keys_match(&k, "id"));
	assert_false(keys_match(&k, "ids"));
	assert_false(keys_match(&k, "i"));
	assert_true(keys_match(&k, "teacher."));
	assert_true(keys_match(&k, "teacher.en.logits"));
	assert_false(keys_match(&k, "teacher"));
	assert_false(keys_match(&k, "logits"));
	assert_true(k.seen[0] && k.seen[1] && !k.seen[2]);
	keys_release(&k);
	keys_init(&k, NULL);
	assert_false(keys_match(&k, ""));
	keys_release(&k);
}

static void
conditions_compare_texts_and_numbers(void **state)
{
	static const struct { const char *text; bool match; } c[] = {
		{ "label=ilo", true }, { "label!=ilo", false },
		{ "label=il", false }, { "label!=", true },
		{ "rate=16000", true },
		{ "rate=1.6e4", true }, { "rate!=8000", true },
		{ "rate=", false },
		{ "speaker=", true }, { "speaker!=s1", true }, { "x=1", false },
	};
	struct frame f = FRAME_INIT;

	(void)state;
	frame_set_text(&f, "label", "ilo");
	frame_set_number(&f, "rate", 16000);
	frame_add1(&f, "x", 1)[0] = 1;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		struct where w;

		assert_null(where_init(&w, &c[i].text, 1));
		assert_int_equal(where_match(&w, &f), c[i].match);
		where_release(&w);
	}
	assert_string_equal(frame_plain(&f, "rate"), "16000");
	assert_string_equal(frame_plain(&f, "label"), "ilo");
	assert_string_equal(frame_plain(&f, "x"), "");
	frame_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			fields_keep_their_order_and_are_replaced_in_place),
		cmocka_unit_test(
			values_stay_where_they_are_while_fields_are_added),
		cmocka_unit_test(missing_and_mistyped_fields_are_told_apart),
		cmocka_unit_test(
			values_that_are_not_finite_are_found_wherever_they_are),
		cmocka_unit_test(fields_are_copied_whole),
		cmocka_unit_test(
			a_field_that_is_needed_and_missing_ends_the_program),
		cmocka_unit_test(
			what_an_earlier_utterance_had_may_be_missing),
		cmocka_unit_test(patterns_match_keys),
		cmocka_unit_test(conditions_compare_texts_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
