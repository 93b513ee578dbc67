#include <string.h>
#include <unistd.h>

#include "audio/flow.h"
#include "audio/joined.h"

/* What a recording begins with, in its first bytes. */
struct mark {
	const char *bytes;
	size_t length;
	const char *more;         /* 4 bytes, 8 from the beginning; or NULL */
};

static const struct mark wav = { "RIFF", 4, "WAVE" };
static const struct mark flac = { "fLaC\0\0\0\x22", 8, NULL };

/* OVERLAP: so many first bytes are looked at, wherever blocks are parted. */
enum { BLOCK = 1 << 16, OVERLAP = 12 };

static bool
begins(const struct mark *m, const unsigned char *at)
{
	return memcmp(at, m->bytes, m->length) == 0 &&
	       (!m->more || memcmp(at + 8, m->more, 4) == 0);
}

/* From where fd stands to its end, whether it is found there or not. */
static bool
rest_has(int fd, const struct mark *m)
{
	unsigned char bytes[BLOCK];
	size_t length = 0;
	bool found = false;

	for (;;) {
		ssize_t got = flow_take(fd, bytes + length, BLOCK - length);

		if (got <= 0)
			return found;
		length += (size_t)got;
		if (length < OVERLAP)
			continue;
		for (size_t i = 0; i <= length - OVERLAP && !found; i++)
			found = bytes[i] == m->bytes[0] && begins(m, bytes + i);
		memmove(bytes, bytes + length - (OVERLAP - 1), OVERLAP - 1);
		length = OVERLAP - 1;
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
	off_t end = (off_t)(c->begin + c->length);
	char head[4];

	if (c->kind == CONTAINER_OGG)
		return ogg_joined(fd);
	if (c->kind == CONTAINER_WAV)
		return c->length > 0 && lseek(fd, end, SEEK_SET) == end &&
		       rest_has(fd, &wav);
	return pread(fd, head, sizeof head, 0) == sizeof head &&
	       memcmp(head, flac.bytes, sizeof head) == 0 &&
	       lseek(fd, sizeof head, SEEK_SET) == sizeof head &&
	       rest_has(fd, &flac);
}

bool
joined_rest(int fd)
{
	return rest_has(fd, &wav);
}
