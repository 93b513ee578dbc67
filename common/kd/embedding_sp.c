/*
 * Similarity preservation: with G = x x' and N its rows over their lengths (a
 * row of zeros stays so), of the student N_s and of the teacher N_t,
 *
 *	E = 3000 |N_s - N_t|^2 / n^2
 *
 * the weight being that of the authors' method in Tian, Krishnan, Isola,
 * Contrastive Representation Distillation, ICLR 2020.  The gradient by G, with
 * H = 6000 (N_s - N_t) / n^2, is in each row (H - N <N, H>) / |G|.
 */
#include <math.h>

#include "kd/embedding_loss.h"

static const double SCALE = 3000, SHORTEST = 1e-12;

/* Scales G's rows to length 1; length [n] gets their old lengths, or 0. */
static void
rows_normalise(double *G, double *length, size_t n)
{
	for (size_t i = 0; i < n; i++, G += n) {
		double sum = 0;

		for (size_t j = 0; j < n; j++)
			sum += G[j] * G[j];
		length[i] = sqrt(sum) > SHORTEST ? sqrt(sum) : 0;
		for (size_t j = 0; j < n; j++)
			G[j] = length[i] > 0 ? G[j] / length[i] : 0;
	}
}

double
sp_apply(double *dx, const double *x, size_t D, const double *y, size_t E,
         size_t n, struct arena *arena)
{
	double *S = arena_take(arena, n * n, sizeof *S);
	double *T = arena_take(arena, n * n, sizeof *T);
	double *length = arena_take(arena, n, sizeof *length);
	double loss = 0, scale = SCALE / (double)(n * n);

	gram_forward(T, y, n, E);
	rows_normalise(T, length, n);
	gram_forward(S, x, n, D);
	rows_normalise(S, length, n);
	for (size_t i = 0; i < n; i++) {
		double *s = S + i * n, *t = T + i * n, along = 0;

		for (size_t j = 0; j < n; j++) {
			double off = s[j] - t[j];

			loss += scale * off * off;
			t[j] = 2 * scale * off;
			along += s[j] * t[j];
		}
		for (size_t j = 0; j < n; j++)
			t[j] = length[i] > 0
				? (t[j] - s[j] * along) / length[i] : 0;
	}
	gram_backward(dx, T, x, n, D);
	return loss;
}
