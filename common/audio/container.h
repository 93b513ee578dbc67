/*
 * container.h - the format and length that an audio file announces
 *
 * libsndfile reads every container, but takes a file that was cut for a short
 * one, and cannot read all containers from a pipe.  The first bytes tell what
 * is missing: how long the file should be, and where the samples of a WAV file
 * begin, so that they can be read as they arrive.
 *
 * Programs that write to a pipe (sox, arecord, ffmpeg) do not know the length
 * and announce 0, or about 2 or 4 GiB.  Such lengths are unknown here.
 *
 * WAV: Microsoft, "Multimedia Programming Interface and Data Specifications
 * 1.0" (1991).  AIFF: Apple (1989).  AU: Sun.  W64: Sony.  NIST: SPHERE 2.6,
 * a text of 1024 bytes that names its fields.  VOC: Creative Labs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	AUDIO_RATE_MIN = 1000, AUDIO_RATE_MAX = 768000,
	AUDIO_CHANNELS_MAX = 1024
};

/* Samples without a container, little-endian; RAW_WORDS names all but F64. */
enum raw_format {
	RAW_S16, RAW_S24, RAW_S32, RAW_U8, RAW_F32, RAW_ULAW, RAW_ALAW, RAW_F64
};
#define RAW_WORDS "s16|s24|s32|u8|f32|ulaw|alaw"

/* The bytes taken from the front of a file; owned. */
struct head {
	uint8_t *bytes;
	size_t length, capacity;
	bool ended;               /* the file has no more */
	int error;                /* errno of a read that failed, or 0 */
};

enum { HEAD_BYTES_MAX = 1 << 20 };

void head_release(struct head *h);

enum container {
	CONTAINER_NONE,           /* unknown: raw samples, text, … */
	CONTAINER_WAV, CONTAINER_RF64, CONTAINER_AIFF, CONTAINER_AU,
	CONTAINER_W64, CONTAINER_OGG, CONTAINER_MPEG, CONTAINER_NIST,
	CONTAINER_VOC,
	CONTAINER_OTHER,          /* flac, caf, … */
	CONTAINER_FOREIGN,        /* not supported: M4A, WebM, … */
	CONTAINER_FRAMES          /* tunne's own stream */
};

enum wav_encoding { WAV_PCM = 1, WAV_FLOAT = 3, WAV_ALAW = 6, WAV_ULAW = 7 };

struct container_info {
	enum container kind;
	uint64_t begin, length;   /* of samples, bytes; length 0: unknown */
	uint64_t end;             /* WAV: where the file ends */
	bool empty;               /* WAV: announces 0 and was closed */
	bool unclosed;            /* WAV: announces 0, but may have more */
	int samples;              /* enum raw_format of plain WAV, or -1 */
	/* of a WAV file whose fmt chunk was found */
	unsigned encoding, channels, rate, bits, block;
};

/*
 * Reads the front of fd into h as far as needed: for WAV up to the first
 * sample (block is 0 where that was not found).
 */
void container_look(struct container_info *c, struct head *h, int fd);

/* Whether the file, which can seek, begins with a container but MPEG. */
bool container_named(int fd);

/* Whether the file, which can seek, has MPEG audio behind its ID3 tags. */
bool container_mpeg(int fd);

/*
 * Whether the last page of an Ogg file, which can seek, is marked as the last
 * (RFC 3533, section 6).  Where it is not, the file may have been cut.
 */
bool container_ogg_ends(int fd);

/*
 * Whether a second recording follows the first, as "cat a.opus b.opus" makes:
 * libsndfile reads the first one only, or none.  In a file that can seek, WAV,
 * FLAC and Ogg are recognised; moves fd.
 */
bool container_concatenated(int fd, const struct container_info *c);

/* The same for the rest of a pipe, `after` bytes on; WAV only.  Reads all. */
bool container_concatenated_rest(int fd, uint64_t after);
