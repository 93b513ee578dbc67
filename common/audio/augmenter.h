/*
 * augmenter.h - changes to audio, drawn by chance for each utterance
 *
 * The draws depend on the seed and the utterance's id (or its voice, voice.h)
 * alone, each effect's on no other: the noise stays the same when a gain is
 * added.  Drawn by speaker, a changed speaker is one new voice in one new room.
 */
#ifndef AUGMENTER_H
#define AUGMENTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/noises.h"
#include "stream/frame.h"

struct range {
	bool given;
	float low, high;
};

/* Reads "LO:HI" or one number; false unless min <= LO <= HI <= max. */
bool range_parse(struct range *r, const char *text, double min, double max);

enum noise_color { COLOR_NONE, COLOR_WHITE, COLOR_PINK };
enum telephone { TELEPHONE_NO, TELEPHONE_BAND, TELEPHONE_MULAW };

/* In the order they are applied. */
struct augmenter {
	uint64_t seed;
	bool by_speaker;          /* the same draws for all of a speaker's */
	float probability;        /* that an utterance is changed at all */
	struct range speed;       /* factor */
	struct range reverb;      /* T60, s */
	struct range snr;         /* dB, of the noise */
	struct noises noises;     /* recordings; the caller's to release */
	int babble;               /* how many at once; over 1, equally loud */
	int color;                /* enum noise_color: one more to choose */
	struct range gain;        /* dB */
	int telephone;            /* enum telephone */
};

/*
 * Replaces "audio" and says in "augment" what was done: "speed 1.04; noise
 * white 12.3 dB".  Returns NULL, or the reason the utterance cannot be used.
 */
const char *augmenter_apply(const struct augmenter *a, struct frame *f);

#endif
