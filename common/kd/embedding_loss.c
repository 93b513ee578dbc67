#include <string.h>

#include "kd/embedding_loss.h"

struct embedding_kind {
	const char *name;
	double (*apply)(double *dx, const double *x, size_t D,
	                const double *y, size_t E, size_t n,
	                struct arena *arena);
};

static const struct embedding_kind kinds[] = {
	{ "rkd", rkd_apply },
	{ "sp", sp_apply },
	{ "ot", ot_apply },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *
embedding_name(size_t i)
{
	return i < KINDS ? kinds[i].name : NULL;
}

const char *
embedding_parse(struct embedding_loss *e, const char *text)
{
	e->kind = NULL;
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, text) == 0)
			e->kind = &kinds[i];
	return e->kind ? NULL : "no such loss";
}

void
gram_forward(double *G, const double *x, size_t n, size_t D)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = 0;

			for (size_t d = 0; d < D; d++)
				sum += x[i * D + d] * x[j * D + d];
			G[i * n + j] = G[j * n + i] = sum;
		}
}

void
gram_backward(double *dx, const double *dG, const double *x, size_t n,
              size_t D)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double s = dG[i * n + j] + dG[j * n + i];

			for (size_t d = 0; d < D; d++)
				dx[i * D + d] += s * x[j * D + d];
		}
}

/* The teacher of that name, or NULL where it has no embedding of u. */
static const struct kd_teacher *
teacher_find(const struct kd_utterance *u, const char *name, size_t *k)
{
	for (*k = 0; *k < u->teachers; ++*k)
		if (strcmp(u->teacher[*k].name, name) == 0)
			return u->teacher[*k].embedding ? &u->teacher[*k]
			                                : NULL;
	return NULL;
}

/* The first utterance that has the teacher's embedding. */
static size_t
teacher_first(const struct kd_utterance *const *u, const char *name)
{
	size_t i = 0, k;

	while (!teacher_find(u[i], name, &k))
		i++;
	return i;
}

void
embedding_check(const char **why, const struct kd_utterance *const *u,
                size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (u[i]->width != u[0]->width)
			why[i] = "its embedding has another length than the "
			         "first of its batch";
		for (size_t k = 0; k < u[i]->teachers; k++) {
			const struct kd_teacher *t = &u[i]->teacher[k];
			size_t first, at;

			if (!t->embedding)
				continue;
			first = teacher_first(u, t->name);
			teacher_find(u[first], t->name, &at);
			if (u[first]->teacher[at].width != t->width)
				why[i] = "a teacher's embedding has another "
				         "length than the first of its batch";
		}
	}
}

static void
widen(double *out, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (double)x[i];
}

/* Adds one teacher's share to the loss and the gradients. */
static double
teacher_apply(float *const *gradient, const struct embedding_loss *e,
              const struct kd_utterance *const *u,
              const double *const *weight, size_t count, const char *name,
              struct arena *arena)
{
	size_t D = u[0]->width, E = 0, n = 0, k;
	size_t *member = arena_take(arena, count, sizeof *member);
	double *x, *y, *dx, W = 0, loss, scale;

	for (size_t i = 0; i < count; i++) {
		const struct kd_teacher *t = teacher_find(u[i], name, &k);

		if (!t)
			continue;
		E = t->width;
		W += weight[i][k] / (double)count;
		member[n++] = i;
	}
	if (n < 2 || W <= 0)
		return 0;
	x = arena_take(arena, n * D, sizeof *x);
	dx = arena_take(arena, n * D, sizeof *dx);
	y = arena_take(arena, n * E, sizeof *y);
	memset(dx, 0, n * D * sizeof *dx);
	for (size_t i = 0; i < n; i++) {
		const struct kd_utterance *own = u[member[i]];

		widen(x + i * D, own->embedding, D);
		widen(y + i * E, teacher_find(own, name, &k)->embedding, E);
	}
	loss = e->kind->apply(dx, x, D, y, E, n, arena);
	scale = (double)count * e->share * W;
	for (size_t i = 0; i < n; i++)
		for (size_t d = 0; d < D; d++)
			gradient[member[i]][d] +=
				(float)(scale * dx[i * D + d]);
	return W * loss;
}

double
embedding_loss(float *const *gradient, const struct embedding_loss *e,
               const struct kd_utterance *const *u,
               const double *const *weight, size_t count, struct arena *arena)
{
	double loss = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t d = 0; d < u[i]->width; d++)
			gradient[i][d] = 0;
	/* each teacher once, at the first utterance that has it */
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < u[i]->teachers; k++) {
			const struct kd_teacher *t = &u[i]->teacher[k];

			if (t->embedding && teacher_first(u, t->name) == i)
				loss += teacher_apply(gradient, e, u, weight,
				                      count, t->name, arena);
		}
	return loss;
}
