#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "stream/fields.h"
#include "stream/reader.h"
#include "student/functionals.h"
#include "student/whitening.h"

/* Why an utterance has no functionals though it should, or NULL. */
static const char *
refusal(struct frame *f, const float *functionals)
{
	const char *why;

	if (functionals)
		return floats_finite(functionals, FUNCTIONALS) ? NULL
			: "features too large to compute with";
	if (frame_has(f, FIELD_CMVN))
		return NULL;
	return frame_need(f, FIELD_FEATURES, 2, &why)
		? "features that have no functionals" : why;
}

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
	reader_show_progress(&r);
	while (reader_next(&r, &f)) {
		const float *x = functionals_of(&f);
		const char *why = refusal(&f, x);

		type_check(&f, t);
		if (why)
			die("%s: %s", frame_id(&f), why);
		if (x)
			whitening_add(&w, x);
	}
	if (w.rows == 0)
		die("%s: no utterance with raw features", r.name);
	whitening_solve(weight, centre, &w);
	if (!floats_finite(weight, (size_t)FUNCTIONALS * FUNCTIONALS))
		die("%s: features of impossible values", r.name);
	whitening_release(&w);
	reader_close(&r);
	frame_release(&f);
}
