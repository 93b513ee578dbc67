#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/lineage_cmvn.h"
#include "stream/fields.h"
#include "stream/frame.h"

void
lineage_cmvn_set(struct lineage *l, const char *cmvn)
{
	char *copy = xstrdup(cmvn);

	free(l->cmvn);
	l->cmvn = copy;
}

static const char *
cmvn_of(struct frame *f)
{
	const char *cmvn = frame_text(f, FIELD_CMVN);

	return cmvn && *cmvn ? cmvn : "none";
}

void
lineage_cmvn_note(struct lineage *l, struct frame *f)
{
	const char *cmvn = cmvn_of(f);

	if (!*l->cmvn && !l->fresh)
		return;
	if (*l->cmvn && strcmp(l->cmvn, cmvn) != 0)
		cmvn = "mixed";
	lineage_cmvn_set(l, cmvn);
}

void
lineage_cmvn_tell(struct lineage *l, struct frame *f, const struct model *m)
{
	const char *cmvn = cmvn_of(f);

	if (l->told || m->network || !*l->cmvn ||
	    strcmp(l->cmvn, "mixed") == 0 || strcmp(l->cmvn, cmvn) == 0)
		return;
	l->told = true;
	if (strcmp(l->cmvn, "none") == 0)
		warn("%s: trained without cmvn, hears features after "
		     "cmvn --by %s", m->name, cmvn);
	else if (strcmp(cmvn, "none") == 0)
		warn("%s: trained after cmvn --by %s, hears features without "
		     "cmvn", m->name, l->cmvn);
	else
		warn("%s: trained after cmvn --by %s, hears features after "
		     "cmvn --by %s", m->name, l->cmvn, cmvn);
}

void
lineage_cmvn_silence(struct lineage *l, struct frame *f, const struct model *m)
{
	size_t silent = 0;

	if (l->silent || m->network || !frame_has(f, FIELD_CMVN) ||
	    frame_has(f, FIELD_FUNCTIONALS))
		return;
	for (size_t i = 0; i < m->members; i++)
		silent += m->member[i].shape.functionals;
	l->silent = true;
	if (silent > 0 && silent < m->members)
		warn("%s: %zu of its %zu members read functionals, which "
		     "cmvn --by %s leaves out: they keep silent (leave cmvn "
		     "out, or give it --by speaker)", m->name, silent,
		     m->members, cmvn_of(f));
}
