/*
 * frame_scan.h - read exactly one MessagePack map from a file, within bounds
 *
 * msgpack-c allocates as much as a message announces; the scanner takes memory
 * only as bytes arrive.  It finds where the map and each of its values begin
 * and end, so that values can be passed on as they are, and refuses
 * more than FRAME_BYTES_MAX bytes, nesting over FRAME_DEPTH_MAX, more than
 * FRAME_ITEMS_MAX items or FRAME_FIELDS_MAX fields, keys that are not text of
 * at most FRAME_KEY_MAX bytes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum {
	FRAME_BYTES_MAX = 1 << 30,
	FRAME_DEPTH_MAX = 8,
	FRAME_ITEMS_MAX = 1 << 16,
	FRAME_FIELDS_MAX = 1024,
	FRAME_KEY_MAX = 255
};

/* One entry of the map; offsets into scan.bytes. */
struct scan_entry {
	size_t key, key_length;
	size_t value, value_size; /* the value as on the wire; size 0 where
	                             some of it was skipped */
};

struct scan {
	uint8_t *bytes;           /* owned; the whole message */
	size_t length, capacity;
	struct scan_entry *entry; /* owned */
	size_t entries, entries_capacity;
	size_t items;             /* seen so far in this message */

	/*
	 * If not 0, fp is a file of this many bytes, and long binary values are
	 * skipped.
	 */
	off_t skim;
	size_t skipped;           /* bytes skipped in this message */
};

#define SCAN_INIT { .bytes = NULL }

enum scan_result { SCAN_OK, SCAN_EOF, SCAN_ERROR };

/*
 * Reads the next map from fp.  SCAN_EOF: the file ended before the first byte.
 * SCAN_ERROR: *why is the reason, a constant; if it ends in ':', see errno.
 */
enum scan_result scan_next(struct scan *s, FILE *fp, const char **why);

/*
 * The number of items in a complete value, including itself, up to
 * FRAME_ITEMS_MAX + 1.
 */
size_t scan_items(const uint8_t *value, size_t size);

void scan_release(struct scan *s);
