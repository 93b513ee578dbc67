#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/progress.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "stream/compare.h"
#include "stream/fields.h"

void
compare_add(struct compare *c, const char *format, ...)
{
	va_list args;
	char line[1024];

	c->differences++;
	if (c->quiet || c->lines >= c->lines_max)
		return;
	c->lines++;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	utf8_tame(line); /* ids and texts may hold anything */
	progress_clear();
	if (puts(line) < 0)
		die("write <stdout>:");
}

/* The place of a field in the summary. */
static struct field_difference *
seen_of(struct compare *c, const char *name)
{
	size_t known = c->field.length;
	size_t number = texts_add(&c->field, name);

	if (number == c->capacity) {
		c->capacity = 2 * c->capacity + 16;
		c->seen = xrealloc(c->seen, c->capacity, sizeof *c->seen);
	}
	if (number == known)
		c->seen[number] = (struct field_difference){ 0, 0 };
	return &c->seen[number];
}

/* |a - b|; 0 where both are NaN or the same infinity, else infinite. */
static double
distance(double a, double b)
{
	double d = fabs(a - b);

	if (a == b || (isnan(a) && isnan(b)))
		return 0;
	return isnan(d) ? (double)INFINITY : d;
}

/* The difference beyond the tolerance; not positive where equal. */
static double
excess(const struct compare *c, double a, double b)
{
	double allowed = c->tolerance * (1 + fmax(fabs(a), fabs(b)));
	double d = distance(a, b);

	return d == 0 ? 0 : isinf(d) ? d : d - allowed;
}

static bool
shape_equal(const struct tensor *a, const struct tensor *b)
{
	return a->ndim == b->ndim &&
	       memcmp(a->dim, b->dim,
	              (size_t)a->ndim * sizeof a->dim[0]) == 0;
}

/* The place of value i as "3,17". */
static const char *
place_print(char *text, size_t size, const struct tensor *t, size_t i)
{
	size_t used = 0, stride = tensor_length(t);

	text[0] = '\0';
	for (int d = 0; d < t->ndim && used < size; d++) {
		stride /= t->dim[d];
		used += (size_t)snprintf(text + used, size - used, "%s%zu",
		                         d ? "," : "", i / stride);
		i %= stride;
	}
	return text;
}

static void
tensors_compare(struct compare *c, const char *id, const char *name,
                const struct tensor *a, const double *x,
                const struct tensor *b, const double *y)
{
	struct field_difference *seen = seen_of(c, name);
	size_t length = tensor_length(a), worst = 0, over = 0;
	double most = 0;
	char place[96];

	if (!shape_equal(a, b)) {
		compare_add(c, "%s: %s: other shape", id, name);
		return;
	}
	for (size_t i = 0; i < length; i++) {
		double beyond = excess(c, x[i], y[i]);

		seen->most = fmax(seen->most, distance(x[i], y[i]));
		if (beyond <= 0)
			continue;
		over++;
		if (beyond > most) {
			most = beyond;
			worst = i;
		}
	}
	if (over > 0)
		compare_add(c, "%s: %s: %.9g and %.9g at [%s], the most of "
		            "%zu that differ", id, name, x[worst], y[worst],
		            place_print(place, sizeof place, a, worst), over);
}

static bool
bytes_equal(struct codec_value a, struct codec_value b)
{
	return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

/* Text has several encodings, and so has a list of them. */
static bool
texts_equal(struct codec_value a, struct codec_value b, struct arena *arena)
{
	const char **x, **y;
	size_t n, m;

	if (codec_texts(&x, &n, a, arena) || codec_texts(&y, &m, b, arena) ||
	    n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(x[i], y[i]) != 0)
			return false;
	return true;
}

/* Two that are one as doubles, too large for these to tell them apart. */
static bool
integers_differ(const struct compare *c, double x, const struct field *a,
                const struct field *b)
{
	return fabs(x) >= 0x1p53 && c->tolerance <= 0 &&
	       a->value.bytes[0] == b->value.bytes[0] &&
	       !bytes_equal(a->value, b->value);
}

static void
fields_compare(struct compare *c, const char *id, struct field *a,
               struct field *b, struct arena *arena)
{
	struct tensor t, s;
	double *all, *others;
	struct field_difference *seen = seen_of(c, a->name);
	const char *v, *w;
	double x, y;

	seen->frames++;
	if (!codec_tensor_wide(&t, &all, a->value, arena) &&
	    !codec_tensor_wide(&s, &others, b->value, arena)) {
		tensors_compare(c, id, a->name, &t, all, &s, others);
	} else if (!codec_number(&x, a->value) &&
	           !codec_number(&y, b->value)) {
		seen->most = fmax(seen->most, distance(x, y));
		if (excess(c, x, y) > 0 || integers_differ(c, x, a, b))
			compare_add(c, "%s: %s: %.15g and %.15g", id,
			            a->name, x, y);
	} else if (!codec_text(&v, a->value, arena) &&
	           !codec_text(&w, b->value, arena)) {
		if (strcmp(v, w) != 0)
			compare_add(c, "%s: %s: \"%s\" and \"%s\"", id,
			            a->name, v, w);
	} else if (!bytes_equal(a->value, b->value) &&
	           !texts_equal(a->value, b->value, arena)) {
		compare_add(c, "%s: %s: other value", id, a->name);
	}
}

/* Fields of a that b lacks. */
static void
missing_report(struct compare *c, const char *id, const struct frame *a,
            const struct frame *b, const char *which)
{
	for (size_t i = 0; i < a->fields; i++) {
		const char *name = a->field[i].name;

		if ((!c->keys || keys_match(c->keys, name)) &&
		    !frame_has(b, name))
			compare_add(c, "%s: %s: only in the %s", id, name,
			            which);
	}
}

void
compare_frames(struct compare *c, struct frame *a, struct frame *b)
{
	const char *id = frame_id(a);

	missing_report(c, id, a, b, "first");
	missing_report(c, id, b, a, "second");
	for (size_t i = 0; i < a->fields; i++) {
		struct field *field = &a->field[i];
		struct field *other = frame_find(b, field->name);

		if (other && (!c->keys || keys_match(c->keys, field->name)))
			fields_compare(c, id, field, other, &a->arena);
	}
}

void
compare_print(const struct compare *c)
{
	for (size_t i = 0; i < c->field.length; i++) {
		utf8_print(stdout, c->field.text[i], 24);
		printf(" differs by at most %.9g in %zu utterances\n",
		       c->seen[i].most, c->seen[i].frames);
	}
	if (ferror(stdout))
		die("write <stdout>:");
}

void
compare_release(struct compare *c)
{
	free(c->seen);
	texts_release(&c->field);
}
