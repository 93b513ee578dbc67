#include <stdlib.h>
#include <string.h>

#include "audio/slicer.h"
#include "core/xalloc.h"

enum { STEP = 1 << 20 }; /* samples read at once where the end is unknown */

void
slicer_init(struct slicer *s, struct source *source, size_t window,
            size_t hop, size_t most)
{
	*s = (struct slicer){
		.source = source, .window = window, .hop = hop,
		.left = most ? most : SIZE_MAX
	};
}

/* Reads to the limit; then finds out whether it has left anything. */
static size_t
limited_read(struct slicer *s, float *samples, size_t count)
{
	size_t want = count < s->left ? count : s->left;
	size_t got = source_read(s->source, samples, want);
	float one;

	if (s->left != SIZE_MAX)
		s->left -= got;
	if (s->left == 0 && got > 0)
		s->limited = source_read(s->source, &one, 1) == 1;
	return got;
}

static void
room_make(struct slicer *s, size_t samples)
{
	if (s->capacity >= samples)
		return;
	s->capacity = samples;
	s->samples = xrealloc(s->samples, samples, sizeof *s->samples);
}

static bool
too_long(struct slicer *s)
{
	s->source->why = "longer than a frame can hold (use --window)";
	return false;
}

static bool
whole_next(struct slicer *s)
{
	size_t expected = source_expected(s->source), got;

	if (expected > s->left)
		expected = s->left;
	if (expected > SLICE_SAMPLES_MAX) /* no need to read it all */
		return too_long(s);
	do {
		size_t room = s->length + s->length / 2 + STEP;

		if (s->length == 0 && expected > 0)
			room = expected;
		if (room > SLICE_SAMPLES_MAX)
			room = SLICE_SAMPLES_MAX + 1;
		room_make(s, room);
		got = limited_read(s, s->samples + s->length,
		                   s->capacity - s->length);
		s->length += got;
	} while (got > 0 && s->length <= SLICE_SAMPLES_MAX);
	if (s->length > SLICE_SAMPLES_MAX)
		return too_long(s);
	return s->length > 0 && !s->source->why;
}

static bool
window_first(struct slicer *s)
{
	room_make(s, s->window + s->hop);
	s->length = limited_read(s, s->samples, s->window);
	s->ended = s->length < s->window;
	return s->length > 0 && !s->source->why;
}

static bool
window_next(struct slicer *s)
{
	size_t got = limited_read(s, s->samples + s->window, s->hop);

	s->ended = got < s->hop;
	memmove(s->samples, s->samples + got, s->window * sizeof *s->samples);
	s->start += got;
	return got > 0 && !s->source->why;
}

bool
slicer_next(struct slicer *s)
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
slicer_release(struct slicer *s)
{
	free(s->samples);
	*s = (struct slicer){ .source = NULL };
}
