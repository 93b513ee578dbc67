/*
 * augmenter.h - changes the audio of utterances by random effects
 *
 * The draws depend only on the seed and the utterance's id (or its speaker),
 * and those of one effect on no other: adding a gain does not change the noise.
 * Drawn by speaker, all utterances of a speaker get the same speed, room, …
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/noise.h"
#include "stream/frame.h"

struct range {
	bool given;
	float low, high;
};

/* Reads "LO:HI" or one number; false unless min <= LO <= HI <= max. */
bool range_parse(struct range *r, const char *text, double min, double max);

enum noise_color { COLOR_NONE, COLOR_WHITE, COLOR_PINK };
enum draw_key { DRAW_BY_ID, DRAW_BY_SPEAKER };
enum telephone { TELEPHONE_NO, TELEPHONE_BAND, TELEPHONE_MULAW };

/* Effects are in the order of their application. */
struct augmenter {
	uint64_t seed;
	int by;                   /* enum draw_key */
	float probability;        /* that an utterance is changed at all */
	struct range speed;       /* factor */
	struct range reverb;      /* T60, s */
	struct range snr;         /* dB, of the noise */
	struct noises noises;     /* recordings; the caller releases them */
	int babble;               /* excerpts at once */
	int color;                /* enum noise_color: one more noise */
	struct range gain;        /* dB */
	int telephone;            /* enum telephone */
};

/*
 * Replaces "audio" and describes the changes in "augment": "speed 1.04; noise
 * white 12.3 dB".  Returns NULL, or why the utterance cannot be used.
 */
const char *augmenter_apply(const struct augmenter *a, struct frame *f);
