#include <stdlib.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "kd/kd_frame.h"
#include "kd/kd_run.h"
#include "stream/origin.h"

/* The utterances of a run that are at hand: one, where that will do. */
struct held {
	struct frame **f;
	const char **why;
	size_t count, room;
	struct kd_found found;
	struct arena scratch;
};

/* Where the next utterance is read to. */
static struct frame *
held_next(struct held *h)
{
	static const struct frame empty = FRAME_INIT;

	if (h->count == h->room) {
		h->room = 2 * h->room + 1;
		h->f = xrealloc(h->f, h->room, sizeof *h->f);
		h->why = xrealloc(h->why, h->room, sizeof *h->why);
		for (size_t i = h->count; i < h->room; i++) {
			h->f[i] = xmalloc(1, sizeof *h->f[i]);
			*h->f[i] = empty;
		}
	}
	return h->f[h->count];
}

/* Writes what is held, with its loss, and lets go of it. */
static void
held_put(struct held *h, struct writer *out, const struct kd_options *options)
{
	if (h->count > 0)
		kd_frames(h->f, h->why, h->count, options, &h->found,
		          &h->scratch);
	for (size_t i = 0; i < h->count; i++)
		if (h->why[i])
			writer_drop(out, frame_id(h->f[i]), h->why[i]);
		else
			writer_put(out, h->f[i]);
	h->count = 0;
	arena_clear(&h->scratch);
}

/* The same where the next has been read already. */
static void
held_put_but_next(struct held *h, struct writer *out,
                  const struct kd_options *options)
{
	size_t at = h->count;
	struct frame *next = h->f[at];

	held_put(h, out, options);
	h->f[at] = h->f[0];
	h->f[0] = next;
}

static void
held_release(struct held *h)
{
	for (size_t i = 0; i < h->room; i++) {
		frame_release(h->f[i]);
		free(h->f[i]);
	}
	free(h->f);
	free(h->why);
	arena_release(&h->scratch);
}

/* One run of the input, which has begun. */
static void
run_do(struct filter *s, struct held *h, size_t batch,
       const struct kd_options *options)
{
	bool mingle = kd_frames_mingle(options);
	size_t n = 0;

	writer_begin(&s->out, &s->in.header);
	while (reader_next_in_run(&s->in, held_next(h))) {
		if (batch > 0 && n == batch) {
			held_put_but_next(h, &s->out, options);
			writer_end(&s->out, 0);
			origin_told(&s->in.header);
			writer_begin(&s->out, &s->in.header);
			n = 0;
		}
		h->count++;
		n++;
		if (!mingle)
			held_put(h, &s->out, options);
	}
	held_put(h, &s->out, options);
	writer_end(&s->out, s->in.dropped);
}

void
kd_runs(struct filter *s, size_t batch, const struct kd_options *options)
{
	struct held h = { .count = 0 };

	s->in.mirror = NULL; /* the runs are ours to begin and end */
	while (reader_more(&s->in))
		run_do(s, &h, batch, options);
	if (options->embedding.kind && s->out.utterances_total > 0 &&
	    !h.found.embedding)
		die("%s: no teacher's embedding in the stream (teacher-logits "
		    "--embedding adds it)", s->in.name);
	if (options->lambda > 0 && options->partial && !h.found.teacher &&
	    s->out.utterances_total > 0)
		warn("%s: no utterance has a teacher: all learn from their "
		     "labels alone", s->in.name);
	if (options->lambda > 0 && h.found.deaf[0] && !h.found.weight)
		warn("%s: all teachers have the weight 0: the language of the "
		     "first utterance is %s", s->in.name, h.found.deaf);
	held_release(&h);
}
