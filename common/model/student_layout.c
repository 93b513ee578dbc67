#include <stdio.h>
#include <string.h>

#include "model/student_layout.h"

const size_t student_front_taps[STUDENT_FRONT_LAYERS] = { 5, 3 };

const char *
student_shape_check(const struct student_shape *s)
{
	if (s->rows < 1 || s->rows > 4096)
		return "features per row out of 1..4096";
	if (s->heads < 1 || s->width < 8 || s->width > 4096 ||
	    s->width % s->heads || s->width % 2)
		return "width out of 8..4096, odd, or not a multiple of heads";
	if (s->classes < 1 || s->classes > STUDENT_CLASSES_MAX)
		return "number of classes out of 1..64";
	if (s->blocks[strspn(s->blocks, "ac")])
		return "blocks other than a (attention) and c (convolution)";
	return NULL;
}

size_t
student_embedding_length(const struct student_shape *s)
{
	return 2 * s->width;
}

static struct student_linear
linear_layout(struct params *p, float *base, const char *name, size_t out,
              size_t taps, size_t in)
{
	char weight[PARAM_NAME_MAX], bias[PARAM_NAME_MAX];
	struct student_linear l;

	snprintf(weight, sizeof weight, "%s.weight", name);
	snprintf(bias, sizeof bias, "%s.bias", name);
	l.weight = taps ? params_add(p, base, weight, START_FAN_IN, out, taps,
	                             in)
	                : params_add(p, base, weight, START_FAN_IN, out, in,
	                             0);
	l.bias = params_add(p, base, bias, START_ZERO, out, 0, 0);
	return l;
}

static struct student_norm
norm_layout(struct params *p, float *base, const char *name, size_t width)
{
	char gain[PARAM_NAME_MAX], bias[PARAM_NAME_MAX];
	struct student_norm n;

	snprintf(gain, sizeof gain, "%s.weight", name);
	snprintf(bias, sizeof bias, "%s.bias", name);
	n.gain = params_add(p, base, gain, START_ONE, width, 0, 0);
	n.bias = params_add(p, base, bias, START_ZERO, width, 0, 0);
	return n;
}

/* [k,d]: k is the fan-in, so the shape is told the other way round. */
static struct student_linear
depthwise_layout(struct params *p, float *base, const char *name, size_t d)
{
	char weight[PARAM_NAME_MAX], bias[PARAM_NAME_MAX];
	struct student_linear l;

	snprintf(weight, sizeof weight, "%s.weight", name);
	snprintf(bias, sizeof bias, "%s.bias", name);
	l.weight = params_add(p, base, weight, START_TAPS,
	                      STUDENT_DEPTHWISE_TAPS, d, 0);
	l.bias = params_add(p, base, bias, START_ZERO, d, 0, 0);
	return l;
}

static void
block_layout(struct params *p, struct student_block *b, float *base,
             int index, char letter, size_t d)
{
	char name[PARAM_NAME_MAX / 2];
	int stem = snprintf(name, sizeof name, "blocks.%d.", index);
	char *end = name + stem;
	size_t room = sizeof name - (size_t)stem;

	if (letter == 'c') {
		snprintf(end, room, "depthwise");
		b->depthwise = depthwise_layout(p, base, name, d);
	} else {
		snprintf(end, room, "attention.norm");
		b->attention_norm = norm_layout(p, base, name, d);
		snprintf(end, room, "attention.qkv");
		b->qkv = linear_layout(p, base, name, 3 * d, 0, d);
		snprintf(end, room, "attention.out");
		b->out = linear_layout(p, base, name, d, 0, d);
	}
	snprintf(end, room, "mlp.norm");
	b->norm = norm_layout(p, base, name, d);
	snprintf(end, room, "mlp.wide");
	b->wide = linear_layout(p, base, name, STUDENT_MLP_FACTOR * d, 0, d);
	snprintf(end, room, "mlp.narrow");
	b->narrow = linear_layout(p, base, name, d, 0, STUDENT_MLP_FACTOR * d);
}

void
student_layout(struct params *p, struct student_weights *w,
               const struct student_shape *s, float *base)
{
	const size_t *taps = student_front_taps;
	size_t d = s->width;

	w->front[0] = linear_layout(p, base, "front.0", d, taps[0], s->rows);
	w->front[1] = linear_layout(p, base, "front.1", d, taps[1], d);
	for (int i = 0; s->blocks[i]; i++)
		block_layout(p, &w->block[i], base, i, s->blocks[i], d);
	w->norm = norm_layout(p, base, "norm", d);
	w->score = linear_layout(p, base, "pool.score", d / 2, 0, d);
	w->score_out = linear_layout(p, base, "pool.out", 1, 0, d / 2);
	w->classifier = linear_layout(p, base, "classifier", s->classes, 0,
	                              student_embedding_length(s));
}
