#define _DEFAULT_SOURCE /* madvise */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/half.h"
#include "core/mapped.h"
#include "core/xalloc.h"
#include "weights/json.h"
#include "weights/safetensors.h"

enum { PREFIX = 8 };

static const char METADATA[] = "__metadata__";

/* Every type the format knows; a whole tensor must be whole bytes. */
static const struct {
	const char *name;
	enum safetensors_type type;
	unsigned bits;
} types[] = {
	{ "F32", TYPE_F32, 32 }, { "F16", TYPE_F16, 16 },
	{ "BF16", TYPE_BF16, 16 }, { "BOOL", TYPE_OTHER, 8 },
	{ "U8", TYPE_OTHER, 8 }, { "I8", TYPE_OTHER, 8 },
	{ "U16", TYPE_OTHER, 16 }, { "I16", TYPE_OTHER, 16 },
	{ "U32", TYPE_OTHER, 32 }, { "I32", TYPE_OTHER, 32 },
	{ "U64", TYPE_OTHER, 64 }, { "I64", TYPE_OTHER, 64 },
	{ "F64", TYPE_OTHER, 64 }, { "C64", TYPE_OTHER, 64 },
	{ "F8_E5M2", TYPE_OTHER, 8 }, { "F8_E4M3", TYPE_OTHER, 8 },
	{ "F8_E5M2FNUZ", TYPE_OTHER, 8 }, { "F8_E4M3FNUZ", TYPE_OTHER, 8 },
	{ "F8_E8M0", TYPE_OTHER, 8 }, { "F6_E2M3", TYPE_OTHER, 6 },
	{ "F6_E3M2", TYPE_OTHER, 6 }, { "F4", TYPE_OTHER, 4 },
};

enum { TYPES = sizeof types / sizeof types[0] };

/* What the tensors lie in. */
struct buffer {
	const uint8_t *bytes;
	size_t size;
};

/* A reason of our own making; s keeps it. */
static const char *
refuse(struct safetensors *s, char *why)
{
	free(s->why);
	s->why = why;
	return why;
}

static bool
type_read(struct safetensors_entry *e, unsigned *bits, const char *name)
{
	for (size_t i = 0; name && i < TYPES; i++)
		if (strcmp(types[i].name, name) == 0) {
			e->type = types[i].type;
			strcpy(e->type_name, name);
			*bits = types[i].bits;
			return true;
		}
	return false;
}

static bool
shape_read(struct safetensors_entry *e, const struct json *shape)
{
	if (json_kind(shape) != JSON_ARRAY ||
	    json_length(shape) > SAFETENSORS_DIMENSIONS_MAX)
		return false;
	e->length = 1;
	for (shape = json_first(shape); shape; shape = json_next(shape)) {
		size_t d;

		if (!json_count(shape, &d) ||
		    (d > 0 && e->length > SIZE_MAX / d))
			return false;
		e->dim[e->ndim++] = d;
		e->length *= d;
	}
	return true;
}

static bool
offsets_read(size_t *begin, size_t *end, const struct json *offsets)
{
	const struct json *first = json_first(offsets);

	return json_kind(offsets) == JSON_ARRAY && json_length(offsets) == 2 &&
	       json_count(first, begin) && json_count(json_next(first), end) &&
	       *begin <= *end;
}

static const char *
entry_read(struct safetensors *s, struct safetensors_entry *e,
           const struct json *j, struct buffer data)
{
	const char *type = json_text(json_find(j, "dtype"));
	size_t begin, end;
	unsigned bits;

	if (json_kind(j) != JSON_OBJECT)
		return refuse(s, xasprintf("tensor %s: not described by an "
		                           "object", e->name));
	if (!type_read(e, &bits, type))
		return refuse(s, xasprintf("tensor %s: unknown dtype %s",
		                           e->name, type ? type : "(none)"));
	if (!shape_read(e, json_find(j, "shape")))
		return refuse(s, xasprintf("tensor %s: impossible shape",
		                           e->name));
	if (!offsets_read(&begin, &end, json_find(j, "data_offsets")))
		return refuse(s, xasprintf("tensor %s: impossible "
		                           "data_offsets", e->name));
	if (end > data.size)
		return refuse(s, xasprintf("tensor %s: ends %zu bytes after "
		                           "the file (cut short?)", e->name,
		                           end - data.size));
	e->size = end - begin;
	/* bits * length, without overflow: a byte holds 8 */
	if (e->length > SIZE_MAX / bits || e->length * bits % 8 != 0 ||
	    e->length * bits / 8 != e->size)
		return refuse(s, xasprintf("tensor %s: %zu bytes do not hold "
		                           "%zu values of %s", e->name,
		                           e->size, e->length, type));
	e->data = data.bytes + begin;
	return NULL;
}

