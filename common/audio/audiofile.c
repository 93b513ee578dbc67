#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/audiofile.h"
#include "audio/container.h"
#include "core/xalloc.h"

/* Channels cancel where their sum has less than this share of their power. */
#define CANCELLED 1e-3

enum {
	BLOCK_SAMPLES = 1 << 15,  /* read at once, all channels together */
	MPEG_FRAME = 1152         /* an error loses all of one read */
};

static const struct { int format, bytes; } raw_format[] = {
	[RAW_S16] = { SF_FORMAT_PCM_16, 2 },
	[RAW_S24] = { SF_FORMAT_PCM_24, 3 },
	[RAW_S32] = { SF_FORMAT_PCM_32, 4 },
	[RAW_U8] = { SF_FORMAT_PCM_U8, 1 },
	[RAW_F32] = { SF_FORMAT_FLOAT, 4 },
	[RAW_ULAW] = { SF_FORMAT_ULAW, 1 },
	[RAW_ALAW] = { SF_FORMAT_ALAW, 1 },
	[RAW_F64] = { SF_FORMAT_DOUBLE, 8 },
};

/* Prints a reason into w->why, or w->cut. */
__attribute__((format(printf, 2, 3))) static const char *
say(char why[AUDIOFILE_WHY_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, AUDIOFILE_WHY_MAX, format, args);
	va_end(args);
	return why;
}

static double
seconds(const struct audiofile *w, uint64_t frames)
{
	return (double)frames / w->rate;
}

static SNDFILE *
descriptor_open(struct audiofile *w, SF_INFO *info)
{
	SF_VIRTUAL_IO calls = {
		.get_filelen = bytestream_length, .seek = bytestream_seek,
		.read = bytestream_read, .tell = bytestream_tell
	};
	SNDFILE *sndfile;

	w->stream = (struct bytestream){ .fd = w->fd, .seeks = w->mpeg };
	mpeg_log_begin(&w->log);
	if (w->mpeg || (w->piped && w->frame))
		sndfile = sf_open_virtual(&calls, SFM_READ, info, &w->stream);
	else
		sndfile = sf_open_fd(w->fd, SFM_READ, info, SF_FALSE);
	if (!sndfile && w->mpeg && lseek(w->fd, 0, SEEK_SET) == 0) {
		w->stream.ends = true;
		sndfile = sf_open_virtual(&calls, SFM_READ, info, &w->stream);
	}
	mpeg_log_end(&w->log);
	return sndfile;
}

/* Opens the descriptor; format 0: libsndfile detects the container. */
static const char *
sound_open(struct audiofile *w, int format, int rate, int channels)
{
	int type = format ? SF_FORMAT_RAW | SF_ENDIAN_LITTLE | format : 0;
	SF_INFO info = {
		.format = type, .samplerate = rate, .channels = channels
	};

	w->sndfile = descriptor_open(w, &info);
	if (!w->sndfile && w->mpeg)
		return "damaged MPEG audio, or not audio";
	if (!w->sndfile && sf_error(NULL) == SF_ERR_UNRECOGNISED_FORMAT)
		return AUDIOFILE_NOT_AUDIO;
	if (!w->sndfile)
		return say(w->why, "audio that cannot be read: %s",
		           sf_strerror(NULL));
	w->rate = info.samplerate;
	w->channels = info.channels;
	if (info.frames > 0 && info.frames < SF_COUNT_MAX)
		w->frames = (uint64_t)info.frames;
	/* frames is an estimate, or unknown, for these */
	type = info.format & SF_FORMAT_TYPEMASK;
	w->counted = type != SF_FORMAT_OGG && info.frames < SF_COUNT_MAX &&
	             (type != SF_FORMAT_MPEG || w->mpeg);
	w->mpeg = type == SF_FORMAT_MPEG;
	return NULL;
}

