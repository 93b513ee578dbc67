#include <string.h>

#include "feat/cmvn.h"
#include "stream/fields.h"
#include "stream/frame.h"
#include "student/functionals.h"

/* Creates them for a new name; the width is always the same. */
static struct cmvn *
statistics_of(struct cmvn_groups *g, const char *name)
{
	const char *why;

	return cmvn_groups_find(g, name, FUNCTIONALS, &why);
}

void
functionals_learn(struct cmvn_groups *g, const char *name, struct frame *f)
{
	const float *x = functionals_of(f);

	if (x)
		cmvn_add(statistics_of(g, name), x, 1, NULL);
}

void
functionals_normalise(struct cmvn_groups *g, const char *name,
                      struct frame *f)
{
	const float *x = functionals_of(f);
	float *y;

	if (!x)
		return;
	y = frame_add1(f, FIELD_FUNCTIONALS, FUNCTIONALS);
	memcpy(y, x, FUNCTIONALS * sizeof *y);
	cmvn_apply(statistics_of(g, name), y, 1, false);
}
