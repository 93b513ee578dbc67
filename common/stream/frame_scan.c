#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/frame_scan.h"

/*
 * MessagePack's first bytes (github.com/msgpack/msgpack/blob/master/spec.md):
 *	00-7f, e0-ff   integer          c4-c6  bin, 1 2 4 bytes of length
 *	80-8f  map     90-9f  array     c7-c9  ext, the same, and a type byte
 *	a0-bf  text    c0 c2 c3  nil, false, true     ca cb  float
 *	cc-cf d0-d3    integers of 1 2 4 8 bytes      d4-d8  fixext 1 2 4 8 16
 *	d9-db  text, 1 2 4 bytes of length    dc dd array    de df map
 */
enum item_kind { ITEM_PLAIN, ITEM_TEXT, ITEM_ARRAY, ITEM_MAP, ITEM_INVALID };

struct item {
	enum item_kind kind;
	size_t size; /* bytes that follow, or the number of elements */
};

/* A seek costs about as much as reading this many bytes. */
enum { SKIP_MIN = 1 << 14 };

static const char *const cut = "the stream is cut inside a frame "
                               "(did the filter before it fail?)";

/* Appends count bytes from fp, taking memory only as they come. */
static const char *
bytes_read(struct scan *s, FILE *fp, size_t count)
{
	if (count > FRAME_BYTES_MAX - s->length - s->skipped)
		return "a frame of more than 1 GiB";
	while (count > 0) {
		size_t room, got;

		if (s->length == s->capacity) {
			s->capacity = s->capacity ? 2 * s->capacity : 1 << 12;
			s->bytes = xrealloc(s->bytes, s->capacity, 1);
		}
		room = s->capacity - s->length;
		if (room > count)
			room = count;
		got = fread(s->bytes + s->length, 1, room, fp);
		if (got < room && ferror(fp))
			return "read:";
		if (got < room)
			return cut;
		s->length += got;
		count -= got;
	}
	return NULL;
}

/* Skips count bytes of fp, if the file has as many. */
static const char *
bytes_skip(struct scan *s, FILE *fp, size_t count)
{
	off_t at = ftello(fp);

	if (count > FRAME_BYTES_MAX - s->length - s->skipped)
		return "a frame of more than 1 GiB";
	if (at < 0)
		return "read:";
	if (at > s->skim || (off_t)count > s->skim - at)
		return cut;
	if (fseeko(fp, (off_t)count, SEEK_CUR) != 0)
		return "read:";
	s->skipped += count;
	return NULL;
}

/* Reads a big-endian number of the given width. */
static const char *
length_read(struct scan *s, FILE *fp, size_t width, size_t *value)
{
	const char *why = bytes_read(s, fp, width);

	*value = 0;
	for (size_t i = 0; !why && i < width; i++)
		*value = *value << 8 | s->bytes[s->length - width + i];
	return why;
}

/* Reads the rest of an item's head, after its first byte. */
static const char *
item_read(struct scan *s, FILE *fp, uint8_t first, struct item *item)
{
	const char *why = NULL;

	*item = (struct item){ ITEM_PLAIN, 0 };
	if (first < 0x80 || first >= 0xe0) {
		;
	} else if (first < 0x90) {
		*item = (struct item){ ITEM_MAP, first & 0x0fu };
	} else if (first < 0xa0) {
		*item = (struct item){ ITEM_ARRAY, first & 0x0fu };
	} else if (first < 0xc0) {
		*item = (struct item){ ITEM_TEXT, first & 0x1fu };
	} else if (first == 0xc1) {
		item->kind = ITEM_INVALID;
	} else if (first < 0xc4) {
		;
	} else if (first < 0xc7) {
		why = length_read(s, fp, (size_t)1 << (first - 0xc4),
		                  &item->size);
	} else if (first < 0xca) {
		why = length_read(s, fp, (size_t)1 << (first - 0xc7),
		                  &item->size);
		item->size++;
	} else if (first < 0xcc) {
		item->size = first == 0xca ? 4 : 8;
	} else if (first < 0xd4) {
		item->size = (size_t)1 << (first & 3u);
	} else if (first < 0xd9) {
		item->size = ((size_t)1 << (first - 0xd4)) + 1;
	} else if (first < 0xdc) {
		item->kind = ITEM_TEXT;
		why = length_read(s, fp, (size_t)1 << (first - 0xd9),
		                  &item->size);
	} else {
		item->kind = first < 0xde ? ITEM_ARRAY : ITEM_MAP;
		why = length_read(s, fp, first & 1u ? 4 : 2, &item->size);
	}
	return why;
}

