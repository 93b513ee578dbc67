/* audio/container.h: whether a second recording follows in a file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio/bytestream.h"
#include "audio/container.h"
#include "gradient.h"

/* For so many FLAC heads, 70 kB apart, with this first byte of STREAMINFO. */
static bool
flac_concatenated(int heads, int first)
{
	const struct container_info c = { .kind = CONTAINER_OTHER };
	FILE *fp = tmpfile();
	bool found;

	assert_non_null(fp);
	for (int i = 0; i < heads; i++) {
		fprintf(fp, "fLaC%c%c%c\x22", first, 0, 0);
		for (int k = 0; k < 70001; k++)
			fputs("f", fp);
	}
	assert_int_equal(fflush(fp), 0);
	found = container_concatenated(fileno(fp), &c);
	fclose(fp);
	return found;
}

static void
test_flac(void **state)
{
	(void)state;
	assert_false(flac_concatenated(1, 0));
	assert_true(flac_concatenated(2, 0));
	assert_false(flac_concatenated(1, 0x80)); /* no other metadata */
	assert_true(flac_concatenated(2, 0x80));
	assert_true(flac_concatenated(3, 0x80));
}

/* For a pipe that has this text twice, after so many bytes of it. */
static bool
rest(const char text[16], uint64_t behind)
{
	int fd[2];
	bool found;

	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], text, 16), 16);
	assert_int_equal(write(fd[1], text, 16), 16);
	close(fd[1]);
	found = container_concatenated_rest(fd[0], behind);
	close(fd[0]);
	return found;
}

static void
test_rest(void **state)
{
	(void)state;
	assert_true(rest("RIFF....WAVE....", 0));
	assert_true(rest("RIFF....WAVE....", 16));
	assert_false(rest("RIFF....WAVE....", 17));
	assert_false(rest("RIFF....AVI ....", 0));
	assert_true(rest("..RIFF....WAVE..", 18));
	assert_false(rest("..RIFF....WAVE..", 19));
}

/* Any byte string is read without harm. */
static void
test_heads(void **state)
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
		fd = bytes_copy(bytes, spoiled ? sizeof bytes - 1 : cut,
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
	static const struct CMUnitTest tests[] = {
		{ "FLAC, across the borders of blocks", test_flac, NULL, NULL,
		  NULL },
		{ "WAV in the rest of a pipe", test_rest, NULL, NULL, NULL },
		{ "any head is read without harm", test_heads, NULL, NULL,
		  NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
