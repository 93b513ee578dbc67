/*
 * scan_fuzz - any bytes through the scanner, the codec and the JSON printer
 *
 * libFuzzer's entry; built and run by hand, with clang:
 *
 *	clang -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -Icommon \
 *		-fsanitize=fuzzer,address,undefined -o build/scan_fuzz \
 *		tests/fuzz/scan_fuzz.c common/core/{arena,die,xalloc}.c \
 *		common/stream/{scan,codec,codec_json}.c -lmsgpackc -lm
 *	mkdir -p build/scan_corpus
 *	build/scan_fuzz -max_len=65536 build/scan_corpus tests/data
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "stream/codec.h"
#include "stream/codec_json.h"
#include "stream/frame_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
value_try(struct codec_value v, FILE *null, struct arena *arena)
{
	const char *text, **texts;
	size_t count;
	double number;

	codec_text(&text, v, arena);
	codec_texts(&texts, &count, v, arena);
	codec_number(&number, v);
	codec_json(null, v, SIZE_MAX, arena);
	codec_json(null, v, 3, arena);
}

/* Once in order and once skimming; both must find the same frames. */
static size_t
frames_count(FILE *fp, off_t skim, FILE *null)
{
	struct arena arena = ARENA_INIT;
	struct scan s = SCAN_INIT;
	const char *why;
	size_t frames = 0;

	rewind(fp);
	s.skim = skim;
	for (; scan_next(&s, fp, &why) == SCAN_OK; frames++) {
		for (size_t i = 0; i < s.entries; i++)
			if (s.entry[i].value_size > 0)
				value_try((struct codec_value){
					s.bytes + s.entry[i].value,
					s.entry[i].value_size }, null, &arena);
		arena_clear(&arena);
	}
	scan_release(&s);
	arena_release(&arena);
	return frames;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *fp, *null;

	if (size == 0)
		return 0; /* fmemopen wants a byte */
	fp = fmemopen((void *)(uintptr_t)data, size, "rb");
	null = fopen("/dev/null", "w");
	if (!fp || !null || frames_count(fp, 0, null) !=
	                    frames_count(fp, (off_t)size, null))
		abort();
	fclose(fp);
	fclose(null);
	return 0;
}
