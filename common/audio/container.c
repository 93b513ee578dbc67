#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/bytestream.h"
#include "audio/container.h"
#include "core/xalloc.h"

static const struct {
	const char *bytes;
	size_t offset, length;
	enum container kind;
} magic[] = {
	{ "WAVE", 8, 4, CONTAINER_WAV }, /* after RIFF, see kind_look */
	{ "FORM", 0, 4, CONTAINER_AIFF },
	{ ".snd", 0, 4, CONTAINER_AU },
	{ "riff", 0, 4, CONTAINER_W64 },
	{ "fLaC", 0, 4, CONTAINER_OTHER },
	{ "ftyp", 4, 4, CONTAINER_FOREIGN },             /* MP4, M4A */
	{ "\x1a\x45\xdf\xa3", 0, 4, CONTAINER_FOREIGN }, /* WebM */
	{ "\x30\x26\xb2\x75", 0, 4, CONTAINER_FOREIGN }, /* WMA */
	{ "#!AMR", 0, 5, CONTAINER_FOREIGN },
	{ "wvpk", 0, 4, CONTAINER_FOREIGN },             /* WavPack */
	{ "MAC ", 0, 4, CONTAINER_FOREIGN },             /* Monkey's */
	{ "\xa5" "frame", 1, 6, CONTAINER_FRAMES },
	{ "\xa5" "frame", 3, 6, CONTAINER_FRAMES },      /* over 15 fields */
	{ "OggS", 0, 4, CONTAINER_OGG },
	{ "ID3", 0, 3, CONTAINER_MPEG }, /* mostly */
	{ "caff", 0, 4, CONTAINER_OTHER },
	{ "RF64", 0, 4, CONTAINER_RF64 },
	{ "RIFX", 0, 4, CONTAINER_OTHER },
	{ "NIST", 0, 4, CONTAINER_NIST },
	{ "Creative", 0, 8, CONTAINER_VOC },
	{ "2BIT", 0, 4, CONTAINER_OTHER },
	{ "MATLAB", 0, 6, CONTAINER_OTHER },
};

/* Takes bytes from fd until there are size of them; false at the end. */
static bool
head_fill(struct head *h, int fd, size_t size)
{
	while (h->length < size && !h->ended) {
		ssize_t got;

		if (h->capacity < size) {
			h->capacity = size < 4096 ? 4096 : size;
			h->bytes = xrealloc(h->bytes, h->capacity, 1);
		}
		got = bytes_read(fd, h->bytes + h->length, size - h->length);
		if (got < 0)
			h->error = errno;
		if (got > 0)
			h->length += (size_t)got;
		else
			h->ended = true;
	}
	return h->length >= size;
}

void
head_release(struct head *h)
{
	free(h->bytes);
	*h = (struct head){ .bytes = NULL };
}

static uint64_t
little(const uint8_t *p, size_t bytes)
{
	uint64_t x = 0;

	while (bytes-- > 0)
		x = x << 8 | p[bytes];
	return x;
}

static uint64_t
big(const uint8_t *p, size_t bytes)
{
	uint64_t x = 0;

	for (size_t i = 0; i < bytes; i++)
		x = x << 8 | p[i];
	return x;
}

/* 0 for the lengths that programs write where they do not know it. */
static uint64_t
length_known(uint64_t x)
{
	bool two = x >= 0x7f000000 && x <= 0x80000000;

	return two || (x >= 0xfffff000 && x <= 0xffffffff) ? 0 : x;
}

static bool
mpeg_sync(const uint8_t *p)
{
	return p[0] == 0xff && (p[1] & 0xe0) == 0xe0;
}

static enum container
kind_look(const struct head *h)
{
	const uint8_t *p = h->bytes;

	for (size_t i = 0; i < sizeof magic / sizeof magic[0]; i++)
		if (memcmp(p + magic[i].offset, magic[i].bytes,
		           magic[i].length) == 0 &&
		    (magic[i].kind != CONTAINER_WAV ||
		     memcmp(p, "RIFF", 4) == 0))
			return magic[i].kind;
	if (mpeg_sync(p))
		return CONTAINER_MPEG;
	return CONTAINER_NONE;
}

static void
format_read(struct container_info *c, const uint8_t *p, size_t size)
{
	c->encoding = (unsigned)little(p, 2);
	c->channels = (unsigned)little(p + 2, 2);
	c->rate = (unsigned)little(p + 4, 4);
	c->block = (unsigned)little(p + 12, 2);
	c->bits = (unsigned)little(p + 14, 2);
	if (c->encoding == 0xfffe && size >= 26) /* extensible: in the GUID */
		c->encoding = (unsigned)little(p + 24, 2);
}

