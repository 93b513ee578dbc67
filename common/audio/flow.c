#include <errno.h>
#include <unistd.h>

#include "audio/flow.h"

int64_t
flow_read(void *to, int64_t size, void *context)
{
	struct flow *f = context;
	int64_t done = 0;

	while (done < size) {
		ssize_t got = read(f->fd, (char *)to + done,
		                   (size_t)(size - done));

		if (got > 0)
			done += got;
		else if (got == 0 || errno != EINTR)
			break;
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
