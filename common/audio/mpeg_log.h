/*
 * mpeg_log.h - catches the messages of libmpg123, which libsndfile uses
 *
 * libmpg123 skips damaged parts, and reports them only on standard error.
 * Between begin and end, standard error goes to a pipe whose text is searched
 * for such reports and not shown.  Use one at a time; no other thread may
 * write to standard error meanwhile.
 */
#pragma once

#include <stdbool.h>

struct mpeg_log {
	int from, to, saved;      /* descriptors, once open */
	bool open;
	bool damage;              /* audio was lost */
};

void mpeg_log_begin(struct mpeg_log *log);
void mpeg_log_end(struct mpeg_log *log);
void mpeg_log_release(struct mpeg_log *log);