/* The format of plain samples, or -1. */
static int
samples_look(const struct container_info *c)
{
	static const struct { unsigned encoding, bits; int samples; } plain[] =
	{
		{ WAV_PCM, 8, RAW_U8 }, { WAV_PCM, 16, RAW_S16 },
		{ WAV_PCM, 24, RAW_S24 }, { WAV_PCM, 32, RAW_S32 },
		{ WAV_FLOAT, 32, RAW_F32 }, { WAV_FLOAT, 64, RAW_F64 },
		{ WAV_ALAW, 8, RAW_ALAW }, { WAV_ULAW, 8, RAW_ULAW },
	};

	if (c->channels == 0 || c->channels > AUDIO_CHANNELS_MAX ||
	    c->rate < AUDIO_RATE_MIN || c->rate > AUDIO_RATE_MAX ||
	    c->block != c->channels * c->bits / 8)
		return -1;
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (plain[i].encoding == c->encoding &&
		    plain[i].bits == c->bits)
			return plain[i].samples;
	return -1;
}

/* Reads the chunks up to the one with the samples. */
static void
wav_look(struct container_info *c, struct head *h, int fd)
{
	size_t at = 12;

	while (head_fill(h, fd, at + 8)) {
		const uint8_t *chunk = h->bytes + at;
		uint64_t size = little(chunk + 4, 4);

		at += 8;
		if (memcmp(chunk, "data", 4) == 0) {
			c->begin = at;
			c->length = length_known(size);
			c->end = 8 + length_known(little(h->bytes + 4, 4));
			if (c->end < at + c->length)
				c->end = at + c->length;
			/* an empty file that was closed counts what follows */
			c->empty = size == 0 &&
				length_known(little(h->bytes + 4, 4)) > at - 8;
			c->unclosed = size == 0 && !c->empty;
			c->samples = samples_look(c);
			return;
		}
		if (size > HEAD_BYTES_MAX - at)
			break;
		size += size & 1; /* chunks begin at even places */
		if (!head_fill(h, fd, at + size))
			break;
		if (memcmp(h->bytes + at - 8, "fmt ", 4) == 0 && size >= 16)
			format_read(c, h->bytes + at, size);
		at += size;
	}
	c->block = 0;
}

/* A field such as "sample_count -i 38379"; 0: missing, or over most. */
static uint64_t
nist_field(const char *text, const char *name, uint64_t most)
{
	const char *at = strstr(text, name);
	uint64_t value;

	if (!at || sscanf(at + strlen(name), " -i %" SCNu64, &value) != 1)
		return 0;
	return value > most ? 0 : value;
}

/* Samples compressed by shorten are fewer bytes than the header says. */
static void
nist_look(struct container_info *c, struct head *h, int fd)
{
	enum { SIZE = 1024 };
	char text[SIZE + 1] = "";

	if (!head_fill(h, fd, SIZE))
		return;
	memcpy(text, h->bytes, SIZE);
	if (strstr(text, "shorten"))
		return;
	c->begin = SIZE;
	c->length = nist_field(text, "\nsample_count", UINT32_MAX) *
	            nist_field(text, "\nchannel_count", AUDIO_CHANNELS_MAX) *
	            nist_field(text, "\nsample_n_bytes", 8);
}

/* Reads the first block; most files have one only. */
static void
voc_look(struct container_info *c, struct head *h, int fd)
{
	size_t at = (size_t)little(h->bytes + 20, 2);

	if (!head_fill(h, fd, at + 4))
		return;
	c->begin = at + 4;
	c->length = little(h->bytes + at + 1, 3);
}

void
container_look(struct container_info *c, struct head *h, int fd)
{
	*c = (struct container_info){
		.kind = CONTAINER_NONE, .samples = -1
	};
	if (!head_fill(h, fd, 28))
		return;
	c->kind = kind_look(h);
	switch (c->kind) {
	case CONTAINER_WAV:
		wav_look(c, h, fd);
		break;
	case CONTAINER_RF64: /* the ds64 chunk comes first */
		c->begin = 8;
		c->length = little(h->bytes + 20, 8);
		break;
	case CONTAINER_AIFF:
		c->begin = 8;
		c->length = length_known(big(h->bytes + 4, 4));
		break;
	case CONTAINER_AU:
		c->begin = big(h->bytes + 4, 4);
		c->length = length_known(big(h->bytes + 8, 4));
		break;
	case CONTAINER_W64:
		c->length = little(h->bytes + 16, 8);
		break;
	case CONTAINER_NIST:
		nist_look(c, h, fd);
		break;
	case CONTAINER_VOC:
		voc_look(c, h, fd);
		break;
	default:
		break;
	}
	if (c->length >> 62) /* impossible: unknown */
		c->length = 0;
}

