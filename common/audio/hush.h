/*
 * hush.h - what libmpg123 says behind libsndfile's back
 *
 * It writes lines of its own to standard error, and by these alone can damage
 * be told that it has leapt over.  Between begin and end they go into a pipe
 * and are looked at.  One at a time; no thread may warn meanwhile.
 */
#ifndef HUSH_H
#define HUSH_H

#include <stdbool.h>

struct hush {
	int from, to, saved;      /* descriptors, once open */
	bool open;
	bool trouble;             /* it has told of lost audio */
};

void hush_begin(struct hush *h);
void hush_end(struct hush *h);
void hush_release(struct hush *h);

#endif