static const char *
metadata_read(struct safetensors *s, const struct json *j)
{
	if (json_kind(j) != JSON_OBJECT)
		return "__metadata__ is not an object";
	s->metadata = xcalloc(json_length(j), sizeof *s->metadata);
	for (j = json_first(j); j; j = json_next(j)) {
		struct safetensors_text *text;

		if (!json_text(j))
			return refuse(s, xasprintf("__metadata__: %s is not "
			                           "text", json_key(j)));
		text = &s->metadata[s->metadata_count++];
		text->key = xstrdup(json_key(j));
		text->value = xstrdup(json_text(j));
	}
	return NULL;
}

static int
place_compare(const void *a, const void *b)
{
	const struct safetensors_entry *p = a, *q = b;

	if (p->data != q->data)
		return p->data < q->data ? -1 : 1;
	if (p->size != q->size) /* an empty tensor before a full one */
		return p->size < q->size ? -1 : 1;
	return strcmp(p->name, q->name);
}

/* Each tensor begins where the one before it ends; the last ends the file. */
static const char *
places_check(struct safetensors *s, struct buffer data)
{
	const uint8_t *at = data.bytes;

	qsort(s->entry, s->entries, sizeof *s->entry, place_compare);
	for (size_t i = 0; i < s->entries; i++) {
		const struct safetensors_entry *e = &s->entry[i];

		if (e->data != at)
			return refuse(s, xasprintf("tensor %s: %s", e->name,
				e->data > at ? "a hole before it"
				             : "overlaps another"));
		at += e->size;
	}
	if (at != data.bytes + data.size)
		return refuse(s, xasprintf("%zu bytes after the last tensor",
			(size_t)(data.bytes + data.size - at)));
	return NULL;
}

static const char *
entries_read(struct safetensors *s, const struct json *root,
             struct buffer data)
{
	const char *why = NULL;

	s->entry = xcalloc(json_length(root), sizeof *s->entry);
	for (root = json_first(root); root && !why; root = json_next(root)) {
		struct safetensors_entry *e = &s->entry[s->entries];

		if (strcmp(json_key(root), METADATA) == 0) {
			why = metadata_read(s, root);
			continue;
		}
		s->entries++;
		e->name = xstrdup(json_key(root));
		why = entry_read(s, e, root, data);
	}
	return why ? why : places_check(s, data);
}

static const char *
file_read(struct safetensors *s, const uint8_t *bytes, size_t size)
{
	uint64_t length = 0;
	const char *why;
	struct json *root;

	if (size < PREFIX)
		return "not a safetensors file: shorter than 8 bytes";
	for (int i = PREFIX - 1; i >= 0; i--)
		length = length << 8 | bytes[i];
	if (memcmp(bytes, "RIFF", 4) == 0 || memcmp(bytes, "fLaC", 4) == 0 ||
	    memcmp(bytes, "OggS", 4) == 0)
		return "a recording, not a model (student-init makes one)";
	if (bytes[0] >> 4 == 8 && memcmp(bytes + 1, "\xa5" "frame", 6) == 0)
		return "a stream of frames, not a model (student-init "
		       "makes one)";
	if (length > SAFETENSORS_HEADER_MAX && bytes[0] == '{')
		return "JSON, not a model (a network is named by its folder)";
	if (length > SAFETENSORS_HEADER_MAX)
		return "not a safetensors file, which a model is: a header "
		       "over 100 MB";
	if (length > size - PREFIX)
		return "ends inside its header (cut short?)";
	if (length == 0 || bytes[PREFIX] != '{')
		return "not a safetensors file: no header";

	root = json_parse((const char *)bytes + PREFIX, (size_t)length, &why);
	if (!root)
		return refuse(s, xasprintf("header: %s", why));
	bytes += PREFIX + length;
	size -= PREFIX + (size_t)length;
	why = entries_read(s, root, (struct buffer){ bytes, size });
	json_release(root);
	return why;
}

