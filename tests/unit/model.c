/* model: the built-in one, writing and reading again, long utterances. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gradient.h"
#include "model/model_student.h"
#include "nn/softmax.h"

static const char golden[] = "tests/golden/student.safetensors";
static const char path[] = "model.test.safetensors";

static const struct safetensors_extras f32 = { .type = TYPE_F32 };

/* Random features, for the first member. */
static struct model_view
view_random(const struct model *m, size_t rows, uint64_t seed)
{
	size_t width = model_student_of(m)->member[0].shape.rows;

	return (struct model_view){
		.rows = random_floats(rows * width, seed), .count = rows,
		.width = width
	};
}

static void
view_free(struct model_view *view)
{
	free((void *)(uintptr_t)view->rows);
}

static void
test_builtin(void **state)
{
	struct model m;
	struct arena arena = ARENA_INIT;
	float logits[STUDENT_CLASSES_MAX];
	struct model_view view;

	(void)state;
	model_open(&m, NULL, NULL);
	assert_string_equal(m.name, "built-in model");
	view = view_random(&m, 100, 1);
	model_infer(&m, logits, NULL, &view, &arena);
	for (size_t k = 0; k < m.class_count; k++)
		assert_true(isfinite(logits[k]));
	view_free(&view);
	arena_release(&arena);
	model_release(&m);
}

static void
compare_models(const struct model *a, const struct model *b)
{
	char one[FEATURES_TYPE_MAX], two[FEATURES_TYPE_MAX];

	const struct model_student *s = model_student_of(a);
	const struct model_student *t = model_student_of(b);

	features_type_print(one, &s->features);
	features_type_print(two, &t->features);
	assert_string_equal(one, two);
	assert_memory_equal(&s->member[0].shape, &t->member[0].shape,
	                    sizeof s->member[0].shape);
	assert_int_equal(a->class_count, b->class_count);
	for (size_t k = 0; k < a->class_count; k++)
		assert_string_equal(a->classes[k], b->classes[k]);
}

static void
test_write(void **state)
{
	const struct safetensors_text more[] = { { "history", "a\n\"b\"" },
	                                         { "width", "999" } };
	const struct safetensors_extras extras = {
		.type = TYPE_F32, .metadata = more, .metadata_count = 2
	};
	const struct safetensors_extras bf16 = { .type = TYPE_BF16 };
	struct model m, again;

	(void)state;
	model_open(&m, golden, NULL);
	model_write(path, &m, &extras);
	model_open(&again, path, NULL);
	compare_models(&m, &again);
	assert_memory_equal(m.block, again.block,
	                    m.params.length * sizeof *m.block);
	assert_string_equal(model_metadata(&again, "history"),
	                    "a\n\"b\"");
	model_write(path, &again, &bf16);
	model_release(&m);
	model_open(&m, path, NULL);
	compare_models(&m, &again);
	assert_all_close(m.block, again.block, m.params.length, 5e-3);
	assert_string_equal(model_metadata(&m, "history"),
	                    "a\n\"b\"");
	model_release(&m);
	model_release(&again);
	unlink(path);
}

/* The mean of three pieces' log-probabilities and embeddings, by hand. */
static void
test_pieces(void **state)
{
	enum { ROWS = 2 * MODEL_ROWS_MAX + 1, D = 32, K = 4 };
	struct arena arena = ARENA_INIT;
	struct model m;
	float logits[K], embedding[D], piece[K], part[D];
	float mean[K] = { 0 }, middle[D] = { 0 };
	struct model_view view;

	(void)state;
	model_open(&m, golden, NULL);
	assert_int_equal(model_embedding_length(&m), D);
	view = view_random(&m, ROWS, 2);
	model_infer(&m, logits, embedding, &view, &arena);
	for (size_t i = 0; i < 3; i++) {
		size_t from = ROWS * i / 3, to = ROWS * (i + 1) / 3;

		const struct model_view one = {
			.rows = view.rows + from * view.width,
			.count = to - from, .width = view.width
		};

		model_infer(&m, piece, part, &one, &arena);
		log_softmax_forward(piece, piece, 1, K);
		for (int k = 0; k < K; k++)
			mean[k] += piece[k] / 3;
		for (int j = 0; j < D; j++)
			middle[j] += part[j] / 3;
	}
	assert_all_close(logits, mean, K, 1e-5);
	assert_all_close(embedding, middle, D, 1e-5);
	model_infer(&m, piece, NULL, &view, &arena);
	assert_memory_equal(piece, logits, sizeof logits);
	view_free(&view);
	arena_release(&arena);
	model_release(&m);
}

/* The output of each member, put together by hand. */
static void
join_expect(float *logits, float *embedding, const struct model *part,
            const struct model_view *view)
{
	enum { D = 32, K = 4 };
	struct arena arena = ARENA_INIT;
	float own[K];

	memset(logits, 0, K * sizeof *logits);
	for (int i = 0; i < 2; i++) {
		model_infer(&part[i], own, embedding + i * D, view, &arena);
		if (view->count <= MODEL_ROWS_MAX) /* else it is a mean */
			log_softmax_forward(own, own, 1, K);
		for (int k = 0; k < K; k++)
			logits[k] += own[k] / 2;
	}
	arena_release(&arena);
}

static void
join_compare(const struct model *m, const struct model *part, size_t rows)
{
	enum { D = 32, K = 4 };
	struct arena arena = ARENA_INIT;
	float logits[K], embedding[2 * D], want[K], wanted[2 * D];
	struct model_view view = view_random(m, rows, 3);

	assert_int_equal(model_student_of(m)->members, 2);
	assert_int_equal(model_embedding_length(m), 2 * D);
	join_expect(want, wanted, part, &view);
	model_infer(m, logits, embedding, &view, &arena);
	assert_all_close(logits, want, K, 1e-5);
	assert_all_close(embedding, wanted, 2 * D, 1e-5);
	view_free(&view);
	arena_release(&arena);
}

static void
test_join(void **state)
{
	struct model part[2], m, again;

	(void)state;
	model_open(&part[0], golden, NULL);
	model_open(&part[1], golden, NULL);
	for (size_t i = 0; i < part[1].params.length; i++)
		part[1].block[i] *= 0.9f;
	model_open(&m, golden, NULL);
	model_student_join(&m, &part[1]);
	join_compare(&m, part, 50);
	join_compare(&m, part, MODEL_ROWS_MAX + 1);
	model_write(path, &m, &f32);
	model_open(&again, path, NULL);
	join_compare(&again, part, 50);
	model_student_join(&again, &m);
	assert_int_equal(model_student_of(&again)->members, 4);
	assert_memory_equal(again.block, m.block,
	                    m.params.length * sizeof *m.block);
	assert_memory_equal(again.block + m.params.length, m.block,
	                    m.params.length * sizeof *m.block);
	model_release(&part[0]);
	model_release(&part[1]);
	model_release(&m);
	model_release(&again);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "the built-in model opens and computes",
		  test_builtin, NULL, NULL, NULL },
		{ "what is written is read again, metadata too",
		  test_write, NULL, NULL, NULL },
		{ "a long utterance is the mean of its parts",
		  test_pieces, NULL, NULL, NULL },
		{ "members are asked one by one, and averaged",
		  test_join, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
