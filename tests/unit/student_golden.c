/*
 * The compact student against PyTorch, with weights of the same file:
 * logits, embeddings, every gradient, ten steps of AdamW.
 * tests/golden/student.py wrote the numbers and says how.
 */
#include <stdio.h>
#include <string.h>

#include "gradient.h"
#include "model/model_student.h"
#include "train/adamw.h"

enum { UTTERANCES = 6, K = 4, EMBEDDING = 2 * 16, STEPS = 10 };

static const size_t rows_of[UTTERANCES] = { 1, 2, 3, 5, 37, 100 };

/* The array of that name, which must have n elements; the caller frees it. */
static float *
golden(const char *name, size_t n)
{
	FILE *f = fopen("tests/golden/student.f32", "rb");
	float *data = constant_floats(n, NAN);
	char found[64];
	size_t count;

	assert_non_null(f);
	while (fscanf(f, "%63s %zu", found, &count) == 2) {
		assert_int_equal(getc(f), '\n');
		if (strcmp(found, name) == 0) {
			assert_int_equal(count, n);
			assert_int_equal(fread(data, sizeof *data, n, f), n);
			fclose(f);
			return data;
		}
		fseek(f, (long)(count * sizeof *data), SEEK_CUR);
	}
	fail_msg("no %s in tests/golden/student.f32", name);
	return NULL;
}

static float *
golden_of(const char *what, const char *name, size_t n)
{
	char key[PARAM_NAME_MAX + 8];

	snprintf(key, sizeof key, "%s%s", what, name);
	return golden(key, n);
}

static float *
golden_rows(const char *what, size_t rows, size_t n)
{
	char key[96];

	snprintf(key, sizeof key, "%s.%zu", what, rows);
	return golden(key, n);
}

static void
match(const float *x, float *expected, size_t n, double tolerance)
{
	assert_all_close(x, expected, n, tolerance);
	free(expected);
}

struct fixture {
	struct model m;
	struct student_member *member;
	const float *x[UTTERANCES];
	float *dlogits, *gradient;
	struct student_weights bound; /* to gradient */
	struct arena arena, scratch;
	float logits[UTTERANCES * K], embedding[UTTERANCES * EMBEDDING];
};

static void
fixture_init(struct fixture *f)
{
	struct params again = { .param = NULL };

	*f = (struct fixture){ .dlogits = golden("dlogits", UTTERANCES * K) };
	model_open(&f->m, "tests/golden/student.safetensors", NULL);
	f->member = &model_student_of(&f->m)->member[0];
	for (int i = 0; i < UTTERANCES; i++)
		f->x[i] = golden_rows("x", rows_of[i],
		                      rows_of[i] * f->member->shape.rows);
	f->gradient = constant_floats(f->m.params.length, 0);
	student_layout(&again, &f->bound, &f->member->shape, f->gradient);
	params_release(&again);
}

static void
fixture_release(struct fixture *f)
{
	for (int i = 0; i < UTTERANCES; i++)
		free((void *)f->x[i]);
	free(f->dlogits);
	free(f->gradient);
	arena_release(&f->arena);
	arena_release(&f->scratch);
	model_release(&f->m);
}

/* Utterances first … first + count - 1, packed. */
static struct student_pass *
forward(struct fixture *f, int first, size_t count)
{
	const struct student_batch batch = {
		count, f->x + first, rows_of + first
	};
	const struct student_dropout none = { 0, 0, NULL };

	arena_clear(&f->arena);
	return student_forward(f->logits, f->embedding, &f->arena, &batch,
	                       &f->member->weights, &f->member->shape, &none);
}

static void
backward(struct fixture *f, struct student_pass *pass, const float *dlogits)
{
	student_backward(&f->bound, pass, dlogits, NULL,
	                 &f->member->weights, &f->scratch);
}

static void
test_forward(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (int i = 0; i < UTTERANCES; i++) {
		forward(&f, i, 1);
		match(f.logits, golden_rows("logits", rows_of[i], K), K, 2e-5);
		match(f.embedding, golden_rows("embedding", rows_of[i],
		                               EMBEDDING), EMBEDDING, 2e-5);
	}
	fixture_release(&f);
}

static void
test_gradients(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	backward(&f, forward(&f, 0, UTTERANCES), f.dlogits);
	for (size_t i = 0; i < f.m.params.count; i++) {
		const struct param *t = &f.m.params.param[i];

		match(f.gradient + t->offset,
		      golden_of("d", t->name, t->length), t->length, 1e-4);
	}
	fixture_release(&f);
}

/* Summing one by one is another order of addition, so not to the last bit. */
static void
test_gradients_apart(void **state)
{
	struct fixture f;
	float *together;

	(void)state;
	fixture_init(&f);
	backward(&f, forward(&f, 0, UTTERANCES), f.dlogits);
	together = f.gradient;
	f.gradient = constant_floats(f.m.params.length, 0);
	struct params again = { .param = NULL };

	student_layout(&again, &f.bound, &f.member->shape, f.gradient);
	params_release(&again);
	for (int i = 0; i < UTTERANCES; i++)
		backward(&f, forward(&f, i, 1), f.dlogits + i * K);
	assert_all_close(f.gradient, together, f.m.params.length, 1e-4);
	free(together);
	fixture_release(&f);
}

static void
test_adamw(void **state)
{
	const struct adamw o = { 1e-2f, .9f, .98f, 1e-3f, .1f };
	struct fixture f;
	float *m, *v;

	(void)state;
	fixture_init(&f);
	m = constant_floats(f.m.params.length, 0);
	v = constant_floats(f.m.params.length, 0);
	for (size_t step = 1; step <= STEPS; step++) {
		struct student_pass *pass = forward(&f, 0, UTTERANCES);
		double t = tanh(dot(f.logits, f.dlogits, UTTERANCES * K) / 10);
		float scaled[UTTERANCES * K];

		for (int i = 0; i < UTTERANCES * K; i++)
			scaled[i] = (float)((1 - t * t) / 10) * f.dlogits[i];
		memset(f.gradient, 0, f.m.params.length * sizeof *f.gradient);
		backward(&f, pass, scaled);
		for (size_t i = 0; i < f.m.params.count; i++) {
			const struct param *p = &f.m.params.param[i];
			struct adamw own = o;
			size_t at = p->offset;

			if (p->ndim == 1)
				own.decay = 0;
			adamw_step(f.m.block + at, m + at, v + at,
			           f.gradient + at, 1, p->length, step,
			           &own);
		}
	}
	for (size_t i = 0; i < f.m.params.count; i++) {
		const struct param *t = &f.m.params.param[i];

		match(f.m.block + t->offset,
		      golden_of("w10.", t->name, t->length), t->length, 1e-4);
	}
	free(m);
	free(v);
	fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "logits and embedding are PyTorch's, of 1 to 100 rows",
		  test_forward, NULL, NULL, NULL },
		{ "every gradient is PyTorch's",
		  test_gradients, NULL, NULL, NULL },
		{ "gradients together are the sum of gradients apart",
		  test_gradients_apart, NULL, NULL, NULL },
		{ "ten steps of AdamW end where PyTorch's do",
		  test_adamw, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
