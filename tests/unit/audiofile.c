/* audiofile.h, recording.h, segmenter.h: samples of files, parts, windows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/segmenter.h"

enum { RATE = 1000 };

static const struct audiofile_options raw = {
	.raw = true, .format = RAW_S16, .channels = 1, .rate = RATE
};

/* Makes a file of raw samples 0, 1, 2, … n-1, each by 32768; sets name. */
static void
ramp_make(char *name, size_t n)
{
	FILE *fp = fdopen(mkstemp(name), "wb");

	assert_non_null(fp);
	for (size_t i = 0; i < n; i++) {
		putc((int)(i & 255), fp);
		putc((int)(i >> 8), fp);
	}
	assert_int_equal(fclose(fp), 0);
}

static void
is_ramp(const float *x, size_t n, size_t first)
{
	for (size_t i = 0; i < n; i++)
		assert_true(x[i] == (float)(first + i) / 32768);
}

static void
samples_come_in_any_portions(void **state)
{
	char name[] = "/tmp/tunne-wav-XXXXXX";
	float x[500];
	struct audiofile w;
	size_t got;

	(void)state;
	ramp_make(name, 1000);
	assert_null(audiofile_open(&w, name, &raw));
	unlink(name);
	assert_int_equal(w.frames, 1000);
	assert_null(audiofile_read(&w, x, 300, &got));
	assert_int_equal(got, 300);
	is_ramp(x, 300, 0);
	assert_null(audiofile_skip(&w, 600));
	assert_null(audiofile_read(&w, x, 500, &got));
	assert_int_equal(got, 400);
	is_ramp(x, 400, 600);
	assert_null(audiofile_read(&w, x, 500, &got));
	assert_int_equal(got, 0);
	audiofile_close(&w);
}

static void
a_part_is_read_from_its_first_sample_to_its_last(void **state)
{
	char name[] = "/tmp/tunne-wav-XXXXXX";
	float x[1000];
	struct recording s;

	(void)state;
	ramp_make(name, 1000);
	assert_null(recording_open(&s, name, &raw, RATE, .25, .75));
	assert_int_equal(recording_read(&s, x, 1000), 500);
	assert_null(s.why);
	is_ramp(x, 500, 250);
	recording_close(&s);
	assert_null(recording_open(&s, name, &raw, RATE, .25, 1.5));
	assert_int_equal(recording_read(&s, x, 1000), 750);
	assert_string_equal(s.why,
	                    "ends at 1.00 s, before its part does (1.50 s)");
	recording_close(&s);
	assert_null(recording_open(&s, name, &raw, RATE, .25, 1.01));
	assert_int_equal(recording_read(&s, x, 1000), 750);
	assert_null(s.why); /* a time that was rounded */
	recording_close(&s);
	assert_non_null(recording_open(&s, name, &raw, RATE, 1.5, -1));
	recording_close(&s);
	unlink(name);
}

/* Every sample is in a window, in order, and every window is whole. */
static void
windows_lose_nothing_and_are_whole(void **state)
{
	static const size_t length[] = { 1, 99, 100, 101, 130, 199, 1000 };
	static const size_t hop[] = { 1, 7, 30, 99, 100 };

	(void)state;
	for (size_t i = 0; i < 35; i++) {
		char name[] = "/tmp/tunne-wav-XXXXXX";
		size_t n = length[i / 5], seen = 0, last = 0;
		struct recording recording;
		struct segmenter s;

		ramp_make(name, n);
		assert_null(recording_open(&recording, name, &raw, RATE, 0,
		                           -1));
		unlink(name);
		segmenter_init(&s, &recording, 100, hop[i % 5], 0);
		while (segmenter_next(&s)) {
			assert_int_equal(s.length, n < 100 ? n : 100);
			assert_true(s.start <= seen);
			assert_true(s.start == 0 || s.start > last);
			assert_true(s.start - last <= hop[i % 5]);
			is_ramp(s.samples, s.length, s.start);
			last = s.start;
			seen = s.start + s.length;
		}
		assert_int_equal(seen, n);
		segmenter_release(&s);
		recording_close(&recording);
	}
}

static void
a_limit_says_whether_it_has_left_anything(void **state)
{
	static const size_t window[] = { 0, 100 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		static const size_t most[] = { 150, 300, 301 };
		char name[] = "/tmp/tunne-wav-XXXXXX";
		size_t limit = most[i / 2], seen = 0;
		struct recording recording;
		struct segmenter s;

		ramp_make(name, 300);
		assert_null(recording_open(&recording, name, &raw, RATE, 0,
		                           -1));
		unlink(name);
		segmenter_init(&s, &recording, window[i % 2], 100, limit);
		while (segmenter_next(&s))
			seen = s.start + s.length;
		assert_int_equal(seen, limit < 300 ? limit : 300);
		assert_int_equal(s.limited, limit < 300);
		segmenter_release(&s);
		recording_close(&recording);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_come_in_any_portions),
		cmocka_unit_test(
			a_part_is_read_from_its_first_sample_to_its_last),
		cmocka_unit_test(windows_lose_nothing_and_are_whole),
		cmocka_unit_test(a_limit_says_whether_it_has_left_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
