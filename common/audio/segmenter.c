#include <stdlib.h>
#include <string.h>

#include "audio/segmenter.h"
#include "core/xalloc.h"

enum { STEP = 1 << 20 }; /* samples read at once where the length is unknown */

void
segmenter_init(struct segmenter *s, struct recording *recording, size_t window,
            size_t hop, size_t most)
{
	*s = (struct segmenter){
		.recording = recording, .window = window, .hop = hop,
		.left = most ? most : SIZE_MAX
	};
}

/* Reads up to the limit; there it finds out whether audio is left. */
static size_t
limited_read(struct segmenter *s, float *samples, size_t count)
{
	size_t want = count < s->left ? count : s->left;
	size_t got = recording_read(s->recording, samples, want);
	float one;

	if (s->left != SIZE_MAX)
		s->left -= got;
	if (s->left == 0 && got > 0)
		s->limited = recording_read(s->recording, &one, 1) == 1;
	return got;
}

static void
room_make(struct segmenter *s, size_t samples)
{
	if (s->capacity >= samples)
		return;
	s->capacity = samples;
	s->samples = xrealloc(s->samples, samples, sizeof *s->samples);
}

static bool
too_long(struct segmenter *s)
{
	s->recording->why = "longer than a frame can hold (use --window)";
	return false;
}

static bool
whole_next(struct segmenter *s)
{
	size_t expected = recording_expected(s->recording), got;

	if (expected > s->left)
		expected = s->left;
	if (expected > SEGMENT_SAMPLES_MAX) /* without reading it */
		return too_long(s);
	do {
		size_t room = s->length + s->length / 2 + STEP;

		if (s->length == 0 && expected > 0)
			room = expected;
		if (room > SEGMENT_SAMPLES_MAX)
			room = SEGMENT_SAMPLES_MAX + 1;
		room_make(s, room);
		got = limited_read(s, s->samples + s->length,
		                   s->capacity - s->length);
		s->length += got;
	} while (got > 0 && s->length <= SEGMENT_SAMPLES_MAX);
	if (s->length > SEGMENT_SAMPLES_MAX)
		return too_long(s);
	return s->length > 0 && !s->recording->why;
}

static bool
window_first(struct segmenter *s)
{
	room_make(s, s->window + s->hop);
	s->length = limited_read(s, s->samples, s->window);
	s->ended = s->length < s->window;
	return s->length > 0 && !s->recording->why;
}

static bool
window_next(struct segmenter *s)
{
	size_t got = limited_read(s, s->samples + s->window, s->hop);

	s->ended = got < s->hop;
	memmove(s->samples, s->samples + got, s->window * sizeof *s->samples);
	s->start += got;
	return got > 0 && !s->recording->why;
}

bool
segmenter_next(struct segmenter *s)
{
	bool begun = s->begun;

	s->begun = true;
	if (s->ended)
		return false;
	if (s->window == 0) {
		s->ended = true;
		return whole_next(s);
	}
	return begun ? window_next(s) : window_first(s);
}

void
segmenter_release(struct segmenter *s)
{
	free(s->samples);
	*s = (struct segmenter){ .recording = NULL };
}
