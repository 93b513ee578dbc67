#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "feat/functionals.h"
#include "feat/functionals_whiten.h"
#include "feat/whitening.h"
#include "stream/fields.h"
#include "stream/reader.h"

static void
type_check(struct frame *f, const struct features_type *t)
{
	const char *have = frame_text(f, FIELD_FEATURES_TYPE);
	char want[FEATURES_TYPE_MAX];

	features_type_print(want, t);
	if (have && strcmp(have, want) != 0)
		die("%s: features are \"%s\", the student's are \"%s\"",
		    frame_id(f), have, want);
}

void
functionals_whiten(float *weight, float *centre, const char *path,
                   const struct features_type *t)
{
	struct reader r;
	struct frame f = { .field = NULL };
	struct whitening w;

	whitening_init(&w, FUNCTIONALS);
	reader_open_path(&r, path);
	reader_tell(&r);
	while (reader_next(&r, &f)) {
		const float *x = functionals_of(&f);

		type_check(&f, t);
		if (x && !floats_finite(x, FUNCTIONALS))
			die("%s: features are not finite", frame_id(&f));
		if (x)
			whitening_add(&w, x);
	}
	if (w.rows == 0)
		die("%s: no utterance with raw features", r.name);
	whitening_solve(weight, centre, &w);
	whitening_release(&w);
	reader_close(&r);
	frame_release(&f);
}