static void
raw_check(struct audiofile *w, uint64_t bytes)
{
	if (bytes % w->frame)
		say(w->cut, "%" PRIu64 " bytes are not a whole number of "
		    "frames of %u bytes (see --format and --channels)", bytes,
		    w->frame);
}

static const char *
raw_open(struct audiofile *w, const struct audiofile_options *o, uint64_t bytes)
{
	const char *why;

	w->frame = (unsigned)(raw_format[o->format].bytes * o->channels);
	why = sound_open(w, raw_format[o->format].format, o->rate,
	                 o->channels);
	w->counted = !w->piped;
	if (!w->piped)
		raw_check(w, bytes);
	if (!w->piped && container_named(w->fd))
		w->doubt = "begins like an audio file (if it is one, leave "
		           "out --raw)";
	return why;
}

/*
 * Opens the samples of a WAV file as raw ones: libsndfile would take a file
 * without its length for an empty one, and refuses concatenated files.
 */
static const char *
plain_open(struct audiofile *w, const struct container_info *c, uint64_t bytes)
{
	sf_count_t begin = (sf_count_t)c->begin;
	const char *why = sound_open(w, raw_format[c->samples].format,
	                             (int)c->rate, (int)c->channels);

	if (why)
		return why;
	w->frames = bytes / c->block;
	sf_command(w->sndfile, SFC_SET_RAW_START_OFFSET, &begin, sizeof begin);
	if (sf_seek(w->sndfile, 0, SEEK_SET) != 0)
		return say(w->why, "%s", sf_strerror(w->sndfile));
	return NULL;
}

/* Opens a file that can seek, and checks it against its announced length. */
static const char *
file_open(struct audiofile *w, const struct container_info *c, uint64_t bytes)
{
	uint64_t have = bytes > c->begin ? bytes - c->begin : 0;
	double second = (double)c->rate * c->block;
	const char *why;

	if (c->length > have && c->samples >= 0)
		say(w->cut, "cut short: has %.2f of %.2f s",
		    (double)have / second, (double)c->length / second);
	else if (c->length > have)
		say(w->cut, "cut short: has %" PRIu64 " of %" PRIu64 " bytes",
		    bytes, c->begin + c->length);
	if (c->kind == CONTAINER_OGG && !container_ogg_ends(w->fd))
		w->doubt = "may be cut short: its last page is missing";
	w->mpeg = c->kind == CONTAINER_MPEG && container_mpeg(w->fd);
	w->concatenated = container_concatenated(w->fd, c);
	if (lseek(w->fd, 0, SEEK_SET) < 0)
		return say(w->why, "%s", strerror(errno));
	if (c->samples >= 0 && ((c->unclosed && have > 0) || w->concatenated))
		return plain_open(w, c, c->unclosed ? have : c->length);
	why = sound_open(w, 0, 0, 0);
	/* libsndfile's reason is misleading where nothing is recognised */
	return why && c->kind == CONTAINER_NONE ? AUDIOFILE_NOT_AUDIO : why;
}

/* Opens a pipe: WAV is read as it arrives, other containers are copied. */
static const char *
pipe_open(struct audiofile *w, const struct container_info *c,
          const struct head *h)
{
	const char *why;
	struct stat status;
	int file;

	if (c->kind == CONTAINER_NONE)
		return AUDIOFILE_NOT_AUDIO;
	if (c->samples >= 0) {
		why = sound_open(w, raw_format[c->samples].format,
		                 (int)c->rate, (int)c->channels);
		w->counted = c->length > 0 || c->empty;
		w->frames = c->length / c->block;
		w->trailing = c->end - c->begin - c->length;
		return why;
	}
	file = bytes_copy(h->bytes, h->length, w->fd);
	if (file < 0)
		return say(w->why, "cannot copy it to $TMPDIR: %s",
		           strerror(errno));
	close(w->fd);
	w->fd = file;
	w->piped = false;
	if (fstat(file, &status) < 0)
		return say(w->why, "%s", strerror(errno));
	return file_open(w, c, (uint64_t)status.st_size);
}

