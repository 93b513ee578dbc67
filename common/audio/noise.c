#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/level.h"
#include "audio/noise.h"
#include "audio/recording.h"
#include "core/die.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "corpus/manifest.h"
#include "stream/part_id.h"

void
noise_white(float *x, size_t n, struct rng *rng)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(rng);
}

void
noise_pink(float *x, size_t n, int rate, struct rng *rng)
{
	enum { OCTAVES_MAX = 16 };
	double keep[OCTAVES_MAX], add[OCTAVES_MAX], state[OCTAVES_MAX];
	size_t octaves = 0;

	for (double f = 20; f < rate / 2. && octaves < OCTAVES_MAX; f *= 2) {
		keep[octaves] = exp(-2 * 3.14159265358979 * f / rate);
		add[octaves] = sqrt(1 - keep[octaves] * keep[octaves]);
		state[octaves++] = (double)rng_normal(rng);
	}
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		for (size_t k = 0; k < octaves; k++) {
			state[k] = keep[k] * state[k] +
			           add[k] * (double)rng_normal(rng);
			sum += state[k];
		}
		x[i] = (float)(sum / sqrt((double)octaves));
	}
}

static void
recording_add(struct noises *s, struct noise_recording r)
{
	s->recording = xrealloc(s->recording, s->length + 1,
	                        sizeof *s->recording);
	s->recording[s->length++] = r;
}

void
noises_add(struct noises *s, const char *path)
{
	char *id = xstrdup(path);

	utf8_repair(id);
	recording_add(s, (struct noise_recording){
		.path = xstrdup(path), .id = id, .end = -1
	});
}

void
noises_add_manifest(struct noises *s, const char *name)
{
	struct manifest m;
	const char *why;
	size_t before = s->length;

	manifest_open(&m, name);
	while (manifest_next(&m, &why)) {
		char *id = manifest_id(&m, why);

		if (why)
			die("%s: %s", id, why);
		recording_add(s, (struct noise_recording){
			.path = xstrdup(m.path), .id = id,
			.start = m.start, .end = m.end
		});
	}
	if (s->length == before)
		die("%s: the table has no recording", name);
	manifest_close(&m);
}

static const char *
recording_check(const struct noise_recording *r, struct audiofile *w)
{
	const struct audiofile_options mix = { .channel = 0 };
	const char *why = audiofile_open(w, r->path, &mix);
	double seconds;

	if (why && (strcmp(why, AUDIOFILE_NOT_AUDIO) == 0 ||
	            strcmp(why, AUDIOFILE_FRAMES) == 0))
		return "not a recording (augment reads its stream from "
		       "standard input)";
	if (why)
		return why;
	if (w->piped)
		return "a pipe: noise must be in a file";
	if (w->cut[0])
		return w->cut;
	seconds = (double)w->frames / w->rate;
	if (w->counted && r->start > 0 && r->start >= seconds)
		return "ends before its part begins";
	if (w->counted && r->end > seconds + RECORDING_END_TOLERANCE)
		return "ends before its part does";
	return NULL;
}

void
noises_check(const struct noises *s)
{
	for (size_t i = 0; i < s->length; i++) {
		struct audiofile w;
		const char *why = recording_check(&s->recording[i], &w);

		if (why)
			die("%s: %s", s->recording[i].path, why);
		audiofile_close(&w);
	}
}

/* Draws where n samples begin, s; at the start where there are fewer. */
static double
place_draw(const struct noise_recording *r, size_t n, int rate, struct rng *rng)
{
	const struct audiofile_options mix = { .channel = 0 };
	struct audiofile w;
	const char *why = audiofile_open(&w, r->path, &mix);
	double end, surplus;

	if (why)
		die("%s: %s", r->path, why);
	end = (double)w.frames / w.rate;
	if (r->end >= 0 && r->end < end)
		end = r->end;
	surplus = end - r->start - (double)n / rate;
	audiofile_close(&w);
	surplus = surplus > 0 ? surplus : 0;
	return r->start + (double)rng_uniform(rng) * surplus;
}

/* Reads up to n samples from begin (s) on; returns how many. */
static size_t
part_read(float *x, size_t n, int rate, const struct noise_recording *r,
          double begin)
{
	const struct audiofile_options mix = { .channel = 0 };
	struct recording part;
	size_t got = 0;

	if (!recording_open(&part, r->path, &mix, rate, begin, r->end))
		got = recording_read(&part, x, n);
	if (part.why || (got == 0 && begin <= r->start))
		die("%s: %s", r->path,
		    part.why ? part.why : "no audio in it");
	recording_close(&part);
	return got;
}

void
noise_recorded(float *x, size_t n, int rate, const struct noise_recording *r,
               struct rng *rng)
{
	double begin = place_draw(r, n, rate, rng);
	size_t done = part_read(x, n, rate, r, begin), whole;

	if (done == n)
		return;
	whole = part_read(x + done, n - done, rate, r, r->start);
	for (size_t i = done + whole; i < n; i++)
		x[i] = x[i - whole];
}

/* Whether id is that of a recording, or of a window of it. */
static bool
id_is(const char *id, const char *of)
{
	size_t length = strlen(of);

	return strcmp(id, of) == 0 ||
	       (part_recording(id) == length && memcmp(id, of, length) == 0);
}

/* By its id or the end of its path, which may be relative to any folder. */
static bool
recording_is(const struct noise_recording *r, const char *id)
{
	const char *path = r->path;

	while (path && !id_is(id, path)) {
		path = strchr(path, '/');
		path = path ? path + 1 : NULL;
	}
	return path || id_is(id, r->id);
}

static const struct noise_recording *
speaker_choose(const struct noises *s, const char *id, struct rng *rng)
{
	const struct noise_recording *r;
	size_t other = 0;

	while (other < s->length && recording_is(&s->recording[other], id))
		other++;
	do
		r = &s->recording[rng_below(rng, s->length)];
	while (other < s->length && recording_is(r, id));
	return r;
}

/* Returns the level of x; 0 where each excerpt drawn was silent. */
static double
speaker_draw(float *x, size_t n, int rate, const struct noises *s,
           const char *id, struct rng *rng)
{
	enum { TRIES = 10 };
	double level = 0;

	for (int i = 0; i < TRIES && level == 0; i++) {
		noise_recorded(x, n, rate, speaker_choose(s, id, rng), rng);
		level = level_rms(x, n);
	}
	return level;
}

bool
noises_babble(const struct noises *s, size_t speakers, const char *id, float *x,
              size_t n, int rate, struct rng *rng)
{
	float *voice = xmalloc(n, sizeof *voice);
	double level = 1;

	memset(x, 0, n * sizeof *x);
	for (size_t v = 0; v < speakers && level > 0; v++) {
		struct rng own; /* drawing again must not change others */

		rng_init(&own, rng_next(rng));
		level = speaker_draw(voice, n, rate, s, id, &own);
		for (size_t i = 0; level > 0 && i < n; i++)
			x[i] += (float)((double)voice[i] / level);
	}
	if (level == 0)
		memset(x, 0, n * sizeof *x);
	free(voice);
	return level > 0;
}

void
noises_release(struct noises *s)
{
	for (size_t i = 0; i < s->length; i++) {
		free(s->recording[i].path);
		free(s->recording[i].id);
	}
	free(s->recording);
	*s = (struct noises){ .length = 0 };
}
