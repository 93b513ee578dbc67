/* wav.h, source.h, slicer.h: samples from files, parts and windows. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/container.h"
#include "audio/slicer.h"
#include "audio/spool.h"

enum { RATE = 1000 };

static const struct audiofile_options raw = {
	.raw = true, .format = RAW_S16, .channels = 1, .rate = RATE
};

/* A file of bare samples 0, 1, 2, … n-1, each by 32768; name is written to. */
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
	struct source s;

	(void)state;
	ramp_make(name, 1000);
	assert_null(source_open(&s, name, &raw, RATE, .25, .75));
	assert_int_equal(source_read(&s, x, 1000), 500);
	assert_null(s.why);
	is_ramp(x, 500, 250);
	source_close(&s);
	assert_null(source_open(&s, name, &raw, RATE, .25, 1.5));
	assert_int_equal(source_read(&s, x, 1000), 750);
	assert_string_equal(s.why, "ends at 1.00 s, its part at 1.50 s");
	source_close(&s);
	assert_null(source_open(&s, name, &raw, RATE, .25, 1.01));
	assert_int_equal(source_read(&s, x, 1000), 750);
	assert_null(s.why); /* a time that was rounded */
	source_close(&s);
	assert_non_null(source_open(&s, name, &raw, RATE, 1.5, -1));
	source_close(&s);
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
		struct source source;
		struct slicer s;

		ramp_make(name, n);
		assert_null(source_open(&source, name, &raw, RATE, 0, -1));
		unlink(name);
		slicer_init(&s, &source, 100, hop[i % 5], 0);
		while (slicer_next(&s)) {
			assert_int_equal(s.length, n < 100 ? n : 100);
			assert_true(s.start <= seen);
			assert_true(s.start == 0 || s.start > last);
			assert_true(s.start - last <= hop[i % 5]);
			is_ramp(s.samples, s.length, s.start);
			last = s.start;
			seen = s.start + s.length;
		}
		assert_int_equal(seen, n);
		slicer_release(&s);
		source_close(&source);
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
		struct source source;
		struct slicer s;

		ramp_make(name, 300);
		assert_null(source_open(&source, name, &raw, RATE, 0, -1));
		unlink(name);
		slicer_init(&s, &source, window[i % 2], 100, limit);
		while (slicer_next(&s))
			seen = s.start + s.length;
		assert_int_equal(seen, limit < 300 ? limit : 300);
		assert_int_equal(s.limited, limit < 300);
		slicer_release(&s);
		source_close(&source);
	}
}

/* No byte string may do worse than be called no audio. */
static void
any_head_is_looked_at_without_harm(void **state)
{
	static const char head[] = "RIFF\xff\xff\xff\xffWAVE"
		"LIST\x04\0\0\0abcdfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0"
		"\2\0\x10\0data\0\0\0\0";
	int nothing = open("/dev/null", O_RDONLY);

	(void)state;
	for (size_t n = 0; n < 4 * sizeof head; n++) {
		size_t cut = n % sizeof head, spoiled = n / sizeof head;
		uint8_t bytes[sizeof head];
		struct container_info c;
		struct head h = { .bytes = NULL };
		int fd;

		memcpy(bytes, head, sizeof head);
		if (spoiled == 1)
			bytes[cut] ^= 0xff;
		if (spoiled == 2)
			bytes[cut] = 0x80;
		fd = spool(bytes, spoiled ? sizeof bytes - 1 : cut,
		           nothing);
		assert_true(fd >= 0);
		container_look(&c, &h, fd);
		if (spoiled == 3) {
			assert_int_equal(c.kind, CONTAINER_WAV);
			assert_int_equal(c.rate, 16000);
			assert_int_equal(c.begin, sizeof head - 1);
			assert_int_equal(c.length, 0);
		}
		head_release(&h);
		close(fd);
	}
	close(nothing);
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
		cmocka_unit_test(any_head_is_looked_at_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