static const char *
any_open(struct audiofile *w, const struct audiofile_options *o, uint64_t bytes)
{
	struct head h = { .bytes = NULL };
	struct container_info c;
	const char *why;

	if (!w->piped && bytes == 0)
		return "an empty file";
	if (o->raw)
		return raw_open(w, o, bytes);
	container_look(&c, &h, w->fd);
	if (h.error || h.length == 0)
		why = h.error ? strerror(h.error) : "nothing to read";
	else if (c.kind >= CONTAINER_FOREIGN)
		why = c.kind == CONTAINER_FOREIGN ? AUDIOFILE_FOREIGN
		                                  : AUDIOFILE_FRAMES;
	else if (w->piped)
		why = pipe_open(w, &c, &h);
	else
		why = file_open(w, &c, bytes);
	if (why && w->cut[0])
		why = w->cut;
	head_release(&h);
	return why;
}

const char *
audiofile_open(struct audiofile *w, const char *path,
               const struct audiofile_options *options)
{
	struct stat status;
	const char *why;

	*w = (struct audiofile){ .channel = options->channel };
	w->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
	                               : open(path, O_RDONLY);
	if (w->fd < 0 || fstat(w->fd, &status) < 0)
		return say(w->why, "%s", strerror(errno));
	if (S_ISDIR(status.st_mode))
		return "a folder, not a file (want FOLDER/*)";
	w->piped = !S_ISREG(status.st_mode) ||
	           lseek(w->fd, 0, SEEK_CUR) != 0;
	why = any_open(w, options, (uint64_t)status.st_size);
	if (why)
		return why;
	if (w->rate < AUDIO_RATE_MIN || w->rate > AUDIO_RATE_MAX)
		return say(w->why, "a sampling rate of %d Hz: want %d to %d",
		           w->rate, AUDIO_RATE_MIN, AUDIO_RATE_MAX);
	if (w->channel > w->channels)
		return say(w->why, "no channel %d: it has %d channels",
		           w->channel, w->channels);
	w->block = xmalloc(BLOCK_SAMPLES, sizeof *w->block);
	return NULL;
}

/*
 * The length that MP3 announces may be off by a frame or two.  Without one, a
 * recording that ends inside a frame may be a radio stream, and is kept.
 */
static const char *
mpeg_end_check(struct audiofile *w)
{
	if (w->counted && w->position + (uint64_t)2 * MPEG_FRAME < w->frames)
		return say(w->why, "cut short or damaged: has %.2f of %.2f s",
		           seconds(w, w->position), seconds(w, w->frames));
	if (w->log.damage || w->position == 0)
		return say(w->why, "damaged: %.2f s could be read",
		           seconds(w, w->position));
	if (sf_error(w->sndfile) || (w->stream.ends && w->stream.torn))
		w->doubt = "may be cut short: its last frame is incomplete";
	return NULL;
}

/* What is wrong where the samples end, or NULL. */
static const char *
end_check(struct audiofile *w)
{
	if (w->stream.error)
		return say(w->why, "after %.2f s: %s", seconds(w, w->position),
		           strerror(w->stream.error));
	if (w->frame && w->piped)
		raw_check(w, w->stream.bytes);
	if (w->cut[0])
		return w->cut;
	if (w->mpeg)
		return mpeg_end_check(w);
	if (sf_error(w->sndfile))
		return say(w->why, "damaged after %.2f s: %s",
		           seconds(w, w->position),
		           sf_strerror(w->sndfile));
	if (w->counted && w->position < w->frames)
		return say(w->why, "cut short%s: has %.2f of %.2f s",
		           w->piped ? "" : " or damaged",
		           seconds(w, w->position), seconds(w, w->frames));
	return NULL;
}

