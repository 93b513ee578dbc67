#include <stdio.h>
#include <string.h>

#include "student/student_layout.h"

const struct student_shape *
student_size(const char *name)
{
	static const struct {
		const char *name;
		struct student_shape shape;
	} sizes[] = {
		{ "small", { .width = 64, .heads = 4, .blocks = "caca" } },
		{ "base", { .width = 144, .heads = 4, .blocks = "cacaca" } },
		{ "large", { .width = 256, .heads = 8, .blocks = "cacacaca" } }
	};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		if (strcmp(sizes[i].name, name) == 0)
			return &sizes[i].shape;
	return NULL;
}

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
		return "blocks other than a (attention) and c (convolution), "
			"or f or fw (functionals) alone";
	return NULL;
}

size_t
student_front_taps(const struct student_shape *s, size_t layer)
{
	return s->functionals ? 1 : layer == 0 ? 5 : 3;
}

size_t
student_embedding_length(const struct student_shape *s)
{
	return 2 * s->width;
}

/* Dimensions after the first 0 do not count. */
static void
tensor_list(struct params *p, float **slot, const char *stem,
            const char *leaf, enum param_start start, size_t d0, size_t d1,
            size_t d2)
{
	char name[PARAM_NAME_MAX];

	snprintf(name, sizeof name, "%s.%s", stem, leaf);
	params_list(p, slot, name, start, d2 ? 3 : d1 ? 2 : 1,
	            (const size_t[]){ d0, d1, d2 });
}

static void
linear_list(struct params *p, struct student_linear *l, const char *name,
            size_t out, size_t in)
{
	tensor_list(p, &l->weight, name, "weight", START_FAN_IN, out, in, 0);
	tensor_list(p, &l->bias, name, "bias", START_ZERO, out, 0, 0);
}

static void
conv_list(struct params *p, struct student_linear *l, const char *name,
          size_t out, size_t taps, size_t in)
{
	tensor_list(p, &l->weight, name, "weight", START_FAN_IN, out, taps,
	            in);
	tensor_list(p, &l->bias, name, "bias", START_ZERO, out, 0, 0);
}

/* [k,d]: k is the fan-in, so the shape is swapped. */
static void
depthwise_list(struct params *p, struct student_linear *l, const char *name,
               size_t d)
{
	tensor_list(p, &l->weight, name, "weight", START_TAPS,
	            STUDENT_DEPTHWISE_TAPS, d, 0);
	tensor_list(p, &l->bias, name, "bias", START_ZERO, d, 0, 0);
}

static void
norm_list(struct params *p, struct student_norm *n, const char *name,
          size_t width)
{
	tensor_list(p, &n->gain, name, "weight", START_ONE, width, 0, 0);
	tensor_list(p, &n->bias, name, "bias", START_ZERO, width, 0, 0);
}

static void
block_list(struct params *p, struct student_block *b, int index, char letter,
           size_t d)
{
	char name[PARAM_NAME_MAX / 2];
	int stem = snprintf(name, sizeof name, "blocks.%d.", index);
	char *end = name + stem;
	size_t room = sizeof name - (size_t)stem;

	if (letter == 'c') {
		snprintf(end, room, "depthwise");
		depthwise_list(p, &b->depthwise, name, d);
	} else {
		snprintf(end, room, "attention.norm");
		norm_list(p, &b->attention_norm, name, d);
		snprintf(end, room, "attention.qkv");
		linear_list(p, &b->qkv, name, 3 * d, d);
		snprintf(end, room, "attention.out");
		linear_list(p, &b->out, name, d, d);
	}
	snprintf(end, room, "mlp.norm");
	norm_list(p, &b->norm, name, d);
	snprintf(end, room, "mlp.wide");
	linear_list(p, &b->wide, name, STUDENT_MLP_FACTOR * d, d);
	snprintf(end, room, "mlp.narrow");
	linear_list(p, &b->narrow, name, d, STUDENT_MLP_FACTOR * d);
}

/* Its gradient is 0, so training leaves what student-init wrote. */
static void
whiten_list(struct params *p, struct student_weights *w, size_t n)
{
	tensor_list(p, &w->whiten.weight, "whiten", "weight", START_ZERO, n,
	            n, 0);
	tensor_list(p, &w->whiten.centre, "whiten", "centre", START_ZERO, n,
	            0, 0);
}

void
student_layout(struct params *p, struct student_weights *w,
               const struct student_shape *s, float *base)
{
	static const char *const ignored[] = { "optimizer.", NULL };
	size_t d = s->width;

	p->ignored = ignored;
	if (s->whitened)
		whiten_list(p, w, s->rows / 2);
	conv_list(p, &w->front[0], "front.0", d,
	          student_front_taps(s, 0), s->rows);
	conv_list(p, &w->front[1], "front.1", d,
	          student_front_taps(s, 1), d);
	for (int i = 0; s->blocks[i]; i++)
		block_list(p, &w->block[i], i, s->blocks[i], d);
	norm_list(p, &w->norm, "norm", d);
	linear_list(p, &w->score, "pool.score", d / 2, d);
	linear_list(p, &w->score_out, "pool.out", 1, d / 2);
	linear_list(p, &w->classifier, "classifier", s->classes,
	            student_embedding_length(s));
	if (base)
		params_bind(p, base);
}
