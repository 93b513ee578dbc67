#include <math.h>
#include <msgpack.h>
#include <msgpack/fbuffer.h>
#include <stdbool.h>
#include <string.h>

#include "core/arena.h"
#include "stream/codec.h"

_Static_assert(sizeof(size_t) == 8, "sizes of frames need 64 bits");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "tensors are written as they are in memory");

size_t
tensor_length(const struct tensor *t)
{
	size_t n = 1;

	for (int i = 0; i < t->ndim; i++)
		n *= t->dim[i];
	return n;
}

/* Unpacks v; the caller destroys u.  False if it is not MessagePack. */
static bool
value_unpack(msgpack_unpacked *u, struct codec_value v)
{
	size_t offset = 0;

	msgpack_unpacked_init(u);
	return msgpack_unpack_next(u, (const char *)v.bytes, v.size,
	                           &offset) == MSGPACK_UNPACK_SUCCESS;
}

const char *
codec_text(const char **text, struct codec_value v, struct arena *arena)
{
	msgpack_unpacked u;
	const char *why = NULL;

	if (!value_unpack(&u, v) || u.data.type != MSGPACK_OBJECT_STR)
		why = "not text";
	else if (u.data.via.str.size > 0 &&
	         memchr(u.data.via.str.ptr, '\0', u.data.via.str.size))
		why = "text that holds a NUL";
	else
		*text = arena_copy(arena, u.data.via.str.ptr,
		                   u.data.via.str.size);
	msgpack_unpacked_destroy(&u);
	return why;
}

static const char *
texts_copy(const char ***texts, size_t *count, const msgpack_object *o,
           struct arena *arena)
{
	if (o->type != MSGPACK_OBJECT_ARRAY)
		return "not a list of texts";
	*count = o->via.array.size;
	*texts = arena_take(arena, *count, sizeof **texts);
	for (size_t i = 0; i < *count; i++) {
		const msgpack_object *e = &o->via.array.ptr[i];

		if (e->type != MSGPACK_OBJECT_STR ||
		    (e->via.str.size > 0 &&
		     memchr(e->via.str.ptr, '\0', e->via.str.size)))
			return "not a list of texts";
		(*texts)[i] = arena_copy(arena, e->via.str.ptr,
		                         e->via.str.size);
	}
	return NULL;
}

const char *
codec_texts(const char ***texts, size_t *count, struct codec_value v,
            struct arena *arena)
{
	msgpack_unpacked u;
	const char *why = value_unpack(&u, v)
		? texts_copy(texts, count, &u.data, arena) : "not MessagePack";

	msgpack_unpacked_destroy(&u);
	return why;
}

/* The value of a key of a map, written as bin or text; NULL if absent. */
static const msgpack_object *
map_find(const msgpack_object *map, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < map->via.map.size; i++) {
		const msgpack_object_kv *e = &map->via.map.ptr[i];

		/* str and bin have the same layout in the union */
		if ((e->key.type == MSGPACK_OBJECT_STR ||
		     e->key.type == MSGPACK_OBJECT_BIN) &&
		    e->key.via.bin.size == length &&
		    memcmp(e->key.via.bin.ptr, key, length) == 0)
			return &e->val;
	}
	return NULL;
}

/* Reads shape into t; the number of elements, or false if it overflows. */
static bool
shape_read(struct tensor *t, size_t *length, const msgpack_object *shape)
{
	if (!shape || shape->type != MSGPACK_OBJECT_ARRAY ||
	    shape->via.array.size > TENSOR_DIMENSIONS_MAX)
		return false;
	t->ndim = (int)shape->via.array.size;
	*length = 1;
	for (int i = 0; i < t->ndim; i++) {
		const msgpack_object *d = &shape->via.array.ptr[i];

		if (d->type != MSGPACK_OBJECT_POSITIVE_INTEGER ||
		    d->via.u64 > UINT32_MAX ||
		    (d->via.u64 && *length > UINT32_MAX / d->via.u64))
			return false;
		t->dim[i] = (size_t)d->via.u64;
		*length *= t->dim[i];
	}
	return true;
}

