#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "audio/mpeg_log.h"

/* False where no descriptors are left: then nothing is caught. */
static bool
pipe_open(struct mpeg_log *log)
{
	int ends[2];

	if (log->open)
		return true;
	if (pipe(ends) < 0)
		return false;
	log->from = ends[0];
	log->to = ends[1];
	log->saved = dup(STDERR_FILENO);
	log->open = true;
	/* a message longer than the pipe holds must not block */
	fcntl(log->from, F_SETFL, O_NONBLOCK);
	fcntl(log->to, F_SETFL, O_NONBLOCK);
	return true;
}

void
mpeg_log_begin(struct mpeg_log *log)
{
	if (pipe_open(log) && log->saved >= 0)
		dup2(log->to, STDERR_FILENO);
}

void
mpeg_log_end(struct mpeg_log *log)
{
	char text[4096];
	ssize_t got;

	if (!log->open || log->saved < 0)
		return;
	dup2(log->saved, STDERR_FILENO);
	while ((got = read(log->from, text, sizeof text - 1)) > 0) {
		text[got] = '\0';
		if (strstr(text, "Skipped") || strstr(text, "error:"))
			log->damage = true;
	}
}

void
mpeg_log_release(struct mpeg_log *log)
{
	if (!log->open)
		return;
	close(log->from);
	close(log->to);
	if (log->saved >= 0)
		close(log->saved);
	*log = (struct mpeg_log){ .open = false };
}
