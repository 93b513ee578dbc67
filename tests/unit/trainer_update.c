/* trainer_update(), piece by piece, against each tensor updated whole. */
#include <string.h>

#include "gradient.h"
#include "train/trainer.h"

enum { LONG = (1 << 14) + 5, SHORT = 3, LENGTH = LONG + SHORT, STEP = 7 };

struct state {
	float *x, *m, *v, *average, *gradient;
};

static struct state
state_new(void)
{
	struct state s = {
		random_floats(LENGTH, 1), random_floats(LENGTH, 2),
		random_floats(LENGTH, 3), random_floats(LENGTH, 4),
		random_floats(LENGTH, 5)
	};

	for (size_t i = 0; i < LENGTH; i++)
		s.v[i] *= s.v[i];
	return s;
}

static void
state_release(struct state *s)
{
	free(s->x);
	free(s->m);
	free(s->v);
	free(s->average);
	free(s->gradient);
}

/* The sum of two utterances; decay for tensors that do. */
static void
whole(struct state *s, const struct trainer_options *o, const struct param *t)
{
	struct adamw a = o->adamw;
	size_t at = t->offset;

	if (!param_decays(t))
		a.decay = 0;
	adamw_step(s->x + at, s->m + at, s->v + at, s->gradient + at, .5f,
	           t->length, STEP + 1, &a);
	average_step(s->average + at, s->x + at, t->length, STEP,
	             o->training.average);
}

static void
test_pieces(void **state)
{
	struct param param[2] = {
		{ .start = START_FAN_IN, .length = LONG },
		{ .start = START_ZERO, .offset = LONG, .length = SHORT }
	};
	struct state want = state_new(), got = state_new();
	struct model m = {
		.params = { .param = param, .count = 2, .length = LENGTH },
		.block = got.x
	};
	const struct model_training_kind plain = { .average = true };
	size_t place[2] = { 0, LONG };
	struct trainer t = {
		.model = &m, .optimizer = { got.m, got.v, got.average },
		.place = place, .state_length = LENGTH,
		.training = { .model = &m, .kind = &plain,
		              .gradient = got.gradient },
		.pending = 1, .pending_utterances = 2,
		.options = TRAINER_OPTIONS_INIT, .progress = { .updates = STEP }
	};

	(void)state;
	t.options.adamw.rate = .01f;
	t.options.clip = 0;
	t.options.training.average = .999f; /* so late it is not that yet */
	for (size_t i = 0; i < 2; i++)
		whole(&want, &t.options, &param[i]);
	trainer_update(&t);
	assert_memory_equal(got.x, want.x, LENGTH * sizeof *want.x);
	assert_memory_equal(got.m, want.m, LENGTH * sizeof *want.x);
	assert_memory_equal(got.v, want.v, LENGTH * sizeof *want.x);
	assert_memory_equal(got.average, want.average,
	                    LENGTH * sizeof *want.x);
	for (size_t i = 0; i < LENGTH; i++)
		assert_true(got.gradient[i] == 0);
	assert_close((double)t.norm, .5 * sqrt(dot(want.gradient,
	                                           want.gradient, LENGTH)),
	             1e-3);
	assert_int_equal(t.progress.updates, STEP + 1);
	assert_int_equal(t.pending + t.pending_utterances, 0);
	state_release(&want);
	state_release(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "an update in pieces is one of whole tensors",
		  test_pieces, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
