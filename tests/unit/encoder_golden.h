/*
 * encoder_golden.h - what tests/golden/w2v2.py and whisper.py wrote, and their
 * audio
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "gradient.h"
#include "weights/safetensors.h"

static const size_t golden_samples[] = { 400, 401, 5000, 12345, 16000 };

static inline void
golden_path(char path[96], const char *model, const char *file)
{
	snprintf(path, 96, "tests/golden/%s%s%s%s",
	         strchr(model, '/') ? "" : "w2v2/", model, *file ? "/" : "",
	         file);
}

/* The caller releases s. */
static inline void
golden_open(struct safetensors *s, const char *model, const char *file)
{
	char path[96];

	golden_path(path, model, file);
	assert_null(safetensors_open(s, path));
}

/* The tensor of that name, which must have n elements; the caller frees it. */
static inline float *
golden_tensor(const struct safetensors *s, const char *name, size_t n)
{
	const struct safetensors_entry *e = safetensors_find(s, name);
	float *x = constant_floats(n, NAN);

	if (!e)
		fail_msg("no %s in the golden file", name);
	assert_int_equal(e->length, n);
	assert_true(safetensors_floats(x, e));
	return x;
}

/* Fails unless x [n] is what was expected of N samples. */
static inline void
golden_match(const struct safetensors *expected, const char *what, size_t N,
             const float *x, size_t n)
{
	char name[32];
	float *y;

	snprintf(name, sizeof name, "%s.%zu", what, N);
	y = golden_tensor(expected, name, n);
	assert_all_close(x, y, n, 2e-4);
	free(y);
}

/* The script's audio(N), to the last bit. */
static inline void
golden_audio(float *x, size_t N)
{
	struct rng r;

	rng_init(&r, N);
	for (size_t i = 0; i < N; i++)
		x[i] = (rng_uniform(&r) - .25f) * (float)(i / 160 % 7 + 1) / 8;
}