bool
container_named(int fd)
{
	uint8_t bytes[28];
	const struct head h = { .bytes = bytes, .length = sizeof bytes };
	enum container kind;

	if (pread(fd, bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return false;
	kind = kind_look(&h);
	return kind != CONTAINER_NONE && kind != CONTAINER_MPEG;
}

bool
container_mpeg(int fd)
{
	uint8_t tag[10];
	off_t at = 0;

	while (pread(fd, tag, sizeof tag, at) == (ssize_t)sizeof tag &&
	       memcmp(tag, "ID3", 3) == 0) {
		at += 10 + (tag[5] & 0x10 ? 10 : 0); /* head, foot */
		for (int i = 0; i < 4; i++) /* seven bits a byte */
			at += (off_t)(tag[6 + i] & 127) << 7 * (3 - i);
	}
	return pread(fd, tag, 2, at) == 2 && mpeg_sync(tag);
}

bool
container_ogg_ends(int fd)
{
	enum { PAGE_MAX = 27 + 255 + 255 * 255, LAST = 4 };
	uint8_t *page = xmalloc(PAGE_MAX, 1);
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t got = -1, at;
	bool ends = false;

	if (lseek(fd, size > PAGE_MAX ? size - PAGE_MAX : 0, SEEK_SET) >= 0)
		got = read(fd, page, PAGE_MAX);
	for (at = got - 27; at >= 0; at--)
		if (memcmp(page + at, "OggS", 4) == 0)
			break;
	if (at >= 0) {
		ssize_t end = at + 27 + page[at + 26];

		for (int i = 0; i < page[at + 26] && at + 27 + i < got; i++)
			end += page[at + 27 + i];
		ends = (page[at + 5] & LAST) && end <= got;
	}
	free(page);
	return ends;
}

/* BEGIN: bytes that identify a container, across the borders of blocks. */
enum { BLOCK = 1 << 16, BEGIN = 12 };

static bool
wav_begins(const unsigned char *at)
{
	return memcmp(at, "RIFF", 4) == 0 && memcmp(at + 8, "WAVE", 4) == 0;
}

/* The signature and STREAMINFO, which may be the last block of metadata. */
static bool
flac_begins(const unsigned char *at)
{
	return memcmp(at, "fLaC", 4) == 0 && (at[4] & 0x7f) == 0 &&
	       memcmp(at + 5, "\0\0\x22", 3) == 0;
}

/*
 * Whether a recording begins in the rest of fd, `after` bytes on.  Reads fd to
 * its end in any case.
 */
static bool
rest_has(int fd, bool begins(const unsigned char *), uint64_t after)
{
	unsigned char bytes[BLOCK];
	size_t length = 0;
	bool found = false;

	for (;;) {
		ssize_t got = bytes_read(fd, bytes + length, BLOCK - length);
		size_t at = 0;

		if (got <= 0)
			return found;
		length += (size_t)got;
		for (; at + BEGIN <= length; at++)
			if (after > 0)
				after--;
			else if (!found)
				found = begins(bytes + at);
		memmove(bytes, bytes + at, length - at);
		length -= at;
	}
}

/*
 * Whether a page that begins a stream follows others (RFC 3533, section 6): in
 * one recording, which may have several streams, they come first.
 */
static bool
ogg_concatenated(int fd)
{
	enum { HEAD = 27, SEGMENTS = 26, FLAGS = 5, FIRST = 2 };
	unsigned char page[HEAD + 255];
	bool others = false;
	off_t at = 0;

	for (;;) {
		ssize_t got = pread(fd, page, sizeof page, at);

		if (got < HEAD || memcmp(page, "OggS", 4) != 0 ||
		    got < HEAD + page[SEGMENTS])
			return false;
		if (!(page[FLAGS] & FIRST))
			others = true;
		else if (others)
			return true;
		at += HEAD + page[SEGMENTS];
		for (int i = 0; i < page[SEGMENTS]; i++)
			at += page[HEAD + i];
	}
}

bool
container_concatenated(int fd, const struct container_info *c)
{
	unsigned char head[BEGIN];

	if (c->kind == CONTAINER_OGG)
		return ogg_concatenated(fd);
	if (c->kind == CONTAINER_WAV)
		return c->length > 0 &&
		       lseek(fd, (off_t)c->end, SEEK_SET) >= 0 &&
		       rest_has(fd, wav_begins, 0);
	return pread(fd, head, sizeof head, 0) == sizeof head &&
	       flac_begins(head) && lseek(fd, sizeof head, SEEK_SET) >= 0 &&
	       rest_has(fd, flac_begins, 0);
}

bool
container_concatenated_rest(int fd, uint64_t after)
{
	return rest_has(fd, wav_begins, after);
}