static const char *
head_read(struct scan *s, FILE *fp, struct item *item)
{
	const char *why = bytes_read(s, fp, 1);

	if (!why)
		why = item_read(s, fp, s->bytes[s->length - 1], item);
	if (!why && item->kind == ITEM_INVALID)
		why = "not MessagePack";
	if (!why && ++s->items > FRAME_ITEMS_MAX)
		why = "a frame of more than 65536 items";
	return why;
}

/* Reads one value with all its contents. */
static const char *
value_read(struct scan *s, FILE *fp, int depth)
{
	struct item item;
	const char *why = head_read(s, fp, &item);
	size_t children;

	if (why)
		return why;
	if (item.kind != ITEM_ARRAY && item.kind != ITEM_MAP)
		return s->skim && item.kind != ITEM_TEXT &&
		       item.size >= SKIP_MIN
			? bytes_skip(s, fp, item.size)
			: bytes_read(s, fp, item.size);
	if (depth == FRAME_DEPTH_MAX)
		return "a frame nested more than 8 deep";
	children = item.kind == ITEM_MAP ? 2 * item.size : item.size;
	for (size_t i = 0; i < children && !why; i++)
		why = value_read(s, fp, depth + 1);
	return why;
}

static const char *
entry_read(struct scan *s, FILE *fp, struct scan_entry *entry)
{
	struct item item;
	const char *why = head_read(s, fp, &item);
	size_t skipped;

	if (why)
		return why;
	if (item.kind != ITEM_TEXT || item.size > FRAME_KEY_MAX)
		return "a key that is not text of at most 255 bytes";
	entry->key = s->length;
	entry->key_length = item.size;
	if ((why = bytes_read(s, fp, item.size)))
		return why;
	if (memchr(s->bytes + entry->key, '\0', item.size))
		return "a key that holds a NUL";
	entry->value = s->length;
	skipped = s->skipped;
	why = value_read(s, fp, 1);
	entry->value_size = s->skipped > skipped ? 0
	                                         : s->length - entry->value;
	return why;
}

static struct scan_entry *
entry_add(struct scan *s)
{
	if (s->entries == s->entries_capacity) {
		s->entries_capacity = 2 * s->entries_capacity + 16;
		s->entry = xrealloc(s->entry, s->entries_capacity,
		                    sizeof *s->entry);
	}
	return &s->entry[s->entries++];
}

enum scan_result
scan_next(struct scan *s, FILE *fp, const char **why)
{
	struct item item;
	int first = getc(fp);

	s->length = s->entries = s->items = s->skipped = 0;
	if (first == EOF) {
		*why = "read:";
		return ferror(fp) ? SCAN_ERROR : SCAN_EOF;
	}
	ungetc(first, fp);
	*why = head_read(s, fp, &item);
	if (!*why && item.kind != ITEM_MAP)
		*why = "not a stream of frames "
		       "(wavread makes one; see tunne-frame(5))";
	if (!*why && item.size > FRAME_FIELDS_MAX)
		*why = "a frame of more than 1024 fields";
	for (size_t i = 0; !*why && i < item.size; i++)
		*why = entry_read(s, fp, entry_add(s));
	return *why ? SCAN_ERROR : SCAN_OK;
}

size_t
scan_items(const uint8_t *value, size_t size)
{
	bool holds = (value[0] >= 0x80 && value[0] < 0xa0) ||
	             (value[0] >= 0xdc && value[0] < 0xe0);
	struct scan s = { .skim = (off_t)size };
	size_t items = 1;
	FILE *fp;

	if (!holds) /* neither list nor map */
		return items;
	fp = fmemopen((void *)(uintptr_t)value, size, "r");
	if (!fp)
		die("out of memory");
	value_read(&s, fp, 1); /* to more items than a frame may have */
	items = s.items;
	fclose(fp);
	scan_release(&s);
	return items;
}

void
scan_release(struct scan *s)
{
	free(s->bytes);
	free(s->entry);
	*s = (struct scan)SCAN_INIT;
}
