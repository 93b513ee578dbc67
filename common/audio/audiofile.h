/*
 * audiofile.h - reads mono samples from a file, a pipe or standard input
 *
 * The only module that uses libsndfile: WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF,
 * AU, CAF, … of 8 to 64 bits.  Integer samples are scaled to full scale 1;
 * float samples are kept, also beyond full scale.
 *
 * From a pipe, raw samples and WAV are read as they arrive; every other
 * container is first copied to an unlinked file in $TMPDIR.
 *
 * Functions that can fail return NULL, or a reason such as "cut short: has
 * 2.00 of 5.00 s", which is kept in the struct until audiofile_close.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/bytestream.h"
#include "audio/container.h"
#include "audio/mpeg_log.h"

struct audiofile_options {
	bool raw;                 /* no container; format, channels, rate */
	int format;               /* enum raw_format */
	int channels, rate;       /* of raw samples */
	int channel;              /* from 1; 0: the mean of all */
};

enum { AUDIOFILE_WHY_MAX = 160 };

struct audiofile {
	void *sndfile;
	int fd;
	int channel, channels, rate;
	bool piped;               /* cannot seek */
	bool counted;             /* frames is known */
	uint64_t frames;          /* in the file */
	uint64_t position;        /* frames read so far */
	float *block;             /* interleaved; owned */
	/* sums of squares of what was mixed: of the sum of all channels, and
	   of each channel; about equal where channels are uncorrelated */
	double mix_power, channel_power;
	unsigned frame;           /* bytes of a frame of raw samples, or 0 */
	bool mpeg;                /* MPEG audio, such as MP3 */
	struct bytestream stream; /* of raw samples and MPEG */
	struct mpeg_log log;
	const char *doubt;        /* what to warn of, or NULL */
	bool concatenated;        /* another recording follows */
	uint64_t trailing;        /* bytes of a WAV pipe behind the samples */
	char cut[AUDIOFILE_WHY_MAX];    /* why it is incomplete, or empty */
	char why[AUDIOFILE_WHY_MAX];
};

/* The reasons of audiofile_open where the file is not a recording. */
#define AUDIOFILE_NOT_AUDIO "not audio (--raw reads raw samples)"
#define AUDIOFILE_FRAMES "a stream of frames, not audio"
#define AUDIOFILE_FOREIGN \
	"a format that is not supported (ffmpeg -i FILE x.wav converts it)"

/*
 * path "-" is standard input.  Call audiofile_close after a failure too.  A
 * file that was cut can be opened: audiofile_read fails where its samples end.
 */
const char *audiofile_open(struct audiofile *w, const char *path,
                           const struct audiofile_options *options);

/* Moves forward to a frame, which must not lie past the end. */
const char *audiofile_skip(struct audiofile *w, uint64_t frame);

/*
 * Reads count samples, fewer only at the end of the audio.  It fails at a
 * sample that is not finite, and where the audio ends before the announced
 * length; *got is then the number of samples before.
 */
const char *
audiofile_read(struct audiofile *w, float *samples, size_t count, size_t *got);

/*
 * Whether the mean of all channels has lost nearly all of their power, as that
 * of a balanced microphone's two wires recorded as left and right.
 */
bool audiofile_cancels(const struct audiofile *w);

/*
 * Whether another recording follows in the same file (container.h), where all
 * was read.  Reads a pipe to its end.
 */
bool audiofile_concatenated(struct audiofile *w);

void audiofile_close(struct audiofile *w);
