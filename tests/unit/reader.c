/* stream/reader.h, writer.h, index.h: whole streams, or none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/die.h"
#include "stream.h"
#include "stream/index.h"
#include "stream/reader.h"
#include "stream/writer.h"

static const char corpus[] = "tests/data/corpus.frames";

static void
runs_follow_one_another(void **state)
{
	struct bytes b = bytes_load(corpus);
	struct frame f = FRAME_INIT;
	struct reader r;
	size_t count = 0;

	(void)state;
	memcpy(b.data + b.size, b.data, b.size);
	reader_open(&r, bytes_open(b.data, 2 * b.size), "two");
	while (reader_next(&r, &f))
		count++;
	assert_int_equal(count, 24);
	assert_int_equal(r.runs, 2);
	assert_int_equal(r.utterances_total, 24);
	assert_false(reader_next(&r, &f));
	reader_rewind(&r);
	while (reader_more(&r)) {
		for (count = 0; reader_next_in_run(&r, &f); count++)
			;
		assert_int_equal(count, 12);
	}
	assert_int_equal(r.runs, 2);
	frame_release(&f);
	reader_close(&r);
	free(b.data);
}

struct part { const char *data; size_t size; bool skim; };

/* Reads a stream to its end. */
static void
stream_read(void *argument)
{
	const struct part *p = argument;
	struct frame f = FRAME_INIT;
	struct reader r;

	reader_open(&r, bytes_open(p->data, p->size), "x");
	if (p->skim)
		reader_skim(&r);
	while (reader_next(&r, &f))
		;
	frame_release(&f);
	reader_close(&r);
}

static void
a_cut_at_any_byte_ends_the_program_with_one_line(void **state)
{
	struct bytes b = bytes_load("tests/data/python.frames");
	char said[300];

	(void)state;
	for (size_t cut = 0; cut < b.size; cut++)
		for (int skim = 0; skim <= 1; skim++) {
			struct part p = { b.data, cut, skim };

			assert_int_equal(status_of(stream_read, &p, said,
			                           sizeof said), 1);
			assert_true(says_once(said, "x: "));
		}
	free(b.data);
}

static void
a_whole_stream_is_read_in_silence(void **state)
{
	struct bytes b = bytes_load("tests/data/python.frames");
	struct part p = { b.data, b.size, false };
	char said[300];

	(void)state;
	assert_int_equal(status_of(stream_read, &p, said, sizeof said), 0);
	p.skim = true;
	assert_int_equal(status_of(stream_read, &p, said, sizeof said), 0);
	assert_string_equal(said, "");
	free(b.data);
}

/* Writes three utterances of one long tensor each; the file, at its start. */
static FILE *
long_stream(void)
{
	char *argv[] = { "long", "a 'quoted' word" };
	struct writer w;
	struct frame f = FRAME_INIT;
	FILE *fp = tmpfile();

	writer_open(&w, fp, "long", NULL, 2, argv);
	writer_begin(&w, NULL);
	for (int i = 0; i < 3; i++) {
		float *x = frame_add1(&f, "x", 10000);

		for (int k = 0; k < 10000; k++)
			x[k] = (float)(i * k);
		frame_set_text(&f, "id", (const char *[]){ "a", "b", "c" }[i]);
		writer_put(&w, &f);
		frame_clear(&f);
	}
	writer_drop(&w, "d", "for the test");
	writer_end(&w, 2);
	frame_release(&f);
	assert_int_equal(w.utterances_total, 3);
	assert_int_equal(w.dropped_total, 1);
	free(w.command);
	rewind(fp);
	return fp;
}

static void
what_is_written_is_read(void **state)
{
	struct frame f = FRAME_INIT;
	struct reader r;
	const char *why, **history;
	size_t count;

	(void)state;
	reader_open(&r, long_stream(), "long");
	for (int i = 0; i < 3; i++) {
		assert_true(reader_next(&r, &f));
		assert_true(frame_need(&f, "x", 1, &why)->data[7] ==
		            (float)(7 * i));
		assert_string_equal(frame_text(&f, "frame"), "utterance");
	}
	assert_false(reader_next(&r, &f));
	assert_true(r.dropped == 3);
	history = frame_texts(&r.header, "history", &count);
	assert_int_equal(count, 1);
	assert_string_equal(history[0], "long 'a '\\''quoted'\\'' word'");
	frame_release(&f);
	reader_close(&r);
}

