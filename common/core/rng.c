#include <math.h>

#include "core/rng.h"

static uint64_t
splitmix64(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void
rng_init(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->state[i] = splitmix64(&seed);
}

void
rng_init_keyed(struct rng *r, uint64_t seed, const char *key)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
	rng_init(r, seed ^ splitmix64(&hash));
}

static uint64_t
rotate_left(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t
rng_next(struct rng *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

float
rng_uniform(struct rng *r)
{
	return (float)(rng_next(r) >> 40) * 0x1p-24f;
}

float
rng_between(struct rng *r, float low, float high)
{
	/* rounded before the addition, even where both are one instruction */
	volatile float part = (high - low) * rng_uniform(r);

	return low + part;
}

/* Box and Muller (1958); the second number of the pair is discarded. */
float
rng_normal(struct rng *r)
{
	float u = 1 - rng_uniform(r), v = rng_uniform(r);

	return sqrtf(-2 * logf(u)) * cosf(6.2831853f * v);
}

/* The lowest 2^64 mod n values are rejected, so that no value is favoured. */
size_t
rng_below(struct rng *r, size_t n)
{
	uint64_t threshold = -(uint64_t)n % n;

	for (;;) {
		uint64_t x = rng_next(r);

		if (x >= threshold)
			return (size_t)(x % n);
	}
}
