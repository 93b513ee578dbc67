#include <math.h>
#include <omp.h>

#include "core/bits.h"
#include "core/chunk.h"
#include "core/vector.h"
#include "gemm/bf16_native.h"
#include "nn/attention_bf16.h"
#include "nn/relative_bias.h"
#include "nn/vexp.h"

/* So many queries at a time; and where a thread's arrays begin. */
enum { QUERIES = 128, ALIGNMENT = 64 };

/* One thread's: keys and values packed, scores and what they become. */
struct own {
	uint16_t *keys, *values, *shares;
	float *scores;
};

static size_t
aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The bytes of its arrays, which follow each other in this order. */
struct sizes {
	size_t keys, values, shares, scores;
};

static struct sizes
sizes_of(size_t T, size_t D)
{
	struct own *o = NULL;

	return (struct sizes){
		.keys = aligned(bf16_packed_length(T, D) * sizeof *o->keys),
		.values = aligned(bf16_packed_length(D, T) *
		                  sizeof *o->values),
		/* where queries of odd sizes are packed first */
		.shares = aligned(QUERIES * sizeof *o->shares *
		                  bf16_round_up(T > D ? T : D)),
		.scores = aligned(QUERIES * sizeof *o->scores *
		                  bf16_round_up(T))
	};
}

static size_t
total(const struct sizes *s)
{
	return s->keys + s->values + s->shares + s->scores;
}

static struct own
own_of(const struct sizes *s, void *scratch)
{
	char *at = (char *)scratch +
		(size_t)omp_get_thread_num() * total(s);
	struct own o;

	o.keys = (void *)at;
	o.values = (void *)(at += s->keys);
	o.shares = (void *)(at += s->values);
	o.scores = (void *)(at + s->shares);
	return o;
}

size_t
attention_bf16_scratch(size_t T, size_t C, size_t heads)
{
	struct sizes s = sizes_of(T, C / heads);

	return (size_t)omp_get_max_threads() * total(&s);
}

/*
 * e^x for x <= 0, within 1e-5 of it: 2^n 2^f with n whole and |f| <= 1/2, and
 * 2^f a polynomial fitted to the least relative error.  Below -87 it is 0.
 */
static inline float
exp_rough(float x)
{
	const float magic = 0x1.8p23f, least = -87;
	float a = bits_choose(x > least, x, least) * 1.44269504f;
	float shifted = a + magic, f = a - (shifted - magic), y;

	y = 0.00957009528f;
	y = y * f + 0.0559178671f;
	y = y * f + 0.240247451f;
	y = y * f + 0.693121814f;
	y = y * f + 0.999999261f;
	y = bits_float(bits_of(y) + (bits_of(shifted) << 23));
	return bits_choose(x < least, 0, y + 0 * x); /* NaN stays */
}

/*
 * shares = softmax(scores), rounded, with zeros up to where rows end.  All
 * loops are as long as rows, so that none has a rest.
 */
VECTORISED static void
shares_forward(uint16_t *shares, float *scores, size_t rows, size_t T)
{
	size_t ld = bf16_round_up(T);

	for (size_t r = 0; r < rows; r++, scores += ld, shares += ld) {
		float max = row_max(scores, T), sum = 0;

		for (size_t k = T; k < ld; k++)
			scores[k] = -INFINITY;
		#pragma omp simd reduction(+:sum)
		for (size_t k = 0; k < ld; k++) {
			scores[k] = exp_rough(scores[k] - max);
			sum += scores[k];
		}
		bf16_round(shares, scores, ld, 1 / sum);
	}
}

/* Of head h, queries from t on. */
static void
attend(uint16_t *out, const struct own *o, const uint16_t *qkv,
       const float *bias, const struct attention_extra *extra,
       const struct bf16_unit *unit, size_t h, size_t t, size_t T,
       size_t C, size_t heads)
{
	size_t D = C / heads, rows = chunk_length(t, QUERIES, T);
	const struct bf16_in queries = {
		.half = qkv + t * 3 * C + h * D, .ld = 3 * C
	};
	const struct bf16_in shares = {
		.half = o->shares, .ld = bf16_round_up(T)
	};
	const struct bf16_out scores = {
		.y = o->scores, .ldy = bf16_round_up(T)
	};
	const struct bf16_out attended = {
		.half = out + t * C + h * D, .ldh = C,
		.bias = bias ? bias + h * D : NULL
	};

	gemm_bf16(&scores, unit, &queries, o->keys, rows, T, D,
	          D % BF16_BLOCK == 0 ? NULL : o->shares);
	if (extra && extra->gate)
		relative_scores_add(o->scores, extra->gate + t * heads + h,
		                    heads, extra->relative +
		                    h * (2 * T - 1) + T - 1, t, rows, T,
		                    bf16_round_up(T));
	shares_forward(o->shares, o->scores, rows, T);
	gemm_bf16(&attended, unit, &shares, o->values, rows, D,
	          bf16_round_up(T), NULL);
}

void
attention_bf16_forward(uint16_t *out, void *scratch, const uint16_t *qkv,
                       const float *bias,
                       const struct attention_extra *extra,
                       const struct bf16_unit *unit,
                       size_t T, size_t C, size_t heads)
{
	size_t D = C / heads;
	struct sizes sizes = sizes_of(T, D);

	#pragma omp parallel for schedule(dynamic) \
	        if (chunk_worth_products(T * T * C))
	for (size_t h = 0; h < heads; h++) {
		const uint16_t *k = qkv + C + h * D;
		struct own own = own_of(&sizes, scratch);

		bf16_pack_halves(own.keys, k, 3 * C, T, D);
		bf16_pack_columns(own.values, k + C, 3 * C, D, T);
		for (size_t t = 0; t < T; t += QUERIES)
			attend(out, &own, qkv, bias, extra, unit, h, t, T, C,
			       heads);
	}
}
