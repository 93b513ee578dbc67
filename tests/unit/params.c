/* model/params: layout, fresh values, loading and its refusals. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gradient.h"
#include "model/params.h"

static const char path[] = "params.test.safetensors";

static float *
layout(struct params *p, float *base)
{
	float *last;

	params_add(p, base, "one.weight", START_FAN_IN, 40, 50, 0);
	params_add(p, base, "one.bias", START_ZERO, 40, 0, 0);
	params_add(p, base, "two.gain", START_ONE, 7, 0, 0);
	params_add(p, base, "two.taps", START_TAPS, 4, 300, 0);
	last = params_add(p, base, "three", START_FAN_IN, 30, 5, 9);
	return last;
}

static void
test_layout(void **state)
{
	struct params p = { .param = NULL };
	float block[2000 + 40 + 7 + 1200 + 1350], *last;

	(void)state;
	assert_null(layout(&p, NULL));
	assert_int_equal(p.length, LEN(block));
	assert_int_equal(p.count, 5);
	assert_int_equal(p.param[0].ndim, 2);
	assert_int_equal(p.param[1].ndim, 1);
	assert_int_equal(p.param[4].ndim, 3);
	assert_int_equal(p.param[4].length, 1350);
	params_release(&p);
	last = layout(&p, block);
	assert_ptr_equal(last, block + 2000 + 40 + 7 + 1200);
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
	struct params p = { .param = NULL };
	float *a, *b, *c;

	(void)state;
	layout(&p, NULL);
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
	free(a);
	free(b);
	free(c);
	params_release(&p);
}

/* Writes the layout's tensors with one of them changed; loads them. */
static char *
load_changed(float *back, size_t changed,
             void (*change)(struct safetensors_source *))
{
	struct params p = { .param = NULL };
	struct safetensors_source source[6] = { 0 };
	struct safetensors s;
	float *block;
	char *why;

	layout(&p, NULL);
	block = random_floats(p.length, 1);
	for (size_t i = 0; i < p.count; i++) {
		const struct param *t = &p.param[i];

		source[i] = (struct safetensors_source){
			.name = t->name, .type = TYPE_F32, .ndim = t->ndim,
			.data = block + t->offset
		};
		memcpy(source[i].dim, t->dim, sizeof t->dim);
	}
	source[5] = source[2];
	source[5].name = "optimizer.x";
	if (change)
		change(&source[changed]);
	safetensors_write(path, source, 6, NULL, 0);
	assert_null(safetensors_open(&s, path));
	why = params_load(back, &p, &s);
	if (!why)
		assert_memory_equal(back, block, p.length * sizeof *block);
	safetensors_release(&s);
	unlink(path);
	free(block);
	params_release(&p);
	return why;
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
	float *back = constant_floats(5000, NAN);
	char *why = load_changed(back, changed, change);

	assert_non_null(why);
	assert_string_equal(why, want);
	free(why);
	free(back);
}

static void
test_load(void **state)
{
	float *back = constant_floats(5000, NAN);

	(void)state;
	assert_null(load_changed(back, 0, NULL));
	free(back);
	refused(1, rename_it, "tensor one.bias [40] is missing");
	refused(5, rename_it,
	        "tensor stranger has no place in this architecture");
	refused(0, flatten_it,
	        "tensor one.weight is [2000], want [40,50]");
	refused(0, turn_it, "tensor one.weight is [50,40], want [40,50]");
	refused(2, poison_it, "tensor two.gain holds NaN or infinity");
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
