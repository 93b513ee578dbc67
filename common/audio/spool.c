#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "audio/flow.h"
#include "audio/spool.h"
#include "core/xalloc.h"

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
rest_copy(int out, int in)
{
	uint8_t buffer[1 << 16];
	ssize_t got;

	while ((got = flow_take(in, buffer, sizeof buffer)) != 0) {
		if (got < 0 || all_write(out, buffer, (size_t)got))
			return -1;
	}
	return 0;
}

int
spool(const void *bytes, size_t length, int fd)
{
	int file = temporary_open(), saved;

	if (file < 0)
		return -1;
	if (all_write(file, bytes, length) == 0 && rest_copy(file, fd) == 0 &&
	    lseek(file, 0, SEEK_SET) == 0)
		return file;
	saved = errno;
	close(file);
	errno = saved;
	return -1;
}
