/* Where a second recording begins in a file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio/joined.h"
#include "gradient.h"

/* Of so many FLAC heads, 70 kB apart, with this first byte of STREAMINFO's. */
static bool
flac_joined(int heads, int first)
{
	const struct container_info c = { .kind = CONTAINER_OTHER };
	FILE *fp = tmpfile();
	bool joined;

	assert_non_null(fp);
	for (int i = 0; i < heads; i++) {
		fprintf(fp, "fLaC%c%c%c\x22", first, 0, 0);
		for (int k = 0; k < 70001; k++)
			fputs("f", fp);
	}
	assert_int_equal(fflush(fp), 0);
	joined = joined_file(fileno(fp), &c);
	fclose(fp);
	return joined;
}

static void
test_flac(void **state)
{
	(void)state;
	assert_false(flac_joined(1, 0));
	assert_true(flac_joined(2, 0));
	assert_false(flac_joined(1, 0x80)); /* no metadata but these */
	assert_true(flac_joined(2, 0x80));
	assert_true(flac_joined(3, 0x80));
}

/* Of a pipe's rest that is this text twice, behind so many bytes of it. */
static bool
rest(const char text[16], uint64_t behind)
{
	int fd[2];
	bool joined;

	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], text, 16), 16);
	assert_int_equal(write(fd[1], text, 16), 16);
	close(fd[1]);
	joined = joined_rest(fd[0], behind);
	close(fd[0]);
	return joined;
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "FLAC, wherever blocks are parted", test_flac, NULL, NULL,
		  NULL },
		{ "WAV in the rest of a pipe", test_rest, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
