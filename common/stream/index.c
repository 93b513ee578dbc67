#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/index.h"

void
index_open(struct index *x, const char *path)
{
	struct reader *r;

	x->reader = xrealloc(x->reader, x->files + 1, sizeof *x->reader);
	r = &x->reader[x->files++];
	reader_open_path(r, path);
	reader_skim(r);
}

struct frame *
index_next(struct index *x)
{
	struct reader *r = &x->reader[x->files - 1];

	for (;;) {
		bool inside = r->inside;

		if (!reader_more(r))
			return NULL;
		if (!inside)
			provenance_add(&x->provenance, &r->header);
		if (reader_next_in_run(r, &x->frame))
			return &x->frame;
		x->dropped += r->dropped;
	}
}

void
index_add(struct index *x)
{
	const struct reader *r = &x->reader[x->files - 1];

	if (x->places == x->capacity) {
		x->capacity = 2 * x->capacity + 64;
		x->place = xrealloc(x->place, x->capacity, sizeof *x->place);
	}
	x->place[x->places++] = (struct place){
		.at = r->at, .size = r->size, .file = x->files - 1
	};
}

const uint8_t *
index_read(struct index *x, const struct place *place)
{
	struct reader *r = &x->reader[place->file];

	if (place->size > x->bytes_capacity) {
		x->bytes_capacity = place->size;
		free(x->bytes);
		x->bytes = xmalloc(x->bytes_capacity, 1);
	}
	reader_bytes(r, x->bytes, place->at, place->size);
	return x->bytes;
}

void
index_fetch(struct index *x, const struct place *place, struct frame *f)
{
	reader_fetch(&x->reader[place->file], f, place->at);
}

void
index_release(struct index *x)
{
	for (size_t i = 0; i < x->files; i++)
		reader_close(&x->reader[i]);
	free(x->reader);
	free(x->place);
	free(x->bytes);
	provenance_release(&x->provenance);
	frame_release(&x->frame);
	*x = (struct index)INDEX_INIT;
}
