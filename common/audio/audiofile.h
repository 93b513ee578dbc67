/*
 * audiofile.h - mono samples from a file, a pipe or standard input
 *
 * The only door to libsndfile, so whatever it reads we read: WAV, FLAC, Ogg
 * Vorbis, Opus, MP3, AIFF, AU, CAF, … of 8 to 64 bits.  Integer samples are
 * scaled so that full scale is 1; float samples are kept as they are, beyond
 * full scale too.
 *
 * From a pipe, raw samples and WAV are read as they arrive; every other
 * container is first copied to an unlinked file in $TMPDIR.
 *
 * Functions that can fail return NULL, or the reason in words: "cut short:
 * has 2.00 of 5.00 s".  It lives in the struct audiofile until audiofile_close.
 */
#ifndef AUDIOFILE_H
#define AUDIOFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/flow.h"
#include "audio/hush.h"
#include "audio/mono.h"
#include "audio/raw.h"

struct audiofile_options {
	bool raw;                 /* no container: what follows says it all */
	int format;               /* enum raw_format */
	int channels, rate;       /* of raw samples */
	int channel;              /* 1 is the first; 0: the mean of all */
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
	struct mono_power power;  /* of what was read */
	unsigned frame;           /* bytes of a frame of raw samples; or 0 */
	bool mpeg;                /* MP3 and its kin */
	struct flow flow;         /* of these two, see flow.h */
	struct hush hush;
	const char *doubt;        /* what to warn of, or NULL */
	bool joined;              /* another recording follows it */
	uint64_t behind;          /* bytes from a pipe's samples to its end */
	char cut[AUDIOFILE_WHY_MAX];    /* why it is not whole, or empty */
	char why[AUDIOFILE_WHY_MAX];
};

/* What audiofile_open says of anything that is no recording. */
#define AUDIOFILE_NOT_AUDIO "not audio (raw samples? then --raw)"
#define AUDIOFILE_FRAMES "a stream of frames already (want audio)"
#define AUDIOFILE_FOREIGN \
	"a format that is not read (ffmpeg -i FILE x.wav converts)"

/*
 * path "-" is standard input.  audiofile_close is due also after a failure.  A
 * file that is cut can be opened: audiofile_read fails where the samples end.
 */
const char *audiofile_open(struct audiofile *w, const char *path,
                           const struct audiofile_options *options);

/* Goes forward to a frame; not past the end. */
const char *audiofile_skip(struct audiofile *w, uint64_t frame);

/*
 * Reads count samples, fewer only at the end of the audio.  A sample that is
 * not finite, and an end that comes before the one announced, are failures;
 * *got is then what came before.
 */
const char *
audiofile_read(struct audiofile *w, float *samples, size_t count, size_t *got);

/*
 * Where all has been read: does another recording follow in the same file, of
 * a kind that joined.h knows?  Waits for a pipe's end.
 */
bool audiofile_joined(struct audiofile *w);

void audiofile_close(struct audiofile *w);

#endif