const char *
safetensors_parse(struct safetensors *s, const uint8_t *bytes, size_t size)
{
	*s = (struct safetensors){ .entry = NULL };
	return file_read(s, bytes, size);
}

/* MAP_PRIVATE keeps our view read-only, not frozen: see the header. */
static const char *
file_map(struct safetensors *s, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return refuse(s, xstrdup(strerror(errno)));
	if (!S_ISREG(st.st_mode))
		return "not a safetensors file: not even a regular file";
	if (st.st_size < PREFIX)
		return "not a safetensors file: shorter than 8 bytes";
	s->identity = xasprintf("%ju:%ju:%jd:%jd.%09ld:%jd.%09ld",
	                        (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
	                        (intmax_t)st.st_size,
	                        (intmax_t)st.st_mtim.tv_sec,
	                        st.st_mtim.tv_nsec,
	                        (intmax_t)st.st_ctim.tv_sec,
	                        st.st_ctim.tv_nsec);
	s->mapping_size = (size_t)st.st_size;
	s->mapping = mmap(NULL, s->mapping_size, PROT_READ, MAP_PRIVATE, fd,
	                  0);
	if (s->mapping == MAP_FAILED) {
		s->mapping = NULL;
		return refuse(s, xstrdup(strerror(errno)));
	}
	mapped_guard();
	return file_read(s, s->mapping, s->mapping_size);
}

const char *
safetensors_open(struct safetensors *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why;

	*s = (struct safetensors){ .entry = NULL };
	if (fd < 0)
		return refuse(s, xstrdup(strerror(errno)));
	why = file_map(s, fd);
	close(fd);
	return why;
}

void
safetensors_join(struct safetensors *s, struct safetensors *part,
                 size_t parts)
{
	size_t entries = 0;

	for (size_t i = 0; i < parts; i++)
		entries += part[i].entries;
	*s = (struct safetensors){ .part = part, .parts = parts };
	s->entry = xcalloc(entries, sizeof *s->entry);
	for (size_t i = 0; i < parts; i++)
		for (size_t k = 0; k < part[i].entries; k++) {
			s->entry[s->entries++] = part[i].entry[k];
			part[i].entry[k].name = NULL;
		}
	if (parts > 0) {
		s->metadata = part[0].metadata;
		s->metadata_count = part[0].metadata_count;
		part[0].metadata = NULL;
		part[0].metadata_count = 0;
	}
}

void
safetensors_release(struct safetensors *s)
{
	for (size_t i = 0; i < s->parts; i++)
		safetensors_release(&s->part[i]);
	free(s->part);
	for (size_t i = 0; i < s->entries; i++)
		free(s->entry[i].name);
	for (size_t i = 0; i < s->metadata_count; i++) {
		free(s->metadata[i].key);
		free(s->metadata[i].value);
	}
	free(s->entry);
	free(s->metadata);
	free(s->why);
	free(s->identity);
	if (s->mapping)
		munmap(s->mapping, s->mapping_size);
	*s = (struct safetensors){ .entry = NULL };
}

void
safetensors_forget(const struct safetensors *s)
{
	for (size_t i = 0; i < s->parts; i++)
		safetensors_forget(&s->part[i]);
#ifdef MADV_DONTNEED
	if (s->mapping)
		madvise(s->mapping, s->mapping_size, MADV_DONTNEED);
#endif
}

const struct safetensors_entry *
safetensors_find(const struct safetensors *s, const char *name)
{
	for (size_t i = 0; i < s->entries; i++)
		if (strcmp(s->entry[i].name, name) == 0)
			return &s->entry[i];
	return NULL;
}

const char *
safetensors_metadata(const struct safetensors *s, const char *key)
{
	for (size_t i = 0; i < s->metadata_count; i++)
		if (strcmp(s->metadata[i].key, key) == 0)
			return s->metadata[i].value;
	return NULL;
}

bool
safetensors_floats(float *out, const struct safetensors_entry *e)
{
	if (e->type == TYPE_OTHER)
		return false;
	if (e->type == TYPE_F32) {
		if (e->size > 0)
			memcpy(out, e->data, e->size);
		return true;
	}
	if (e->type == TYPE_F16)
		half_to_floats(out, e->data, e->length);
	for (size_t i = 0; e->type == TYPE_BF16 && i < e->length; i++) {
		uint16_t bits;

		memcpy(&bits, e->data + 2 * i, sizeof bits);
		out[i] = bfloat_to_float(bits);
	}
	return true;
}
