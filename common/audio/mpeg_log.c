#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "audio/mpeg_log.h"

/* False where no descriptors are left: then nothing is caught. */
static bool
pipe_open(struct mpeg_log *h)
{
	int ends[2];

	if (h->open)
		return true;
	if (pipe(ends) < 0)
		return false;
	h->from = ends[0];
	h->to = ends[1];
	h->saved = dup(STDERR_FILENO);
	h->open = true;
	/* a message longer than the pipe holds must not block */
	fcntl(h->from, F_SETFL, O_NONBLOCK);
	fcntl(h->to, F_SETFL, O_NONBLOCK);
	return true;
}

void
mpeg_log_begin(struct mpeg_log *h)
{
	if (pipe_open(h) && h->saved >= 0)
		dup2(h->to, STDERR_FILENO);
}

void
mpeg_log_end(struct mpeg_log *h)
{
	char text[4096];
	ssize_t got;

	if (!h->open || h->saved < 0)
		return;
	dup2(h->saved, STDERR_FILENO);
	while ((got = read(h->from, text, sizeof text - 1)) > 0) {
		text[got] = '\0';
		if (strstr(text, "Skipped") || strstr(text, "error:"))
			h->damage = true;
	}
}

void
mpeg_log_release(struct mpeg_log *h)
{
	if (!h->open)
		return;
	close(h->from);
	close(h->to);
	if (h->saved >= 0)
		close(h->saved);
	*h = (struct mpeg_log){ .open = false };
}
