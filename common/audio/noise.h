/*
 * noise.h - noise: white, pink, or excerpts of recordings
 *
 * Only names of recordings are kept; an excerpt is read when it is drawn, so
 * there may be as many as a corpus has.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/rng.h"

/* White noise: normally distributed, variance 1. */
void noise_white(float *x, size_t n, struct rng *rng);

/*
 * Pink noise: power falls 3 dB an octave from 20 Hz on; variance about 1.  A
 * sum of first-order low-passed white noises of equal power whose corners are
 * an octave apart (van der Ziel 1950).
 */
void noise_pink(float *x, size_t n, int rate, struct rng *rng);

/* A file of noise, or a part of one. */
struct noise_recording {
	char *path;
	char *id;                 /* as wavread would name it */
	double start, end;        /* s; end < 0: to the end of the file */
};

struct noises {
	struct noise_recording *recording; /* owned */
	size_t length;
};

void noises_add(struct noises *s, const char *path);

/* Adds the recordings of a manifest; dies at a bad line, or if it has none. */
void noises_add_manifest(struct noises *s, const char *name);

/* Dies where a file cannot be opened, or is shorter than its part. */
void noises_check(const struct noises *s);

/*
 * Reads x [n] from a random place of a recording, its channels mixed; where it
 * is too short it is repeated.  Dies when it cannot be read.
 */
void noise_recorded(float *x, size_t n, int rate,
                    const struct noise_recording *r, struct rng *rng);

/*
 * Babble x [n]: the sum of excerpts of recordings drawn at random, with
 * replacement, each scaled to an RMS of 1.  The recording of the utterance id
 * is not drawn unless there is no other.  False, and x is silent, where one
 * excerpt was silent in ten draws.
 */
bool noises_babble(const struct noises *s, size_t speakers, const char *id,
                   float *x, size_t n, int rate, struct rng *rng);

void noises_release(struct noises *s);
