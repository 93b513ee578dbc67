#include <inttypes.h>
#include <math.h>
#include <msgpack.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "stream/codec_json.h"

void
codec_json_float(FILE *fp, float x)
{
	char digits[32];

	if (!isfinite(x)) {
		fputs("null", fp);
		return;
	}
	snprintf(digits, sizeof digits, "%.7g", (double)x);
	if (strtof(digits, NULL) != x)
		snprintf(digits, sizeof digits, "%.9g", (double)x);
	fputs(digits, fp);
}

static void
double_print(FILE *fp, double x)
{
	char digits[32];

	if (!isfinite(x)) {
		fputs("null", fp);
		return;
	}
	snprintf(digits, sizeof digits, "%.15g", x);
	if (strtod(digits, NULL) != x)
		snprintf(digits, sizeof digits, "%.17g", x);
	fputs(digits, fp);
}

void
codec_json_text(FILE *fp, const char *text, size_t length)
{
	putc('"', fp);
	for (size_t i = 0; i < length;) {
		if (text[i] == '"' || text[i] == '\\')
			putc('\\', fp);
		i += utf8_put(fp, text + i, length - i);
	}
	putc('"', fp);
}

static void
hex_print(FILE *fp, const char *bytes, size_t size)
{
	fputs("\"bin\":\"", fp);
	for (size_t i = 0; i < size; i++)
		fprintf(fp, "%02x", (unsigned char)bytes[i]);
	putc('"', fp);
}

/* Prints dimension d of t as a list; at runs through its values. */
static void
nested_print(FILE *fp, const struct tensor *t, int d, size_t *at)
{
	if (d >= t->ndim || d >= TENSOR_DIMENSIONS_MAX) {
		codec_json_float(fp, t->data[(*at)++]);
		return;
	}
	putc('[', fp);
	for (size_t i = 0; i < t->dim[d]; i++) {
		if (i > 0)
			putc(',', fp);
		nested_print(fp, t, d + 1, at);
	}
	putc(']', fp);
}

bool
tensor_span_of(struct tensor_span *span, const struct tensor *t)
{
	size_t length = tensor_length(t), finite = 0;
	double sum = 0, min = INFINITY, max = -INFINITY;

	for (size_t i = 0; i < length; i++) {
		double x = (double)t->data[i];

		if (!isfinite(x))
			continue;
		finite++;
		sum += x;
		min = x < min ? x : min;
		max = x > max ? x : max;
	}
	*span = (struct tensor_span){
		min, sum / (double)finite, max, length - finite
	};
	return finite > 0;
}

static void
summary_print(FILE *fp, const struct tensor *t, size_t values)
{
	struct tensor_span span;
	size_t length = tensor_length(t);

	fputs("{\"shape\":[", fp);
	for (int i = 0; i < t->ndim; i++)
		fprintf(fp, "%s%zu", i ? "," : "", t->dim[i]);
	tensor_span_of(&span, t);
	fputs("],\"min\":", fp);
	codec_json_float(fp, (float)span.min);
	fputs(",\"mean\":", fp);
	double_print(fp, span.mean);
	fputs(",\"max\":", fp);
	codec_json_float(fp, (float)span.max);
	if (span.odd > 0)
		fprintf(fp, ",\"not_finite\":%zu", span.odd);
	fputs(",\"values\":[", fp);
	for (size_t i = 0; i < length && i < values; i++) {
		if (i > 0)
			putc(',', fp);
		codec_json_float(fp, t->data[i]);
	}
	fputs("]}", fp);
}

static void
tensor_print(FILE *fp, const struct tensor *t, size_t values)
{
	size_t at = 0;

	/* a shape such as 4294967295 by 0 would print that many empty lists */
	if (tensor_length(t) == 0 && values == SIZE_MAX)
		fputs("[]", fp);
	else if (values == SIZE_MAX)
		nested_print(fp, t, 0, &at);
	else
		summary_print(fp, t, values);
}

static void object_print(FILE *fp, const msgpack_object *o);

/* JSON's keys are text; a key of another kind is printed inside quotes. */
static void
key_print(FILE *fp, const msgpack_object *key)
{
	if (key->type == MSGPACK_OBJECT_STR || key->type == MSGPACK_OBJECT_BIN)
		codec_json_text(fp, key->via.bin.ptr, key->via.bin.size);
	else if (key->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
		fprintf(fp, "\"%" PRIu64 "\"", key->via.u64);
	else if (key->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		fprintf(fp, "\"%" PRId64 "\"", key->via.i64);
	else
		fputs("\"?\"", fp);
}

static void
map_print(FILE *fp, const msgpack_object_map *map)
{
	putc('{', fp);
	for (size_t i = 0; i < map->size; i++) {
		if (i > 0)
			putc(',', fp);
		key_print(fp, &map->ptr[i].key);
		putc(':', fp);
		object_print(fp, &map->ptr[i].val);
	}
	putc('}', fp);
}

static void
array_print(FILE *fp, const msgpack_object_array *array)
{
	putc('[', fp);
	for (size_t i = 0; i < array->size; i++) {
		if (i > 0)
			putc(',', fp);
		object_print(fp, &array->ptr[i]);
	}
	putc(']', fp);
}

/* Recursive: scanned values nest at most 8 deep. */
static void
object_print(FILE *fp, const msgpack_object *o)
{
	switch (o->type) {
	case MSGPACK_OBJECT_NIL:
		fputs("null", fp);
		break;
	case MSGPACK_OBJECT_BOOLEAN:
		fputs(o->via.boolean ? "true" : "false", fp);
		break;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		fprintf(fp, "%" PRIu64, o->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		fprintf(fp, "%" PRId64, o->via.i64);
		break;
	case MSGPACK_OBJECT_FLOAT32:
		codec_json_float(fp, (float)o->via.f64);
		break;
	case MSGPACK_OBJECT_FLOAT64:
		double_print(fp, o->via.f64);
		break;
	case MSGPACK_OBJECT_STR:
		codec_json_text(fp, o->via.str.ptr, o->via.str.size);
		break;
	case MSGPACK_OBJECT_ARRAY:
		array_print(fp, &o->via.array);
		break;
	case MSGPACK_OBJECT_MAP:
		map_print(fp, &o->via.map);
		break;
	case MSGPACK_OBJECT_EXT:
		fprintf(fp, "{\"ext\":%d,", o->via.ext.type);
		hex_print(fp, o->via.ext.ptr, o->via.ext.size);
		putc('}', fp);
		break;
	case MSGPACK_OBJECT_BIN:
		putc('{', fp);
		hex_print(fp, o->via.bin.ptr, o->via.bin.size);
		putc('}', fp);
		break;
	}
}

void
codec_json(FILE *fp, struct codec_value v, size_t values, struct arena *arena)
{
	struct tensor t;
	msgpack_unpacked u;
	size_t offset = 0;
	double number; /* NumPy's scalars are maps */

	if (!codec_tensor(&t, v, arena)) {
		tensor_print(fp, &t, values);
		return;
	}
	if ((v.bytes[0] & 0xf0) == 0x80 && !codec_number(&number, v)) {
		double_print(fp, number);
		return;
	}
	msgpack_unpacked_init(&u);
	if (msgpack_unpack_next(&u, (const char *)v.bytes, v.size, &offset) ==
	    MSGPACK_UNPACK_SUCCESS)
		object_print(fp, &u.data);
	else
		fputs("null", fp);
	msgpack_unpacked_destroy(&u);
}
