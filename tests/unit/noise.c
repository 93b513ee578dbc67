/* audio/noise.h: babble of known samples, parts and tables of recordings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/level.h"
#include "audio/noise.h"
#include "stream.h"

enum { RATE = 8000, N = 2000, FILES = 5, QUIET = 4 };

/* Some longer than N, some shorter; the last is silent. */
static const char *const name[FILES] = {
	"a.au", "b.au", "c.au", "d.au", "quiet.au"
};
static const size_t length[FILES] = { 5000, 2000, 700, 9000, 3000 };

/* Of 16 bits; the files differ in level, and no stretch is like another. */
static int
sample(int file, size_t i)
{
	unsigned x = (unsigned)i * 2654435761u ^ (unsigned)(file * 40503);

	x = (x ^ x >> 15) * 2246822519u;
	return file == QUIET ? 0
	                     : ((int)(x >> 16 & 255) - 128) * (1 << 2 * file);
}

static void
number_put(unsigned x, int bytes, FILE *fp)
{
	while (bytes-- > 0)
		putc((int)(x >> 8 * bytes & 255), fp);
}

/* Sun's .au: a magic number, 24 bytes of header, 16-bit samples. */
static void
file_write(int file)
{
	const unsigned header[] = {
		0x2e736e64, 24, (unsigned)(2 * length[file]), 3, RATE, 1
	};
	FILE *fp = fopen(name[file], "wb");

	assert_non_null(fp);
	for (int i = 0; i < 6; i++)
		number_put(header[i], 4, fp);
	for (size_t i = 0; i < length[file]; i++)
		number_put((unsigned)sample(file, i), 2, fp);
	assert_int_equal(fclose(fp), 0);
}

static void
text_write(const char *path, const char *text)
{
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	fputs(text, fp);
	assert_int_equal(fclose(fp), 0);
}

/* A folder to be in, with the files. */
static int
folder_enter(void **state)
{
	char *folder = strdup("/tmp/tunne-noises-XXXXXX");

	*state = folder;
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return -1;
	for (int i = 0; i < FILES; i++)
		file_write(i);
	return 0;
}

static int
folder_leave(void **state)
{
	for (int i = 0; i < FILES; i++)
		unlink(name[i]);
	unlink("list.tsv");
	if (chdir("/") != 0 || rmdir(*state) != 0)
		return -1;
	free(*state);
	return 0;
}

/* A random place, or the whole again and again; brought to an RMS of 1. */
static void
voice_add(double *y, int file, struct rng *rng)
{
	double u = (double)rng_uniform(rng), energy = 0;
	size_t spare = length[file] > N ? length[file] - N : 0;
	size_t begin = (size_t)llround(u * (double)spare);

	for (size_t i = 0; i < N; i++)
		energy += pow(sample(file, (begin + i) % length[file]), 2);
	for (size_t i = 0; i < N; i++)
		y[i] += sample(file, (begin + i) % length[file]) /
		        sqrt(energy / N);
}

static void
babble_is_the_sum_of_voices_made_equally_loud(void **state)
{
	struct noises s = { .length = 0 };
	float x[N];

	(void)state;
	for (int i = 0; i < FILES - 1; i++)
		noises_add(&s, name[i]);
	for (size_t voices = 1; voices <= 64; voices *= 2) {
		double y[N] = { 0 };
		struct rng rng, naive;

		rng_init(&rng, voices);
		naive = rng;
		for (size_t v = 0; v < voices; v++) {
			struct rng own;

			rng_init(&own, rng_next(&naive));
			voice_add(y, (int)rng_below(&own, FILES - 1), &own);
		}
		assert_true(noises_babble(&s, voices, "x", x, N, RATE, &rng));
		for (size_t i = 0; i < N; i++)
			assert_true(fabs((double)x[i] - y[i]) < 1e-4);
		assert_memory_equal(&rng, &naive, sizeof rng);
	}
	noises_release(&s);
}

static void
a_silent_excerpt_is_drawn_again(void **state)
{
	struct noises s = { .length = 0 };
	struct rng rng;
	float x[N];

	(void)state;
	noises_add(&s, "quiet.au");
	rng_init(&rng, 1);
	x[0] = 1;
	assert_false(noises_babble(&s, 3, "x", x, N, RATE, &rng));
	assert_true(level_rms(x, N) == 0);
	noises_add(&s, "b.au"); /* as long as x: each excerpt is the same */
	for (uint64_t seed = 0; seed < 5; seed++) {
		rng_init(&rng, seed);
		assert_true(noises_babble(&s, 3, "x", x, N, RATE, &rng));
		assert_true(fabs(level_rms(x, N) - 3) < 1e-4);
	}
	noises_release(&s);
}

/* How b.au is heard beside a.au: x correlates with what it holds. */
static double
share_of_b(const struct noises *s, const char *id, uint64_t seed)
{
	double dot = 0, energy = 0;
	struct rng rng;
	float x[N];

	rng_init(&rng, seed);
	assert_true(noises_babble(s, 1, id, x, N, RATE, &rng));
	for (size_t i = 0; i < N; i++) {
		dot += (double)x[i] * sample(1, i);
		energy += pow(sample(1, i), 2);
	}
	return dot / sqrt(energy * N);
}

static void
no_voice_talks_over_itself_while_there_are_others(void **state)
{
	static const char *const own[] = {
		"b.au", "./b.au", "b.au:0.500-1.000"
	};
	struct noises s = { .length = 0 };
	bool heard = false;

	(void)state;
	noises_add(&s, "./b.au");
	for (int i = 0; i < 3; i++)
		assert_true(share_of_b(&s, own[i], 0) > .99);
	noises_add(&s, "a.au");
	for (uint64_t seed = 0; seed < 20; seed++) {
		for (int i = 0; i < 3; i++)
			assert_true(share_of_b(&s, own[i], seed) < .2);
		heard |= share_of_b(&s, "xb.au", seed) > .99;
	}
	assert_true(heard);
	noises_release(&s);
}

