#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/finite.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/frame.h"

void
frame_clear(struct frame *f)
{
	f->fields = 0;
	arena_clear(&f->arena);
}

void
frame_release(struct frame *f)
{
	free(f->field);
	scan_release(&f->scan);
	arena_release(&f->arena);
	*f = (struct frame)FRAME_INIT;
}

struct field *
frame_find(const struct frame *f, const char *name)
{
	for (size_t i = 0; i < f->fields; i++)
		if (strcmp(f->field[i].name, name) == 0)
			return &f->field[i];
	return NULL;
}

bool
frame_has(const struct frame *f, const char *name)
{
	return frame_find(f, name) != NULL;
}

const char *
frame_text(struct frame *f, const char *name)
{
	const struct field *field = frame_find(f, name);
	const char *text;

	if (!field || !field->value.bytes ||
	    codec_text(&text, field->value, &f->arena))
		return NULL;
	return text;
}

const char *
frame_id(struct frame *f)
{
	const char *id = frame_text(f, FIELD_ID);

	return id ? id : "?";
}

double
frame_number(struct frame *f, const char *name, double missing)
{
	const struct field *field = frame_find(f, name);
	double number;

	if (!field || !field->value.bytes ||
	    codec_number(&number, field->value))
		return missing;
	return number;
}

const char **
frame_texts(struct frame *f, const char *name, size_t *count)
{
	const struct field *field = frame_find(f, name);
	const char **texts;

	if (!field || !field->value.bytes ||
	    codec_texts(&texts, count, field->value, &f->arena))
		return NULL;
	return texts;
}

static const char *
tensor_check(struct field *field, int ndim, struct arena *arena)
{
	const char *why;

	if (!field->decoded) {
		why = codec_tensor(&field->tensor, field->value, arena);
		if (why)
			return why;
		field->decoded = true;
	}
	if (field->tensor.ndim != ndim)
		return "a tensor of the wrong rank";
	if (tensor_length(&field->tensor) == 0)
		return "an empty tensor";
	if (!floats_finite(field->tensor.data, tensor_length(&field->tensor)))
		return "NaN or infinite values";
	return NULL;
}

/* "features: missing" */
static const char *
reason(struct frame *f, const char *name, const char *wrong)
{
	char *why = arena_take(&f->arena, strlen(name) + strlen(wrong) + 3, 1);

	return strcat(strcat(strcpy(why, name), ": "), wrong);
}

const struct tensor *
frame_tensor(struct frame *f, const char *name, int ndim, const char **why)
{
	struct field *field = frame_find(f, name);
	const char *wrong;

	if (!field)
		return NULL;
	wrong = tensor_check(field, ndim, &f->arena);
	if (!wrong)
		return &field->tensor;
	*why = reason(f, name, wrong);
	return NULL;
}

bool
frame_wired(struct frame *f, const char *what, bool has)
{
	if (has && f->had)
		texts_add(f->had, what);
	return has || (f->had && texts_find(f->had, what) != TEXTS_NONE);
}

/* Which filter adds a field, for the message when it is missing. */
static const char *
field_source(const char *name)
{
	if (strcmp(name, FIELD_AUDIO) == 0)
		return "wavread";
	if (strcmp(name, FIELD_FEATURES) == 0)
		return "featurize";
	if (strcmp(name, FIELD_LOGITS) == 0)
		return "predict --frames";
	return NULL;
}

static _Noreturn void
need_die(struct frame *f, const char *name)
{
	const char *source = field_source(name);

	if (source)
		die("%s: no \"%s\" in the stream (put %s before %s)",
		    frame_id(f), name, source, program_name());
	die("%s: no \"%s\" in the stream", frame_id(f), name);
}

const struct tensor *
frame_need(struct frame *f, const char *name, int ndim, const char **why)
{
	bool has = frame_has(f, name);

	if (!frame_wired(f, name, has))
		need_die(f, name);
	*why = NULL;
	if (has)
		return frame_tensor(f, name, ndim, why);
	*why = reason(f, name, "missing");
	return NULL;
}

static struct field *
field_new(struct frame *f, const char *name)
{
	struct field *field = frame_find(f, name);

	if (!field) {
		if (f->fields == f->capacity) {
			f->capacity = 2 * f->capacity + 16;
			f->field = xrealloc(f->field, f->capacity,
			                    sizeof *f->field);
		}
		field = &f->field[f->fields++];
	}
	*field = (struct field){
		.name = arena_copy(&f->arena, name, strlen(name))
	};
	return field;
}

static float *
tensor_add(struct frame *f, const char *name, int ndim, size_t n, size_t m)
{
	struct field *field = field_new(f, name);

	field->tensor = (struct tensor){ .ndim = ndim, .dim = { n, m } };
	field->tensor.data = arena_floats(&f->arena,
	                                  tensor_length(&field->tensor));
	field->decoded = true;
	return field->tensor.data;
}

float *
frame_add1(struct frame *f, const char *name, size_t n)
{
	return tensor_add(f, name, 1, n, 0);
}

float *
frame_add2(struct frame *f, const char *name, size_t rows, size_t columns)
{
	return tensor_add(f, name, 2, rows, columns);
}

void
frame_set_text(struct frame *f, const char *name, const char *text)
{
	struct codec_value v = codec_from_text(text, &f->arena);

	field_new(f, name)->value = v;
}

void
frame_set_texts(struct frame *f, const char *name,
                const char *const *texts, size_t count)
{
	struct codec_value v = codec_from_texts(texts, count, &f->arena);

	field_new(f, name)->value = v;
}

void
frame_set_number(struct frame *f, const char *name, double number)
{
	struct codec_value v = codec_from_number(number, &f->arena);

	field_new(f, name)->value = v;
}

void
frame_set_wire(struct frame *f, const char *name, struct codec_value v)
{
	field_new(f, name)->value = v;
}

void
frame_set_field(struct frame *f, const struct field *field)
{
	if (field->value.bytes) {
		struct codec_value v = {
			(const uint8_t *)arena_copy(&f->arena,
				(const char *)field->value.bytes,
				field->value.size),
			field->value.size
		};

		field_new(f, field->name)->value = v;
	} else {
		const struct tensor *t = &field->tensor;
		float *data = tensor_add(f, field->name, t->ndim, t->dim[0],
		                         t->dim[1]);

		memcpy(data, t->data, tensor_length(t) * sizeof *data);
	}
}

void
frame_remove(struct frame *f, const char *name)
{
	struct field *field = frame_find(f, name);

	if (!field)
		return;
	f->fields--;
	memmove(field, field + 1,
	        (size_t)(f->field + f->fields - field) * sizeof *field);
}
