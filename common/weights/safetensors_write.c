#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/half.h"
#include "core/replace.h"
#include "core/xalloc.h"
#include "weights/json.h"
#include "weights/safetensors_write.h"

enum { ALIGNMENT = 8, CHUNK = 4096 };

static size_t
width(const struct safetensors_source *t)
{
	return t->type == TYPE_F32 ? 4 : 2;
}

static size_t
length(const struct safetensors_source *t)
{
	size_t n = 1;

	for (int i = 0; i < t->ndim; i++)
		n *= t->dim[i];
	return n;
}

static int
order_compare(const void *a, const void *b)
{
	const struct safetensors_source *p = *(void *const *)a;
	const struct safetensors_source *q = *(void *const *)b;

	if (width(p) != width(q))
		return width(p) > width(q) ? -1 : 1;
	return strcmp(p->name, q->name);
}

/* What we would refuse to read is never written. */
static void
names_check(const char *path, const struct safetensors_source *source,
            size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (source[i].type == TYPE_OTHER ||
		    strcmp(source[i].name, "__metadata__") == 0)
			die("write %s: tensor %s cannot be stored", path,
			    source[i].name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(source[i].name, source[k].name) == 0)
				die("write %s: two tensors named %s", path,
				    source[i].name);
	}
}

/* Of two bytes, as it will be read back. */
static float
rounded(float x, enum safetensors_type type)
{
	return type == TYPE_F16 ? half_to_float(half_from_float(x))
	                        : bfloat_to_float(bfloat_from_float(x));
}

/* A number that is finite stays so. */
static void
range_check(const char *path, const struct safetensors_source *t)
{
	float most = 0;

	if (t->type == TYPE_F32)
		return;
	for (size_t i = 0; i < length(t); i++)
		if (isfinite(t->data[i]) && fabsf(t->data[i]) > most)
			most = fabsf(t->data[i]);
	if (!isfinite(rounded(most, t->type)))
		die("write %s: tensor %s has %g in it, more than %s can hold",
		    path, t->name, (double)most,
		    t->type == TYPE_F16 ? "F16 (BF16 can)" : "BF16");
}

static void
keys_check(const char *path, const struct safetensors_text *metadata,
           size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(metadata[i].key, metadata[k].key) == 0)
				die("write %s: two texts named %s", path,
				    metadata[i].key);
}

static void
metadata_write(FILE *fp, const struct safetensors_text *metadata,
               size_t count)
{
	fputs("\"__metadata__\":{", fp);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			fputc(',', fp);
		json_write_text(fp, metadata[i].key);
		fputc(':', fp);
		json_write_text(fp, metadata[i].value);
	}
	fputc('}', fp);
}

static void
entry_write(FILE *fp, const struct safetensors_source *t, size_t *offset)
{
	static const char *const names[] = { "F32", "F16", "BF16" };
	size_t end = *offset + length(t) * width(t);

	json_write_text(fp, t->name);
	fprintf(fp, ":{\"dtype\":\"%s\",\"shape\":[", names[t->type]);
	for (int i = 0; i < t->ndim; i++)
		fprintf(fp, "%s%zu", i ? "," : "", t->dim[i]);
	fprintf(fp, "],\"data_offsets\":[%zu,%zu]}", *offset, end);
	*offset = end;
}

/* The JSON, padded so that the data begin on a multiple of 8. */
static char *
header_make(size_t *size, const struct safetensors_source *const *order,
            size_t count, const struct safetensors_text *metadata,
            size_t metadata_count)
{
	char *text = NULL;
	size_t offset = 0;
	FILE *fp = open_memstream(&text, size);

	if (!fp)
		die("out of memory");
	fputc('{', fp);
	if (metadata_count > 0)
		metadata_write(fp, metadata, metadata_count);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 || metadata_count > 0)
			fputc(',', fp);
		entry_write(fp, order[i], &offset);
	}
	fputc('}', fp);
	fflush(fp);
	for (size_t i = *size; i % ALIGNMENT != 0; i++)
		fputc(' ', fp);
	if (ferror(fp) || fclose(fp) != 0)
		die("out of memory");
	if (*size > SAFETENSORS_HEADER_MAX)
		die("metadata of %zu bytes, over 100 MB", *size);
	return text;
}

static bool
data_write(FILE *fp, const struct safetensors_source *t)
{
	size_t left = length(t);
	const float *x = t->data;
	uint16_t bits[CHUNK];

	if (t->type == TYPE_F32)
		return left == 0 || fwrite(x, sizeof *x, left, fp) == left;
	while (left > 0) {
		size_t n = left < CHUNK ? left : CHUNK;

		for (size_t i = 0; i < n; i++)
			bits[i] = t->type == TYPE_F16 ? half_from_float(x[i])
			                              : bfloat_from_float(x[i]);
		if (fwrite(bits, sizeof *bits, n, fp) != n)
			return false;
		x += n;
		left -= n;
	}
	return true;
}

void
safetensors_settle(struct replace *r, const struct replace *before,
                   const char *path,
                   const struct safetensors_source *source, size_t count,
                   const struct safetensors_text *metadata,
                   size_t metadata_count)
{
	const struct safetensors_source **order;
	size_t size;
	char *header;

	names_check(path, source, count);
	for (size_t i = 0; i < count; i++)
		range_check(path, &source[i]);
	keys_check(path, metadata, metadata_count);
	order = xmalloc(count, sizeof *order);
	for (size_t i = 0; i < count; i++)
		order[i] = &source[i];
	qsort(order, count, sizeof *order, order_compare);
	header = header_make(&size, order, count, metadata, metadata_count);

	replace_begin_after(r, path, before);
	for (int i = 0; i < 8; i++)
		fputc((int)(size >> 8 * i & 0xff), r->fp);
	fwrite(header, 1, size, r->fp);
	/* the first that fails is the last; replace_settle says why */
	for (size_t i = 0; i < count && data_write(r->fp, order[i]); i++)
		continue;
	free(header);
	free(order);
	replace_settle(r);
}

void
safetensors_write(const char *path, const struct safetensors_source *source,
                  size_t count, const struct safetensors_text *metadata,
                  size_t metadata_count)
{
	struct replace r;

	safetensors_settle(&r, NULL, path, source, count, metadata,
	                   metadata_count);
	replace_commit(&r);
}
