/*
 * container.h - what the head of an audio file says of its length
 *
 * libsndfile reads every container, but takes a file that was cut for a short
 * one, and cannot read all of them from a pipe.  The few bytes looked at here
 * answer both: is everything there, and where do the samples of a WAV file
 * begin, so that they can be read as they arrive.
 *
 * Lengths of 0 and of about 2 or 4 GiB are what programs write that did not
 * know the length (sox, arecord and ffmpeg writing to a pipe): unknown.
 *
 * WAV: Microsoft, "Multimedia Programming Interface and Data Specifications
 * 1.0" (1991).  AIFF: Apple (1989).  AU: Sun.  W64: Sony.  NIST: SPHERE 2.6,
 * a text of 1024 bytes that names its fields.  VOC: Creative Labs.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes taken from the front of a file; owned. */
struct head {
	uint8_t *bytes;
	size_t length, capacity;
	bool ended;               /* the file has no more */
	int error;                /* errno of what ended it; 0: its end */
};

enum { HEAD_BYTES_MAX = 1 << 20 };

/* Takes bytes from fd until there are size, if there are; else false. */
bool head_fill(struct head *h, int fd, size_t size);
void head_release(struct head *h);

enum container {
	CONTAINER_NONE,           /* nothing known: raw samples, text, … */
	CONTAINER_WAV, CONTAINER_RF64, CONTAINER_AIFF, CONTAINER_AU,
	CONTAINER_W64, CONTAINER_OGG, CONTAINER_MPEG, CONTAINER_NIST,
	CONTAINER_VOC,
	CONTAINER_OTHER,          /* flac, caf, … */
	CONTAINER_FOREIGN,        /* nobody here reads it: M4A, WebM, … */
	CONTAINER_FRAMES          /* a stream of ours */
};

enum wav_encoding { WAV_PCM = 1, WAV_FLOAT = 3, WAV_ALAW = 6, WAV_ULAW = 7 };

struct container_info {
	enum container kind;
	uint64_t begin, length;   /* bytes announced; length 0: unknown */
	uint64_t end;             /* WAV: where the whole ends */
	bool empty;               /* WAV: says 0, and that it was closed */
	bool unclosed;            /* WAV: says 0, but there may be more */
	int samples;              /* enum raw_format of plain WAV; or -1 */
	/* of a WAV file whose fmt chunk has been seen */
	unsigned encoding, channels, rate, bits, block;
};

/*
 * Looks at the front of the file that fd stands at, taking what it needs into
 * h: for WAV all up to the first sample (block 0 where that is not found).
 */
void container_look(struct container_info *c, struct head *h, int fd);

/* Does a container begin the file, which can seek?  MPEG is not looked for. */
bool container_named(int fd);

/* Does MPEG audio begin the file, which can seek, behind its ID3 tags? */
bool container_mpeg(int fd);

/*
 * Ogg has no length, but its last page is marked (RFC 3533, section 6).  False
 * where the file, which can seek, lacks the mark: it may have been cut.
 */
bool container_ogg_ends(int fd);

#endif
