/* core/arena.h: pieces stay, memory is used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/rng.h"
#include "core/texts.h"

static void
pieces_are_aligned_and_apart(void **state)
{
	struct arena a = ARENA_INIT;
	unsigned char *piece[500];
	struct rng r;

	(void)state;
	rng_init(&r, 1);
	for (size_t i = 0; i < 500; i++) {
		size_t size = rng_below(&r, 5000);

		piece[i] = arena_take(&a, size + 1, 1);
		assert_int_equal((uintptr_t)piece[i] % 64, 0);
		memset(piece[i], (int)(i % 251), size + 1);
	}
	for (size_t i = 0; i < 500; i++)
		assert_int_equal(piece[i][0], i % 251);
	arena_release(&a);
}

static void
nothing_taken_is_no_null(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_non_null(arena_take(&a, 0, 8));
	assert_non_null(arena_floats(&a, 0));
	assert_string_equal(arena_copy(&a, "", 0), "");
	assert_string_equal(arena_copy(&a, "abc", 2), "ab");
	assert_true(arena_zeros(&a, 3)[2] == 0);
	arena_release(&a);
}

/* Takes pieces in an order that changes from round to round. */
static void
round_take(struct arena *a, size_t round)
{
	static const size_t size[] = { 64, 1 << 20, 1 << 18, 3 << 20, 100 };

	arena_clear(a);
	for (size_t i = 0; i < 5; i++)
		memset(arena_take(a, size[(i + round) % 5], 1), 1, 64);
}

static size_t
blocks_held(const struct arena *a)
{
	size_t blocks = 0;

	/* a block begins with the pointer to the next */
	for (const void *b = a->first; b; memcpy(&b, b, sizeof b))
		blocks++;
	return blocks;
}

static void
the_same_memory_comes_again_in_every_round(void **state)
{
	struct arena a = ARENA_INIT;
	size_t held;

	(void)state;
	for (size_t round = 0; round < 50; round++)
		round_take(&a, round);
	held = blocks_held(&a);
	assert_true(held <= 10);
	for (size_t round = 0; round < 50; round++) {
		round_take(&a, round);
		assert_int_equal(blocks_held(&a), held);
	}
	arena_release(&a);
}

static void
what_is_expected_comes_in_one_block(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	arena_expect(&a, 3 << 20);
	for (size_t i = 0; i < 48; i++)
		arena_take(&a, 1 << 16, 1);
	assert_int_equal(blocks_held(&a), 1);
	arena_expect(&a, 5 << 20); /* too late: there is a block */
	for (size_t i = 0; i < 2; i++)
		arena_take(&a, 1 << 20, 1);
	assert_int_equal(blocks_held(&a), 2);
	arena_release(&a);
}

static void
texts_are_numbered_as_they_come(void **state)
{
	struct texts t = TEXTS_INIT;
	char text[16] = "0";

	(void)state;
	assert_true(texts_find(&t, "a") == TEXTS_NONE);
	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof text, "%d", i);
		assert_int_equal(texts_add(&t, text), i);
		assert_int_equal(texts_add(&t, text), i);
	}
	assert_int_equal(t.length, 3000);
	assert_int_equal(texts_find(&t, "2999"), 2999);
	assert_string_equal(t.text[17], "17");
	assert_true(texts_find(&t, "3000") == TEXTS_NONE);
	assert_true(texts_find(&t, "") == TEXTS_NONE);
	texts_release(&t);

	texts_split(&t, ",b,,a,b,");
	assert_int_equal(t.length, 2);
	assert_string_equal(t.text[0], "b");
	texts_release(&t);
}

static void
a_second_arena_has_rounds_of_its_own(void **state)
{
	struct arena a = ARENA_INIT;
	struct arena *second = arena_second(&a);
	float *x = arena_floats(second, 100);

	(void)state;
	x[99] = 7;
	assert_ptr_not_equal(second, &a);
	arena_floats(&a, 1000);
	arena_clear(&a);
	assert_ptr_equal(arena_second(&a), second);
	assert_true(x[99] == 7);
	arena_release(&a);
	assert_null(a.second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(nothing_taken_is_no_null),
		cmocka_unit_test(the_same_memory_comes_again_in_every_round),
		cmocka_unit_test(what_is_expected_comes_in_one_block),
		cmocka_unit_test(texts_are_numbered_as_they_come),
		cmocka_unit_test(a_second_arena_has_rounds_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
