#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "audio/flow.h"

ssize_t
flow_take(int fd, void *to, size_t size)
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
flow_read(void *to, int64_t size, void *context)
{
	struct flow *f = context;
	int64_t done = 0;

	while (done < size) {
		ssize_t got = flow_take(f->fd, (char *)to + done,
		                        (size_t)(size - done));

		if (got < 0)
			f->error = errno;
		if (got <= 0)
			break;
		done += got;
	}
	f->bytes += (uint64_t)done;
	f->torn |= done > 0 && done < size;
	return done;
}

int64_t
flow_length(void *context)
{
	(void)context;
	return INT64_MAX;
}

int64_t
flow_tell(void *context)
{
	const struct flow *f = context;

	return f->seeks ? lseek(f->fd, 0, SEEK_CUR) : (int64_t)f->bytes;
}

int64_t
flow_seek(int64_t offset, int whence, void *context)
{
	const struct flow *f = context;

	if (!f->seeks)
		return flow_tell(context);
	if (whence == SEEK_END && !f->ends)
		return -1;
	if (whence == SEEK_END && offset == 0)
		return 0;
	return lseek(f->fd, offset, whence);
}
