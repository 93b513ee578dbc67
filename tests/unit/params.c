/* model/params: layout, fresh values, loading and its refusals. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gradient.h"
#include "weights/params.h"
#include "weights/safetensors_write.h"

static const char path[] = "params.test.safetensors";

/* What a model would have; the last has four dimensions. */
struct weights { float *one, *bias, *gain, *taps, *three, *four; };

enum { TENSORS = 6, LENGTH = 2000 + 40 + 7 + 1200 + 1350 + 24 };

static void
layout(struct params *p, struct weights *w)
{
	static const char *const ignored[] = { "optimizer.", "old.", NULL };

	*p = (struct params){ .ignored = ignored };
	params_list(p, &w->one, "one.weight", START_FAN_IN, 2,
	            (const size_t[]){ 40, 50 });
	params_list(p, &w->bias, "one.bias", START_ZERO, 1,
	            (const size_t[]){ 40 });
	params_list(p, &w->gain, "two.gain", START_ONE, 1,
	            (const size_t[]){ 7 });
	params_list(p, &w->taps, "two.taps", START_TAPS, 2,
	            (const size_t[]){ 4, 300 });
	params_list(p, &w->three, "three", START_FAN_IN, 3,
	            (const size_t[]){ 30, 5, 9 });
	params_list(p, &w->four, "four", START_NARROW, 4,
	            (const size_t[]){ 1, 2, 3, 4 });
}

static void
test_layout(void **state)
{
	struct weights w = { .one = NULL }, gradient;
	struct params p;
	float block[LENGTH];

	(void)state;
	layout(&p, &w);
	assert_null(w.one);
	assert_int_equal(p.length, LENGTH);
	assert_int_equal(p.count, TENSORS);
	assert_int_equal(p.param[0].ndim, 2);
	assert_int_equal(p.param[1].ndim, 1);
	assert_int_equal(p.param[4].length, 1350);
	assert_int_equal(p.param[5].ndim, 4);
	assert_int_equal(p.param[5].dim[3], 4);
	params_bind(&p, block);
	assert_ptr_equal(w.one, block);
	assert_ptr_equal(w.taps, block + 2000 + 40 + 7);
	assert_ptr_equal(w.four, block + LENGTH - 24);
	params_release(&p);
	layout(&p, &gradient);
	params_bind(&p, block + 1);
	assert_ptr_equal(gradient.bias, w.bias + 1);
	params_release(&p);
}

static double
variance(const float *block, const struct param *t)
{
	return dot(block + t->offset, block + t->offset, t->length) /
		(double)t->length;
}

static void
test_start(void **state)
{
	struct weights w;
	struct params p;
	float *a, *b, *c;

	(void)state;
	layout(&p, &w);
	a = constant_floats(p.length, NAN);
	b = constant_floats(p.length, NAN);
	c = constant_floats(p.length, NAN);
	params_start(a, &p, 1);
	params_start(b, &p, 1);
	params_start(c, &p, 2);
	assert_memory_equal(a, b, p.length * sizeof *a);
	assert_memory_not_equal(a, c, p.length * sizeof *a);
	assert_close(variance(a, &p.param[0]), 1 / 50., 4e-3);
	assert_true(variance(a, &p.param[1]) == 0);
	assert_true(a[p.param[2].offset + 3] == 1);
	assert_close(variance(a, &p.param[3]), 1 / 4., 5e-2);
	assert_close(variance(a, &p.param[4]), 1 / 45., 5e-3);
	assert_close(variance(a, &p.param[5]), 4e-4, 4e-4);
	assert_true(variance(a, &p.param[5]) > 1e-4);
	free(a);
	free(b);
	free(c);
	params_release(&p);
}

/* Writes the layout's tensors, from block, with one of them changed. */
static void
write_changed(const struct params *p, const float *block, size_t changed,
              void (*change)(struct safetensors_source *))
{
	struct safetensors_source source[TENSORS + 1] = { 0 };

	for (size_t i = 0; i < p->count; i++) {
		const struct param *t = &p->param[i];

		source[i] = (struct safetensors_source){
			.name = t->name, .type = TYPE_F32, .ndim = t->ndim,
			.data = block + t->offset
		};
		memcpy(source[i].dim, t->dim, sizeof t->dim);
	}
	source[TENSORS] = source[2];
	source[TENSORS].name = "optimizer.x";
	if (change)
		change(&source[changed]);
	safetensors_write(path, source, TENSORS + 1, NULL, 0);
}

static char *
load_changed(size_t changed, void (*change)(struct safetensors_source *))
{
	struct weights w;
	struct params p;
	struct safetensors s;
	float *block, *back;
	char *why;

	layout(&p, &w);
	block = random_floats(p.length, 1);
	back = constant_floats(p.length, NAN);
	write_changed(&p, block, changed, change);
	assert_null(safetensors_open(&s, path));
	why = params_load(back, &p, &s);
	if (!why)
		assert_memory_equal(back, block, p.length * sizeof *block);
	safetensors_release(&s);
	unlink(path);
	free(block);
	free(back);
	params_release(&p);
	return why;
}

