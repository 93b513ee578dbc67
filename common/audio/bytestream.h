/*
 * bytestream.h - reads bytes from a file or pipe whose length may be unknown
 *
 * struct bytestream is libsndfile's virtual input.  It serves two cases that
 * libsndfile does not handle by itself:
 *
 * - Raw samples from a pipe: libsndfile does not report a last frame that is
 *   incomplete; the count of bytes shows it.
 * - MPEG audio: where libsndfile knows the length of the file it estimates the
 *   number of samples from the first frame, and reads no more than that.  With
 *   an end that cannot be sought, 1.2.0 reads all samples and 1.2.2 refuses
 *   the file; with an end at 0, 1.2.2 counts the samples and 1.2.0 finds none.
 *   audiofile.c tries them in this order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct bytestream {
	int fd;
	bool seeks;               /* fd is a file */
	bool ends;                /* seeking to the end succeeds, and gives 0 */
	bool torn;                /* a read ended early */
	int error;                /* errno of a read that failed, or 0 */
	uint64_t bytes;           /* read so far */
};

/*
 * read(2) that resumes after interruptions, and waits for data where fd is
 * non-blocking.
 */
ssize_t bytes_read(int fd, void *to, size_t size);

/*
 * Writes length bytes, and then all that fd still has, to an unlinked file in
 * $TMPDIR (or /tmp).  Returns its descriptor, at its beginning, or -1 with
 * errno set.
 */
int bytes_copy(const void *bytes, size_t length, int fd);

/*
 * libsndfile's calls; context is a struct bytestream.  Reading gives fewer
 * bytes than size only at the end; the length is INT64_MAX (unknown).  In a
 * pipe, seeking does not move and gives the position.
 */
int64_t bytestream_read(void *to, int64_t size, void *context);
int64_t bytestream_length(void *context);
int64_t bytestream_tell(void *context);
int64_t bytestream_seek(int64_t offset, int whence, void *context);
