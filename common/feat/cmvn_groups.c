#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "feat/cmvn_groups.h"

struct cmvn_group {
	char *name;
	struct cmvn cmvn;
};

/* The first group whose name is not before the one given. */
static size_t
place(const struct cmvn_groups *g, const char *name)
{
	size_t low = 0, high = g->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(g->group[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
insert(struct cmvn_groups *g, size_t at, const char *name, size_t width)
{
	if (g->count == g->capacity) {
		g->capacity = 2 * g->capacity + 16;
		g->group = xrealloc(g->group, g->capacity, sizeof *g->group);
	}
	memmove(g->group + at + 1, g->group + at,
	        (g->count - at) * sizeof *g->group);
	g->group[at].name = xstrdup(name);
	cmvn_init(&g->group[at].cmvn, width);
	g->count++;
}

struct cmvn *
cmvn_groups_find(struct cmvn_groups *g, const char *name, size_t width,
                 const char **why)
{
	size_t at = place(g, name);

	if (at == g->count || strcmp(g->group[at].name, name) != 0)
		insert(g, at, name, width);
	if (g->group[at].cmvn.width != width) {
		*why = "features of another width than the others'";
		return NULL;
	}
	return &g->group[at].cmvn;
}

void
cmvn_groups_warn(const struct cmvn_groups *g, const char *input,
                 const char *by)
{
	size_t single = 0;

	for (size_t i = 0; i < g->count; i++)
		single += g->group[i].cmvn.utterances == 1;
	if (single > 0)
		warn("%s: by %s, %zu of %zu have one utterance, whose emotion "
		     "goes with its mean", input, by, single, g->count);
}

void
cmvn_groups_clear(struct cmvn_groups *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->group[i].name);
		cmvn_release(&g->group[i].cmvn);
	}
	free(g->group);
	*g = (struct cmvn_groups)CMVN_GROUPS_INIT;
}
