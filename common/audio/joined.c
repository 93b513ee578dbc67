#include <string.h>
#include <unistd.h>

#include "audio/flow.h"
#include "audio/joined.h"

/* BEGIN: so many first bytes are looked at, wherever blocks are parted. */
enum { BLOCK = 1 << 16, BEGIN = 12 };

static bool
wav_begins(const unsigned char *at)
{
	return memcmp(at, "RIFF", 4) == 0 && memcmp(at + 8, "WAVE", 4) == 0;
}

/* And STREAMINFO, which may be the last of its metadata. */
static bool
flac_begins(const unsigned char *at)
{
	return memcmp(at, "fLaC", 4) == 0 && (at[4] & 0x7f) == 0 &&
	       memcmp(at + 5, "\0\0\x22", 3) == 0;
}

/* From where fd stands to its end, whether it is found there or not. */
static bool
rest_has(int fd, bool begins(const unsigned char *), uint64_t behind)
{
	unsigned char bytes[BLOCK];
	size_t length = 0;
	bool found = false;

	for (;;) {
		ssize_t got = flow_take(fd, bytes + length, BLOCK - length);
		size_t at = 0;

		if (got <= 0)
			return found;
		length += (size_t)got;
		for (; at + BEGIN <= length; at++)
			if (behind > 0)
				behind--;
			else if (!found)
				found = begins(bytes + at);
		memmove(bytes, bytes + at, length - at);
		length -= at;
	}
}

/*
 * Pages of RFC 3533, section 6.  Those that begin streams, of which a
 * recording may have several at once, come before all others.
 */
static bool
ogg_joined(int fd)
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
joined_file(int fd, const struct container_info *c)
{
	unsigned char head[BEGIN];

	if (c->kind == CONTAINER_OGG)
		return ogg_joined(fd);
	if (c->kind == CONTAINER_WAV)
		return c->length > 0 &&
		       lseek(fd, (off_t)c->end, SEEK_SET) >= 0 &&
		       rest_has(fd, wav_begins, 0);
	return pread(fd, head, sizeof head, 0) == sizeof head &&
	       flac_begins(head) && lseek(fd, sizeof head, SEEK_SET) >= 0 &&
	       rest_has(fd, flac_begins, 0);
}

bool
joined_rest(int fd, uint64_t behind)
{
	return rest_has(fd, wav_begins, behind);
}