/* The same by params_map, and params_finite; `changed` alone may be a copy. */
static char *
map_changed(size_t changed, void (*change)(struct safetensors_source *))
{
	struct weights w = { .one = NULL };
	struct params p;
	struct safetensors s;
	float *block, *owned;
	char *why;

	layout(&p, &w);
	block = random_floats(p.length, 1);
	for (size_t i = 0; i < p.length; i++) /* exact in 16 bits */
		block[i] = (float)(int)(8 * block[i]);
	write_changed(&p, block, changed, change);
	assert_null(safetensors_open(&s, path));
	why = params_map(&p, &s, &owned);
	if (why)
		assert_null(w.one);
	else
		why = params_finite(&p);
	for (size_t i = 0; i < p.count && !why; i++) {
		const struct param *t = &p.param[i];
		const struct safetensors_entry *e =
			safetensors_find(&s, t->name);

		assert_memory_equal(*t->slot, block + t->offset,
		                    t->length * sizeof *block);
		if (owned && i == changed)
			assert_ptr_equal(*t->slot, owned);
		else
			assert_ptr_equal(*t->slot, e->data);
	}
	if (!why)
		assert_int_equal(owned != NULL, change != NULL);
	free(owned);
	safetensors_release(&s);
	unlink(path);
	free(block);
	params_release(&p);
	return why;
}

static void
halve_it(struct safetensors_source *s)
{
	s->type = TYPE_F16;
}

static void
age_it(struct safetensors_source *s)
{
	s->name = "old.thing";
}

static void
rename_it(struct safetensors_source *s)
{
	s->name = "stranger";
}

static void
flatten_it(struct safetensors_source *s)
{
	s->ndim = 1;
	s->dim[0] = 2000;
}

static void
turn_it(struct safetensors_source *s)
{
	s->dim[0] = 50;
	s->dim[1] = 40;
}

static void
poison_it(struct safetensors_source *s)
{
	static const float poison[7] = { 1, 2, 3, INFINITY, 5, 6, 7 };

	s->data = poison;
}

static void
refused(size_t changed, void (*change)(struct safetensors_source *),
        const char *want)
{
	char *(*const read[])(size_t, void (*)(struct safetensors_source *)) =
		{ load_changed, map_changed };

	for (size_t i = 0; i < LEN(read); i++) {
		char *why = read[i](changed, change);

		assert_non_null(why);
		assert_string_equal(why, want);
		free(why);
	}
}

static void
test_load(void **state)
{
	(void)state;
	assert_null(load_changed(0, NULL));
	assert_null(load_changed(TENSORS, age_it));
	refused(1, rename_it, "tensor one.bias [40] is missing");
	refused(TENSORS, rename_it,
	        "tensor stranger has no place in this architecture");
	refused(0, flatten_it,
	        "tensor one.weight is [2000], want [40,50]");
	refused(0, turn_it, "tensor one.weight is [50,40], want [40,50]");
	refused(2, poison_it, "tensor two.gain holds NaN or infinity");
}

static void
test_map(void **state)
{
	(void)state;
	assert_null(map_changed(0, NULL));
	assert_null(map_changed(0, halve_it));
	assert_null(map_changed(4, halve_it));
}

/* A file whose header is not padded puts its tensors anywhere. */
static void
test_unaligned(void **state)
{
	static const char header[] = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],"
		"\"data_offsets\":[0,8]}} ";
	const float values[2] = { 1.5f, -2 };
	struct params p = { .param = NULL };
	struct safetensors s;
	float *a, *owned;

	(void)state;
	params_list(&p, &a, "a", START_ZERO, 1, (const size_t[]){ 2 });
	for (size_t shift = 0; shift < 4; shift++) {
		uint8_t *bytes = calloc(8 + sizeof header + 8, 1);
		size_t length = sizeof header - 1 - shift % 2;

		bytes[0] = (uint8_t)length;
		memcpy(bytes + 8, header, length);
		memcpy(bytes + 8 + length, values, 8);
		assert_null(safetensors_parse(&s, bytes, 16 + length));
		assert_null(params_map(&p, &s, &owned));
		assert_int_equal(owned != NULL, length % 4 != 0);
		assert_memory_equal(a, values, sizeof values);
		free(owned);
		safetensors_release(&s);
		free(bytes);
	}
	params_release(&p);
}

/* As transformers has them: sinusoids() of modeling_whisper.py. */
static void
test_sinusoids(void **state)
{
	enum { T = 40, C = 8 };
	struct params p = { .param = NULL };
	float *slot, block[T * C];

	(void)state;
	params_list(&p, &slot, "positions", START_SINUSOIDS, 2,
	            (const size_t[]){ T, C });
	params_start(block, &p, 1);
	for (size_t t = 0; t < T; t++)
		for (size_t i = 0; i < C / 2; i++) {
			double angle = (double)t *
				exp(-log(10000) / (C / 2 - 1) * (double)i);

			assert_true(fabs((double)block[t * C + i] -
			                 sin(angle)) < 1e-6);
			assert_true(fabs((double)block[t * C + C / 2 + i] -
			                 cos(angle)) < 1e-6);
		}
	params_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "tensors lie one after the other", test_layout,
		  NULL, NULL, NULL },
		{ "fresh values have the variance of their fan-in", test_start,
		  NULL, NULL, NULL },
		{ "what is missing, strange or of another shape is named",
		  test_load, NULL, NULL, NULL },
		{ "a mapped tensor is the file's own bytes, or a copy of "
		  "another type", test_map, NULL, NULL, NULL },
		{ "a tensor at an odd address is copied", test_unaligned,
		  NULL, NULL, NULL },
		{ "sinusoids are Whisper's",
		  test_sinusoids, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