/*
 * Of two voices where one is b.au's, b and d, only that one is replaced for
 * the utterance b.au: d + e, and their difference from d is one voice again.
 */
static void
a_voice_drawn_again_moves_no_other(void **state)
{
	struct noises s = { .length = 0 };
	float b[N], x[N], y[N];
	struct rng rng;
	int seen = 0;

	(void)state;
	noises_add(&s, "b.au");
	rng_init(&rng, 0);
	assert_true(noises_babble(&s, 1, "x", b, N, RATE, &rng));
	noises_add(&s, "d.au");
	for (uint64_t seed = 0; seed < 40; seed++) {
		rng_init(&rng, seed);
		noises_babble(&s, 2, "x", x, N, RATE, &rng);
		rng_init(&rng, seed);
		noises_babble(&s, 2, "b.au", y, N, RATE, &rng);
		for (size_t i = 0; i < N; i++) {
			x[i] -= b[i]; /* d, or b, or d + d - b */
			y[i] -= x[i]; /* e */
		}
		if (fabs(level_rms(x, N) - 1) < 1e-4 &&
		    fabs((double)(x[0] - b[0])) > 1e-4) {
			assert_true(fabs(level_rms(y, N) - 1) < 1e-4);
			seen++;
		}
	}
	assert_true(seen > 10);
	noises_release(&s);
}

static void
a_table_names_paths_ids_and_parts(void **state)
{
	char *folder = *state, path[64];
	struct noises s = { .length = 0 };

	text_write("list.tsv", "id\tpath\tend\tstart\n"
	           "one\tb.au\t\t\n\ta.au\t.5\t.125\n");
	snprintf(path, sizeof path, "%s/list.tsv", folder);
	noises_add_manifest(&s, path);
	noises_check(&s);
	assert_int_equal(s.length, 2);
	snprintf(path, sizeof path, "%s/b.au", folder);
	assert_string_equal(s.recording[0].path, path);
	assert_string_equal(s.recording[0].id, "one");
	assert_true(s.recording[0].start == 0 && s.recording[0].end < 0);
	assert_string_equal(s.recording[1].id, "a.au");
	assert_true(s.recording[1].start == .125 && s.recording[1].end == .5);
	for (uint64_t seed = 0; seed < 20; seed++) {
		assert_true(share_of_b(&s, "one", seed) < .2);
		assert_true(share_of_b(&s, "a.au:0.125-0.500", seed) > .99);
	}
	noises_release(&s);
}

/* Where in d.au x [2000] was cut out, from a sample on; SIZE_MAX: nowhere. */
static size_t
place_find(const float *x, size_t from)
{
	for (; from + 2000 <= length[3]; from++) {
		size_t i = 0;

		while (i < 2000 &&
		       x[i] * 32768 == (float)sample(3, from + i))
			i++;
		if (i == 2000)
			return from;
	}
	return SIZE_MAX;
}

/* Excerpts lie within the part; one longer than it repeats it. */
static void
a_part_is_all_that_is_heard(void **state)
{
	char path[] = "d.au", id[] = "d";
	const struct noise_recording part = { path, id, .125, .5 };
	bool begins[3000 - 2000 + 1] = { false };
	size_t places = 0;
	float x[5000];
	struct rng rng;

	(void)state;
	rng_init(&rng, 0);
	for (int k = 0; k < 100; k++) {
		size_t at;

		noise_recorded(x, 2000, RATE, &part, &rng);
		at = place_find(x, 1000);
		assert_true(at <= 2000);
		places += !begins[at - 1000];
		begins[at - 1000] = true;
	}
	assert_true(places > 80);
	noise_recorded(x, 5000, RATE, &part, &rng);
	for (size_t i = 0; i < 5000; i++)
		assert_true(x[i] * 32768 == (float)sample(3, 1000 + i % 3000));
}

static void
list_use(void *argument)
{
	struct noises s = { .length = 0 };

	(void)argument;
	noises_add_manifest(&s, "list.tsv");
	noises_check(&s);
	noises_release(&s);
}

static void
a_table_that_cannot_be_used_is_an_error(void **state)
{
	static const char *const bad[][2] = {
		{ "path\n", "list.tsv: the table has no recording" },
		{ "a.au\nb.au\n", "list.tsv:1: no column 'path'" },
		{ "path\nb.au\tx\n", "list.tsv:2: 2 fields" },
		{ "path\nb.au\nnone.au\n", "none.au: No such file" },
		{ "path\tstart\na.au\t.7\n", "a.au: ends before its part b" },
		{ "path\tend\na.au\t.7\n", "a.au: ends before its part does" },
	};
	char said[1000];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		text_write("list.tsv", bad[i][0]);
		assert_int_equal(status_of(list_use, NULL, said, sizeof said),
		                 1);
		assert_true(says_once(said, bad[i][1]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(babble_is_the_sum_of_voices_made_equally_loud),
		cmocka_unit_test(a_silent_excerpt_is_drawn_again),
		cmocka_unit_test(
			no_voice_talks_over_itself_while_there_are_others),
		cmocka_unit_test(a_voice_drawn_again_moves_no_other),
		cmocka_unit_test(a_table_names_paths_ids_and_parts),
		cmocka_unit_test(a_part_is_all_that_is_heard),
		cmocka_unit_test(a_table_that_cannot_be_used_is_an_error),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
