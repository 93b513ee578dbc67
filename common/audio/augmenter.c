#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/audiofile.h"
#include "audio/augmenter.h"
#include "audio/effects.h"
#include "audio/level.h"
#include "core/number.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "stream/fields.h"

/* The audio of an utterance, and a text of the changes made. */
struct take {
	const char *id;
	const char *key;          /* of the random draws */
	float *samples;           /* owned */
	size_t length;
	int rate;
	char *text;               /* owned; or NULL */
	struct arena *arena;      /* for a reason */
};

/* Each effect has a random stream of its own. */
enum draw { DRAW_WHETHER, DRAW_SPEED, DRAW_REVERB, DRAW_NOISE, DRAW_GAIN,
            DRAWS };

bool
range_parse(struct range *r, const char *text, double min, double max)
{
	char *copy = xstrdup(text), *colon = strchr(copy, ':');
	double low, high;
	bool good;

	if (colon)
		*colon = '\0';
	good = number_real(copy, &low) &&
	       number_real(colon ? colon + 1 : copy, &high) &&
	       low >= min && low <= high && high <= max;
	if (good)
		*r = (struct range){ true, (float)low, (float)high };
	free(copy);
	return good;
}

static struct rng
chance(const struct augmenter *a, const struct take *t, enum draw draw)
{
	struct rng rng;

	rng_init_keyed(&rng, a->seed * DRAWS + draw, t->key);
	return rng;
}

static float
range_draw(const struct range *r, struct rng *rng)
{
	return rng_between(rng, r->low, r->high);
}

__attribute__((format(printf, 2, 3))) static void
say(struct take *t, const char *format, ...)
{
	char what[512];
	va_list args;
	char *text;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	text = xasprintf("%s%s%s", t->text ? t->text : "", t->text ? "; " : "",
	                 what);
	utf8_repair(text); /* a file's name may hold anything */
	free(t->text);
	t->text = text;
}

static void
speed_change(const struct augmenter *a, struct take *t)
{
	struct rng rng = chance(a, t, DRAW_SPEED);
	double factor = (double)range_draw(&a->speed, &rng);
	float *faster;

	t->length = effect_speed(&faster, t->samples, t->length, t->rate,
	                         factor);
	free(t->samples);
	t->samples = faster;
	say(t, "speed %.3f", factor);
}

static void
reverb_add(const struct augmenter *a, struct take *t)
{
	struct rng rng = chance(a, t, DRAW_REVERB);
	double t60 = (double)range_draw(&a->reverb, &rng);
	float *room = xmalloc(t->length, sizeof *room);

	effect_reverb(room, t->samples, t->length, t->rate, t60, &rng);
	free(t->samples);
	t->samples = room;
	say(t, "reverb %.2f s", t60);
}

enum { NAME_MAX_BYTES = 512 };

/* Fills x from one of the noises, and name with a description of it. */
static void
noise_draw(const struct augmenter *a, const struct take *t, float *x,
           char *name, struct rng *rng)
{
	const struct noises *s = &a->noises;
	size_t choice = rng_below(rng, s->length + (a->color != COLOR_NONE));

	if (choice == s->length) {
		bool pink = a->color == COLOR_PINK;

		if (pink)
			noise_pink(x, t->length, t->rate, rng);
		else
			noise_white(x, t->length, rng);
		snprintf(name, NAME_MAX_BYTES, "noise %s",
		         pink ? "pink" : "white");
	} else if (a->babble > 1) {
		noises_babble(s, (size_t)a->babble, t->id, x, t->length,
		              t->rate, rng);
		snprintf(name, NAME_MAX_BYTES, "babble of %d", a->babble);
	} else {
		noise_recorded(x, t->length, t->rate, &s->recording[choice],
		               rng);
		snprintf(name, NAME_MAX_BYTES, "noise %s",
		         s->recording[choice].path);
	}
}

