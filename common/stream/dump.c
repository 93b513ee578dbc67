#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/die.h"
#include "core/progress.h"
#include "core/utf8.h"
#include "stream/codec_json.h"
#include "stream/dump.h"
#include "stream/fields.h"

/* [16000]  min -0.5  mean 0  max 0.4  0 0.1 0.2 … */
static void
tensor_print(const struct tensor *t, size_t values)
{
	size_t length = tensor_length(t);
	struct tensor_span span;

	putchar('[');
	for (int i = 0; i < t->ndim; i++)
		printf("%s%zu", i ? "," : "", t->dim[i]);
	putchar(']');
	if (tensor_span_of(&span, t))
		printf("  min %g  mean %g  max %g ", span.min, span.mean,
		       span.max);
	if (span.odd > 0)
		printf(" %zu not finite ", span.odd);
	for (size_t i = 0; i < length && i < values; i++)
		printf(" %g", (double)t->data[i]);
	if (values > 0 && length > values)
		fputs(" ...", stdout);
}

static void
field_print(const struct dump *d, struct frame *f, const struct field *field)
{
	struct tensor t;

	fputs("  ", stdout);
	utf8_print(stdout, field->name, 16);
	putchar(' ');
	if (!codec_tensor(&t, field->value, &f->arena))
		tensor_print(&t, d->values);
	else
		codec_json(stdout, field->value, d->values, &f->arena);
	putchar('\n');
}

static void
frame_print(const struct dump *d, struct frame *f, const char *title)
{
	const char *id = frame_text(f, FIELD_ID);

	fputs(title, stdout);
	if (id) {
		putchar(' ');
		codec_json_text(stdout, id, strlen(id));
	}
	putchar('\n');
	for (size_t i = 0; i < f->fields; i++) {
		const struct field *field = &f->field[i];

		if (strcmp(field->name, FIELD_FRAME) != 0 &&
		    (!id || strcmp(field->name, FIELD_ID) != 0))
			field_print(d, f, field);
	}
}

static void
frame_json(const struct dump *d, struct frame *f)
{
	putchar('{');
	for (size_t i = 0; i < f->fields; i++) {
		const struct field *field = &f->field[i];

		if (i > 0)
			putchar(',');
		codec_json_text(stdout, field->name, strlen(field->name));
		putchar(':');
		codec_json(stdout, field->value, d->values, &f->arena);
	}
	fputs("}\n", stdout);
}

void
dump_frame(const struct dump *d, struct frame *f, const char *title)
{
	progress_clear();
	if (d->json)
		frame_json(d, f);
	else
		frame_print(d, f, title);
	if (fflush(stdout) != 0 || ferror(stdout))
		die("write <stdout>:");
}
