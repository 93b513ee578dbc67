#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "audio/hush.h"

/* Where no descriptors are left nothing is hushed. */
static bool
hush_open(struct hush *h)
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
	/* who says more than a pipe holds is not to wait for us */
	fcntl(h->from, F_SETFL, O_NONBLOCK);
	fcntl(h->to, F_SETFL, O_NONBLOCK);
	return true;
}

void
hush_begin(struct hush *h)
{
	if (hush_open(h) && h->saved >= 0)
		dup2(h->to, STDERR_FILENO);
}

void
hush_end(struct hush *h)
{
	char said[4096];
	ssize_t got;

	if (!h->open || h->saved < 0)
		return;
	dup2(h->saved, STDERR_FILENO);
	while ((got = read(h->from, said, sizeof said - 1)) > 0) {
		said[got] = '\0';
		if (strstr(said, "Skipped") || strstr(said, "error:"))
			h->trouble = true;
	}
}

void
hush_release(struct hush *h)
{
	if (!h->open)
		return;
	close(h->from);
	close(h->to);
	if (h->saved >= 0)
		close(h->saved);
	*h = (struct hush){ .open = false };
}