/* Takes w->channel from the block, or mixes all channels (0) to their mean. */
static void
mono_mix(float *mono, size_t frames, struct audiofile *w)
{
	const float *block = w->block;
	size_t channels = (size_t)w->channels;

	for (size_t i = 0; i < frames; i++, block += channels) {
		double sum = 0, squares = 0;

		if (w->channel > 0) {
			mono[i] = block[w->channel - 1];
			continue;
		}
		for (size_t c = 0; c < channels; c++) {
			sum += (double)block[c];
			squares += (double)block[c] * (double)block[c];
		}
		mono[i] = (float)(sum / (double)channels);
		w->mix_power += sum * sum;
		w->channel_power += squares;
	}
}

/* Reads up to count samples in one call; *got is 0 at the end. */
static const char *
block_read(struct audiofile *w, float *samples, size_t count, size_t *got)
{
	size_t most = w->mpeg ? MPEG_FRAME
	                      : BLOCK_SAMPLES / (size_t)w->channels;
	uint64_t left = w->counted ? w->frames - w->position : UINT64_MAX;
	sf_count_t n;

	if (count > most)
		count = most;
	if (count > left)
		count = (size_t)left;
	*got = 0;
	if (count == 0)
		return end_check(w);
	if (w->mpeg)
		mpeg_log_begin(&w->log);
	n = sf_readf_float(w->sndfile, w->block, (sf_count_t)count);
	if (w->mpeg)
		mpeg_log_end(&w->log);
	if (n <= 0)
		return end_check(w);
	mono_mix(samples, (size_t)n, w);
	for (size_t i = 0; i < (size_t)n; i++)
		if (!(fabsf(samples[i]) <= 1e12f)) /* energies fit a float */
			return say(w->why,
			           "NaN, infinite or huge sample at %.4f s",
			           seconds(w, w->position + i));
	w->position += (uint64_t)n;
	*got = (size_t)n;
	return NULL;
}

const char *
audiofile_read(struct audiofile *w, float *samples, size_t count, size_t *got)
{
	const char *why = NULL;
	size_t n = 1;

	for (*got = 0; *got < count && n > 0 && !why; *got += n)
		why = block_read(w, samples + *got, count - *got, &n);
	return why;
}

const char *
audiofile_skip(struct audiofile *w, uint64_t frame)
{
	float scratch[1024];
	const char *why = NULL;
	size_t n = 1;

	if (!w->piped && !w->mpeg && frame > w->position) {
		sf_count_t to = sf_seek(w->sndfile, (sf_count_t)frame,
		                        SEEK_SET);

		if (to != (sf_count_t)frame)
			return say(w->why, "no audio at %.2f s: it has %.2f s",
			           seconds(w, frame), seconds(w, w->frames));
		w->position = frame;
	}
	while (!why && n > 0 && w->position < frame) {
		uint64_t left = frame - w->position;

		why = block_read(w, scratch, left < 1024 ? (size_t)left : 1024,
		                 &n);
	}
	if (!why && w->position < frame)
		return say(w->why, "no audio at %.2f s: it has %.2f s",
		           seconds(w, frame), seconds(w, w->position));
	return why;
}

bool
audiofile_cancels(const struct audiofile *w)
{
	return isfinite(w->mix_power) &&
	       w->mix_power < CANCELLED * w->channel_power;
}

bool
audiofile_concatenated(struct audiofile *w)
{
	if (w->piped && w->counted && w->position == w->frames)
		w->concatenated = container_concatenated_rest(w->fd,
		                                              w->trailing);
	return w->concatenated;
}

void
audiofile_close(struct audiofile *w)
{
	if (w->sndfile)
		sf_close(w->sndfile);
	if (w->piped && w->counted && w->position == w->frames)
		container_concatenated_rest(w->fd, 0); /* or its writer fails */
	if (w->fd >= 0)
		close(w->fd);
	mpeg_log_release(&w->log);
	free(w->block);
	*w = (struct audiofile){ .fd = -1 };
}