static void
skimming_passes_over_tensors_and_says_where_frames_lie(void **state)
{
	struct frame f = FRAME_INIT, whole = FRAME_INIT;
	const char *id[] = { "a", "b", "c" }, *why;
	off_t at[3];
	size_t size[3];
	struct reader r;

	(void)state;
	reader_open(&r, long_stream(), "long");
	reader_skim(&r);
	for (int i = 0; i < 3; i++) {
		assert_true(reader_next(&r, &f));
		assert_string_equal(frame_id(&f), id[i]);
		assert_int_equal(frame_find(&f, "x")->value.size, 0);
		assert_null(frame_tensor(&f, "x", 1, &why));
		assert_string_equal(why, "x: not MessagePack");
		at[i] = r.at;
		size[i] = r.size;
	}
	assert_false(reader_next(&r, &f));
	for (int i = 2; i >= 0; i--) {
		uint8_t first;

		reader_fetch(&r, &whole, at[i]);
		assert_string_equal(frame_id(&whole), id[i]);
		assert_true(frame_need(&whole, "x", 1, &why)->data[5] ==
		            (float)(5 * i));
		assert_int_equal(whole.scan.length, size[i]);
		reader_bytes(&r, &first, at[i], 1);
		assert_int_equal(first, 0x83);
	}
	assert_int_equal(at[1], at[0] + (off_t)size[0]);
	reader_rewind(&r);
	assert_true(reader_next(&r, &f));
	assert_true(frame_has(&f, "x"));
	frame_release(&f);
	frame_release(&whole);
	reader_close(&r);
}

static void
an_index_knows_every_utterance_of_its_files(void **state)
{
	struct index x = INDEX_INIT;
	struct frame f = FRAME_INIT;
	struct frame *next;

	(void)state;
	for (int i = 0; i < 2; i++) {
		index_open(&x, corpus);
		while ((next = index_next(&x)))
			index_add(&x);
	}
	assert_int_equal(x.places, 24);
	assert_int_equal(x.provenance.history.length, 1);
	index_fetch(&x, &x.place[23], &f);
	assert_string_equal(frame_id(&f), "u11");
	assert_memory_equal(index_read(&x, &x.place[23]), f.scan.bytes,
	                    x.place[23].size);
	assert_int_equal(f.scan.length, x.place[23].size);
	frame_release(&f);
	index_release(&x);
}

static void
put_begin(struct writer *w)
{
	char *argv[] = { "test", NULL };

	writer_open(w, tmpfile(), "test", NULL, 1, argv);
	writer_begin(w, NULL);
}

/* Ends with the writer's status, if it has written so many utterances. */
static _Noreturn void
put_end(struct writer *w, struct frame *f, size_t utterances)
{
	frame_release(f);
	_exit(w->utterances_total == utterances ? writer_close(w) : 77);
}

static void
frame_too_wide_put(void *argument)
{
	struct frame f = FRAME_INIT;
	char name[16];
	struct writer w;

	(void)argument;
	put_begin(&w);
	for (int i = 0; i < 1024; i++) {
		snprintf(name, sizeof name, "%d", i);
		frame_set_number(&f, name, i);
	}
	writer_put(&w, &f);
	put_end(&w, &f, 0);
}

static void
frame_of_many_put(void *argument)
{
	const char *word[66000];
	struct frame f = FRAME_INIT;
	struct writer w;

	(void)argument;
	for (size_t i = 0; i < 66000; i++)
		word[i] = "";
	put_begin(&w);
	frame_set_texts(&f, "x", word, 65000);
	writer_put(&w, &f); /* few enough */
	frame_set_texts(&f, "x", word, 66000);
	writer_put(&w, &f);
	put_end(&w, &f, 1);
}

static void
frame_not_finite_put(void *argument)
{
	struct frame f = FRAME_INIT;
	struct writer w;

	(void)argument;
	put_begin(&w);
	frame_add1(&f, "x", 1)[0] = 1;
	frame_add1(&f, "y", 1)[0] = INFINITY;
	writer_put(&w, &f);
	put_end(&w, &f, 0);
}

/* Nothing of what it claims to hold is there, or looked at. */
static void
frame_too_long_put(void *argument)
{
	struct frame f = FRAME_INIT;
	struct writer w;

	(void)argument;
	put_begin(&w);
	frame_add1(&f, "x", 1);
	frame_find(&f, "x")->tensor.dim[0] = 1 << 28;
	writer_put(&w, &f);
	put_end(&w, &f, 0);
}

static void
a_frame_that_no_reader_would_take_is_dropped(void **state)
{
	char said[300];

	(void)state;
	assert_int_equal(status_of(frame_too_wide_put, NULL, said,
	                           sizeof said), STATUS_FAILED);
	assert_true(says_once(said, "?: dropped: would be a frame of more than "
	                      "1024 fields\n"));
	assert_int_equal(status_of(frame_too_long_put, NULL, said,
	                           sizeof said), STATUS_FAILED);
	assert_true(says_once(said, "1 GiB (wavread --window cuts"));
	assert_int_equal(status_of(frame_of_many_put, NULL, said,
	                           sizeof said), STATUS_FAILED);
	assert_true(says_once(said, "a frame of more than 65536 values\n"));
	assert_int_equal(status_of(frame_not_finite_put, NULL, said,
	                           sizeof said), STATUS_FAILED);
	assert_true(says_once(said, "y: became NaN or infinite\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_follow_one_another),
		cmocka_unit_test(
			a_cut_at_any_byte_ends_the_program_with_one_line),
		cmocka_unit_test(a_whole_stream_is_read_in_silence),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(
			skimming_passes_over_tensors_and_says_where_frames_lie),
		cmocka_unit_test(an_index_knows_every_utterance_of_its_files),
		cmocka_unit_test(a_frame_that_no_reader_would_take_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
