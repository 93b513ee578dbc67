#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "audio/bytestream.h"
#include "core/xalloc.h"

ssize_t
bytes_read(int fd, void *to, size_t size)
{
	for (;;) {
		ssize_t got = read(fd, to, size);
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (got < 0 && errno == EAGAIN)
			poll(&wait, 1, -1);
		else if (got >= 0 || errno != EINTR)
			return got;
	}
}

int64_t
bytestream_read(void *to, int64_t size, void *context)
{
	struct bytestream *b = context;
	int64_t done = 0;

	while (done < size) {
		ssize_t got = bytes_read(b->fd, (char *)to + done,
		                        (size_t)(size - done));

		if (got < 0)
			b->error = errno;
		if (got <= 0)
			break;
		done += got;
	}
	b->bytes += (uint64_t)done;
	b->torn |= done > 0 && done < size;
	return done;
}

int64_t
bytestream_length(void *context)
{
	(void)context;
	return INT64_MAX;
}

int64_t
bytestream_tell(void *context)
{
	const struct bytestream *b = context;

	return b->seeks ? lseek(b->fd, 0, SEEK_CUR) : (int64_t)b->bytes;
}

int64_t
bytestream_seek(int64_t offset, int whence, void *context)
{
	const struct bytestream *b = context;

	if (!b->seeks)
		return bytestream_tell(context);
	if (whence == SEEK_END && !b->ends)
		return -1;
	if (whence == SEEK_END && offset == 0)
		return 0;
	return lseek(b->fd, offset, whence);
}

static int
temporary_open(void)
{
	const char *folder = getenv("TMPDIR");
	char *path = xasprintf("%s/tunne-XXXXXX",
	                       folder && *folder ? folder : "/tmp");
	int fd = mkstemp(path);

	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static int
all_write(int fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = write(fd, bytes, length);

		if (done < 0 && errno != EINTR)
			return -1;
		if (done > 0) {
			bytes += done;
			length -= (size_t)done;
		}
	}
	return 0;
}

static int
rest_write(int out, int in)
{
	uint8_t buffer[1 << 16];
	ssize_t got;

	while ((got = bytes_read(in, buffer, sizeof buffer)) != 0) {
		if (got < 0 || all_write(out, buffer, (size_t)got))
			return -1;
	}
	return 0;
}

int
bytes_copy(const void *bytes, size_t length, int fd)
{
	int file = temporary_open(), saved;

	if (file < 0)
		return -1;
	if (all_write(file, bytes, length) == 0 && rest_write(file, fd) == 0 &&
	    lseek(file, 0, SEEK_SET) == 0)
		return file;
	saved = errno;
	close(file);
	errno = saved;
	return -1;
}