static bool
type_is(const msgpack_object *type, const char *name)
{
	return type && type->type == MSGPACK_OBJECT_STR &&
	       type->via.str.size == 3 &&
	       memcmp(type->via.str.ptr, name, 3) == 0;
}

/* Whether data has size bytes: bin, or the raw text of old encoders. */
static bool
data_has(const msgpack_object *data, size_t size)
{
	return data && (data->type == MSGPACK_OBJECT_BIN ||
	                data->type == MSGPACK_OBJECT_STR) &&
	       data->via.bin.size == size;
}

/* One little-endian float, of 4 or 8 bytes. */
static double
float_at(const char *bytes, size_t width)
{
	float narrow;
	double wide;

	if (width == 4) {
		memcpy(&narrow, bytes, sizeof narrow);
		return (double)narrow;
	}
	memcpy(&wide, bytes, sizeof wide);
	return wide;
}

/* NumPy's scalars travel as { nd: false, type, data }. */
static bool
scalar_read(double *number, const msgpack_object *map)
{
	const msgpack_object *nd = map_find(map, "nd");
	const msgpack_object *type = map_find(map, "type");
	const msgpack_object *data = map_find(map, "data");
	size_t width = type_is(type, "<f4") ? 4 : 8;

	if (!nd || nd->type != MSGPACK_OBJECT_BOOLEAN || nd->via.boolean ||
	    (width == 8 && !type_is(type, "<f8")) || !data_has(data, width))
		return false;
	*number = float_at(data->via.bin.ptr, width);
	return true;
}

static const char *
number_read(double *number, const msgpack_object *o)
{
	switch (o->type) {
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		*number = (double)o->via.u64;
		return NULL;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		*number = (double)o->via.i64;
		return NULL;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		*number = o->via.f64;
		break;
	case MSGPACK_OBJECT_MAP:
		if (scalar_read(number, o))
			break;
		return "not a number";
	default:
		return "not a number";
	}
	return isfinite(*number) ? NULL : "not a finite number";
}

const char *
codec_number(double *number, struct codec_value v)
{
	msgpack_unpacked u;
	const char *why = "not MessagePack";
	double x;

	if (value_unpack(&u, v))
		why = number_read(&x, &u.data);
	if (!why)
		*number = x;
	msgpack_unpacked_destroy(&u);
	return why;
}

/* Reads all but the numbers, each of which has *width bytes. */
static const char *
tensor_find(struct tensor *t, size_t *length, const char **bytes,
            size_t *width, const msgpack_object *map)
{
	const msgpack_object *nd, *type, *data;

	if (map->type != MSGPACK_OBJECT_MAP || !(nd = map_find(map, "nd")) ||
	    nd->type != MSGPACK_OBJECT_BOOLEAN || !nd->via.boolean)
		return "not a tensor";
	type = map_find(map, "type");
	data = map_find(map, "data");
	if (!type_is(type, "<f4") && !type_is(type, "<f8"))
		return "a tensor that is not float32 (<f4)";
	if (!shape_read(t, length, map_find(map, "shape")))
		return "a tensor of impossible shape";
	*width = type_is(type, "<f4") ? 4 : 8;
	if (!data_has(data, *length * *width))
		return "a tensor whose data do not fit its shape";
	*bytes = data->via.bin.ptr;
	return NULL;
}

static const char *
tensor_copy(struct tensor *t, double **wide, const msgpack_object *map,
            struct arena *arena)
{
	size_t length, width;
	const char *bytes, *why = tensor_find(t, &length, &bytes, &width, map);

	if (why)
		return why;
	t->data = arena_floats(arena, length);
	if (width == 4 && length > 0)
		memcpy(t->data, bytes, length * width);
	for (size_t i = 0; width == 8 && i < length; i++)
		t->data[i] = (float)float_at(bytes + i * width, width);
	if (!wide)
		return NULL;
	*wide = arena_take(arena, length, sizeof **wide);
	for (size_t i = 0; i < length; i++)
		(*wide)[i] = float_at(bytes + i * width, width);
	return NULL;
}