static const char *
noise_add(const struct augmenter *a, struct take *t)
{
	enum { TRIES = 10 }; /* a recording may be silent in places */
	struct rng rng = chance(a, t, DRAW_NOISE);
	double snr = (double)range_draw(&a->snr, &rng), noise = 0, factor;
	double speech = level_rms(t->samples, t->length);
	float *x = xmalloc(t->length, sizeof *x);
	char name[NAME_MAX_BYTES];

	for (int i = 0; i < TRIES && noise == 0 && speech > 0; i++) {
		noise_draw(a, t, x, name, &rng);
		noise = level_rms(x, t->length);
	}
	factor = noise > 0 ? speech / noise / decibels_level(snr) : 0;
	for (size_t i = 0; factor > 0 && i < t->length; i++)
		t->samples[i] += (float)factor * x[i];
	free(x);
	if (speech == 0)
		say(t, "noise none (silence)");
	else if (noise > 0)
		say(t, "%s %.1f dB", name, snr);
	if (speech > 0 && noise == 0)
		return arena_join(t->arena, "the noise drawn is silent (",
		                  name, ")");
	return NULL;
}

static void
gain_apply(const struct augmenter *a, struct take *t)
{
	struct rng rng = chance(a, t, DRAW_GAIN);
	double gain = (double)range_draw(&a->gain, &rng);

	level_gain(t->samples, t->length, (float)decibels_level(gain));
	say(t, "gain %.1f dB", gain);
}

static void
telephone_apply(const struct augmenter *a, struct take *t)
{
	effect_band(t->samples, t->length, t->rate);
	if (a->telephone == TELEPHONE_MULAW)
		effect_mulaw(t->samples, t->length);
	say(t, a->telephone == TELEPHONE_MULAW ? "telephone mulaw"
	                                       : "telephone band");
}

static const char *
take_change(const struct augmenter *a, struct take *t)
{
	const char *why = NULL;

	if (a->speed.given)
		speed_change(a, t);
	if (t->length == 0)
		return "no audio is left";
	if (a->reverb.given)
		reverb_add(a, t);
	if (a->noises.length > 0 || a->color != COLOR_NONE)
		why = noise_add(a, t);
	if (a->gain.given)
		gain_apply(a, t);
	if (a->telephone != TELEPHONE_NO)
		telephone_apply(a, t);
	return why;
}

/* Removes what was computed from the audio before. */
static void
derived_remove(struct frame *f)
{
	static const char *const derived[] = {
		FIELD_FEATURES, FIELD_FEATURES_TYPE, FIELD_FUNCTIONALS,
		FIELD_ENCODING, FIELD_ENCODING_MODEL, FIELD_ENCODING_CMVN,
		FIELD_CMVN, FIELD_LOGITS, FIELD_CLASSES, FIELD_EMBEDDING
	};

	for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++)
		frame_remove(f, derived[i]);
}

const char *
augmenter_apply(const struct augmenter *a, struct frame *f)
{
	const char *why = NULL, *before = frame_text(f, FIELD_AUGMENT);
	const struct tensor *found = frame_need(f, FIELD_AUDIO, 1, &why);
	struct tensor audio;
	double rate = frame_number(f, FIELD_RATE, 0);
	struct take t = { .id = frame_id(f), .arena = &f->arena };
	struct rng rng;

	if (why)
		return why;
	audio = *found; /* removing fields moves it */
	t.key = a->by == DRAW_BY_SPEAKER ? frame_speaker_key(f) : t.id;
	if (!t.key)
		return "no speaker, which --by speaker needs";
	if (rate < AUDIO_RATE_MIN || rate > AUDIO_RATE_MAX)
		return "no rate, or one out of range";
	t.rate = (int)rate;
	derived_remove(f);
	rng = chance(a, &t, DRAW_WHETHER);
	if (rng_uniform(&rng) >= a->probability) {
		if (!before)
			frame_set_text(f, FIELD_AUGMENT, "none");
		return NULL;
	}
	t.length = audio.dim[0];
	t.samples = xmalloc(t.length, sizeof *t.samples);
	memcpy(t.samples, audio.data, t.length * sizeof *t.samples);
	if (before && strcmp(before, "none") != 0)
		say(&t, "%s", before);
	why = take_change(a, &t);
	if (!why) {
		memcpy(frame_add1(f, FIELD_AUDIO, t.length), t.samples,
		       t.length * sizeof *t.samples);
		frame_set_text(f, FIELD_AUGMENT, t.text);
	}
	free(t.samples);
	free(t.text);
	return why;
}
