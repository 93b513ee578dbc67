#include <stdarg.h>
#include <stdlib.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "eval/text_table.h"

void
table_init(struct table *t, size_t columns)
{
	*t = (struct table){ .columns = columns };
}

void
table_cell(struct table *t, const char *format, ...)
{
	va_list args;
	int length;
	char *text;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		die("cannot format a table:");
	text = xmalloc((size_t)length + 1, 1);
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);

	if (t->length == t->capacity) {
		t->capacity = t->capacity ? 2 * t->capacity : 64;
		t->cell = xrealloc(t->cell, t->capacity, sizeof *t->cell);
	}
	t->cell[t->length++] = text;
}

size_t
text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++) /* bytes 10xxxxxx continue a character */
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static size_t
column_width(const struct table *t, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < t->length; i += t->columns) {
		size_t w = text_width(t->cell[i]);

		width = w > width ? w : width;
	}
	return width;
}

static void
pad(FILE *out, size_t width)
{
	fprintf(out, "%*s", (int)width, "");
}

/* Prints the first column and those from begin to end; width [columns]. */
static void
part_print(const struct table *t, FILE *out, const size_t *width, size_t first,
           size_t begin, size_t end)
{
	for (size_t row = 0; row * t->columns < t->length; row++) {
		char *const *cell = t->cell + row * t->columns;
		size_t name = text_width(cell[0]);

		fputs(cell[0], out);
		if (name > first)
			fputc('\n', out);
		pad(out, name > first ? first : first - name);
		for (size_t c = begin; c < end; c++) {
			pad(out, TABLE_GAP + width[c] - text_width(cell[c]));
			fputs(cell[c], out);
		}
		fputc('\n', out);
	}
}

void
table_print(const struct table *t, FILE *out)
{
	size_t *width = xmalloc(t->columns, sizeof *width);
	size_t first, begin = 1;

	for (size_t c = 0; c < t->columns; c++)
		width[c] = column_width(t, c);
	first = width[0];
	if (first > TABLE_WIDTH / 2)
		first = TABLE_WIDTH / 4;
	do {
		size_t end = begin, used = first;

		while (end < t->columns) {
			used += TABLE_GAP + width[end];
			if (used > TABLE_WIDTH && end > begin)
				break;
			end++;
		}
		if (begin > 1)
			fputc('\n', out);
		part_print(t, out, width, first, begin, end);
		begin = end;
	} while (begin < t->columns);
	free(width);
}

void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->length; i++)
		free(t->cell[i]);
	free(t->cell);
}