const char *
codec_tensor_wide(struct tensor *t, double **wide, struct codec_value v,
                  struct arena *arena)
{
	msgpack_unpacked u;
	const char *why = value_unpack(&u, v)
		? tensor_copy(t, wide, &u.data, arena) : "not MessagePack";

	msgpack_unpacked_destroy(&u);
	return why;
}

const char *
codec_tensor(struct tensor *t, struct codec_value v, struct arena *arena)
{
	return codec_tensor_wide(t, NULL, v, arena);
}

/* Moves the output of a packer to the arena. */
static struct codec_value
buffer_take(msgpack_sbuffer *buffer, struct arena *arena)
{
	struct codec_value v = {
		(const uint8_t *)arena_copy(arena, buffer->data, buffer->size),
		buffer->size
	};

	msgpack_sbuffer_destroy(buffer);
	return v;
}

static int
text_pack(msgpack_packer *pk, const char *text)
{
	size_t length = strlen(text);

	return msgpack_pack_str(pk, length) ||
	       (length > 0 && msgpack_pack_str_body(pk, text, length));
}

struct codec_value
codec_from_texts(const char *const *texts, size_t count, struct arena *arena)
{
	msgpack_sbuffer buffer;
	msgpack_packer pk;

	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&pk, &buffer, msgpack_sbuffer_write);
	msgpack_pack_array(&pk, count);
	for (size_t i = 0; i < count; i++)
		text_pack(&pk, texts[i]);
	return buffer_take(&buffer, arena);
}

struct codec_value
codec_from_text(const char *text, struct arena *arena)
{
	msgpack_sbuffer buffer;
	msgpack_packer pk;

	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&pk, &buffer, msgpack_sbuffer_write);
	text_pack(&pk, text);
	return buffer_take(&buffer, arena);
}

/* A whole number travels as an integer. */
struct codec_value
codec_from_number(double number, struct arena *arena)
{
	msgpack_sbuffer buffer;
	msgpack_packer pk;

	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&pk, &buffer, msgpack_sbuffer_write);
	if (rint(number) == number && fabs(number) < 0x1p53)
		msgpack_pack_int64(&pk, (int64_t)number);
	else
		msgpack_pack_double(&pk, number);
	return buffer_take(&buffer, arena);
}

int
codec_write_map(FILE *fp, size_t entries)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, fp, msgpack_fbuffer_write);
	return msgpack_pack_map(&pk, entries) == 0;
}

int
codec_write_text(FILE *fp, const char *text)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, fp, msgpack_fbuffer_write);
	return text_pack(&pk, text) == 0;
}

static int
bin_pack(msgpack_packer *pk, const void *bytes, size_t size)
{
	return msgpack_pack_bin(pk, size) ||
	       (size > 0 && msgpack_pack_bin_body(pk, bytes, size));
}

int
codec_write_tensor(FILE *fp, const struct tensor *t)
{
	msgpack_packer pk;
	int bad;

	msgpack_packer_init(&pk, fp, msgpack_fbuffer_write);
	bad = msgpack_pack_map(&pk, 5);
	bad |= bin_pack(&pk, "nd", 2) | msgpack_pack_true(&pk);
	bad |= bin_pack(&pk, "type", 4) | text_pack(&pk, "<f4");
	bad |= bin_pack(&pk, "kind", 4) | bin_pack(&pk, "", 0);
	bad |= bin_pack(&pk, "shape", 5);
	bad |= msgpack_pack_array(&pk, (size_t)t->ndim);
	for (int i = 0; i < t->ndim; i++)
		bad |= msgpack_pack_uint64(&pk, t->dim[i]);
	bad |= bin_pack(&pk, "data", 4);
	bad |= bin_pack(&pk, t->data, tensor_length(t) * sizeof *t->data);
	return !bad;
}
