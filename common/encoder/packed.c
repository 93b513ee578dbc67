#define _XOPEN_SOURCE 700 /* realpath */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/packed.h"
#include "gemm/bf16_remainder.h"
#include "weights/digest.h"

enum { PARTS = 3 };

/*
 * A matrix to pack, [N,K], of parts one below the other; or several (times)
 * whose weights follow each other.
 */
struct matrix {
	const uint16_t **slot;
	const float *part[PARTS];
	size_t parts, N, K, times;
	bool remainder;           /* what rounding takes off the one part */
	float first;              /* by which the first part is multiplied */
};

struct matrices {
	struct matrix *item;
	size_t count;
};

/* KEPT: bytes that are worth a file. */
enum { OF_A_LAYER = 7, ALIGNMENT = 64, KEPT = 1 << 16 };

/* Change the version with the order of packed matrices, or of their list. */
#define KIND "tunne bfloat16 panels, "
#define VERSION "5\n"
#define LAYOUT KIND VERSION

static void
add(struct matrices *m, const uint16_t **slot, const float *weight, size_t N,
    size_t K, size_t times)
{
	m->item[m->count++] = (struct matrix){
		.slot = slot, .part = { weight }, .parts = 1, .N = N, .K = K,
		.times = times
	};
}

static void
add_remainder(struct matrices *m, const uint16_t **slot, const float *weight,
              size_t N, size_t K)
{
	add(m, slot, weight, N, K, 1);
	m->item[m->count - 1].remainder = true;
}

/* 1 / sqrt(D) of attention, see attention_bf16.h. */
static float
query_scale(const struct encoder_config *c)
{
	return 1 / sqrtf((float)(c->width / c->heads));
}

static void
add_layer(struct matrices *m, struct encoder_packed_layer *to,
          const struct encoder_layer *w, const struct encoder_config *c)
{
	size_t H = c->width, F = c->inner;

	m->item[m->count++] = (struct matrix){
		.slot = &to->qkv.weight, .parts = PARTS, .N = PARTS * H, .K = H,
		.part = { w->q.weight, w->k.weight, w->v.weight },
		.times = 1, .first = query_scale(c)
	};
	add(m, &to->out.weight, w->out.weight, H, H, 1);
	add(m, &to->wide.weight, w->wide.weight, F, H, 1);
	add(m, &to->narrow.weight, w->narrow.weight, H, F, 1);
	add_remainder(m, &to->qkv.remainder, w->v.weight, H, H);
	add_remainder(m, &to->out.remainder, w->out.weight, H, H);
	add_remainder(m, &to->narrow.remainder, w->narrow.weight, H, F);
}

/* The convolutions, but one that reads samples; f may be NULL. */
static struct matrices
list_convolutions(struct encoder_packed *p, const struct encoder_folded *f,
                  const struct encoder_config *c)
{
	struct matrices m = {
		.item = xcalloc(c->convs + 2 + OF_A_LAYER * c->layers,
		                sizeof *m.item)
	};

	for (size_t i = c->inputs == 1; i < c->convs; i++)
		add(&m, &p->conv[i], f ? f->conv[i] : NULL, c->conv_width[i],
		    c->conv_taps[i] * encoder_conv_inputs(c, i), 1);
	return m;
}

/* The same list each time, for the same configuration; f may be NULL. */
static struct matrices
list(struct encoder_packed *p, const struct encoder_weights *w,
     const struct encoder_folded *f, const struct encoder_config *c)
{
	size_t H = c->width;
	struct matrices m = list_convolutions(p, f, c);

	if (c->position_groups) {
		size_t I = H / c->position_groups;

		add(&m, &p->projection.weight, w->projection.weight, H,
		    c->conv_width[c->convs - 1], 1);
		add(&m, &p->position, f ? f->position : NULL, I,
		    c->position_taps * I,
		    c->position_groups * encoder_positions(c));
	}
	for (size_t i = 0; i < c->layers; i++)
		add_layer(&m, &p->layer[i], &w->layer[i], c);
	return m;
}

static size_t
matrix_length(const struct matrix *x)
{
	if (x->remainder)
		return bf16_remainder_length(x->N, x->K);
	return x->times * bf16_packed_length(x->N, x->K);
}

static size_t
size_of(const struct matrices *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++)
		n += matrix_length(&m->item[i]);
	return n * sizeof(uint16_t);
}

/* Each slot leads to its place. */
static void
bind(const struct matrices *m, const uint16_t *at)
{
	for (size_t i = 0; i < m->count; i++) {
		*m->item[i].slot = at;
		at += matrix_length(&m->item[i]);
	}
}

static void
scaled_copy(float *to, const float *from, size_t n, float factor)
{
	for (size_t i = 0; i < n; i++)
		to[i] = factor * from[i];
}

/* Returns the end of what it wrote. */
static uint16_t *
matrix_fill(uint16_t *at, const struct matrix *x)
{
	size_t length = x->N * x->K, rows = x->N / x->parts;
	float *whole;

	if (x->remainder) {
		bf16_remainder_pack(at, x->part[0], x->N, x->K);
		return at + matrix_length(x);
	}
	for (size_t t = 0; x->parts == 1 && t < x->times; t++) {
		bf16_pack(at, x->part[0] + t * length, x->K, x->N, x->K);
		at += bf16_packed_length(x->N, x->K);
	}
	if (x->parts == 1)
		return at;
	whole = xmalloc(length, sizeof *whole);
	for (size_t i = 0; i < x->parts; i++)
		scaled_copy(whole + i * rows * x->K, x->part[i],
		            rows * x->K, i == 0 ? x->first : 1);
	bf16_pack(at, whole, x->K, x->N, x->K);
	free(whole);
	return at + bf16_packed_length(x->N, x->K);
}

static void
fill(const struct matrices *m, uint16_t *at, const struct safetensors *file)
{
	for (size_t i = 0; i < m->count; i++) {
		at = matrix_fill(at, &m->item[i]);
		if (file)
			safetensors_forget(file);
	}
}

static void
begin(struct encoder_packed *p, const struct encoder_weights *w,
      const struct encoder_config *c)
{
	size_t H = c->width;

	*p = (struct encoder_packed){
		.unit = bf16_unit_find(NULL),
		.layer = xcalloc(c->layers, sizeof *p->layer),
		.bias = xcalloc(c->layers * PARTS * H, sizeof *p->bias)
	};
	for (size_t i = 0; i < c->layers; i++) {
		const struct encoder_layer *l = &w->layer[i];
		const float *part[] = { l->q.bias, l->k.bias, l->v.bias };
		float *bias = p->bias + i * PARTS * H;

		for (size_t t = 0; t < PARTS; t++)
			if (part[t])
				scaled_copy(bias + t * H, part[t], H,
				            t == 0 ? query_scale(c) : 1);
		p->layer[i].qkv_bias = bias;
	}
}

/* Which files they are, and when they changed; the caller frees it. */
static char *
identity(const struct safetensors *file)
{
	char *key = xasprintf("%s%s", LAYOUT,
	                      file->identity ? file->identity : "");

	for (size_t i = 0; i < file->parts; i++) {
		char *more = xasprintf("%s\n%s", key,
		                       file->part[i].identity);

		free(key);
		key = more;
	}
	return key;
}

/* The same for every spelling of a path; the caller frees it. */
static char *
name_of(const char *path)
{
	char *real = realpath(path, NULL);
	char *name = digest_of_text(real ? real : path);

	free(real);
	return name;
}

/* A key for everything the packed weights depend on; the caller frees it. */
static char *
contents(const char *digest, const struct encoder_config *c)
{
	return xasprintf("%sheads %zu\n%.*s", LAYOUT, c->heads,
	                 DIGEST_LENGTH, digest);
}

/* Removes what was packed for the file that was at this path before. */
static void
old_forget(const char *name, const char *digest, const struct encoder_config *c)
{
	struct cached old;

	cache_find(&old, name, NULL, DIGEST_LENGTH);
	if (old.data && strncmp(old.data, digest, DIGEST_LENGTH) != 0) {
		char *key = contents(old.data, c), *packed;

		packed = digest_of_text(key);
		cache_forget(packed);
		free(packed);
		free(key);
	}
	cache_release(&old);
}

/*
 * contents() of the file.  Computing the digest takes long: the cache keeps it
 * until the file at this path changes.
 */
static char *
contents_recall(const struct safetensors *file, const struct encoder_config *c,
                const char *path)
{
	char *identifier = identity(file), *name = name_of(path), *key;
	struct cached kept;

	cache_find(&kept, name, identifier, DIGEST_LENGTH);
	if (kept.data) {
		key = contents(kept.data, c);
	} else {
		char *digest = digest_of(file);

		old_forget(name, digest, c);
		cache_keep(name, identifier, digest, DIGEST_LENGTH);
		key = contents(digest, c);
		free(digest);
	}
	cache_release(&kept);
	free(identifier);
	free(name);
	return key;
}

bool
encoder_packed_find(struct encoder_packed *p, const struct encoder_weights *w,
                    const struct encoder_config *c,
                    const struct safetensors *file, const char *path)
{
	struct matrices m;

	begin(p, w, c);
	m = list(p, w, NULL, c);
	if (size_of(&m) >= KEPT) {
		char *name;

		p->key = contents_recall(file, c, path);
		name = digest_of_text(p->key);
		cache_find(&p->cached, name, p->key, size_of(&m));
		free(name);
	}
	if (p->cached.data)
		bind(&m, p->cached.data);
	free(m.item);
	return p->cached.data;
}

/* Otherwise a file that changed meanwhile would be kept under an old name. */
static bool
same_still(const char *key, const struct safetensors *file,
           const struct encoder_config *c)
{
	char *digest = digest_of(file), *now = contents(digest, c);
	bool same = strcmp(key, now) == 0;

	free(digest);
	free(now);
	return same;
}

/* Packs what is listed into a block; returns its bytes. */
static size_t
block_fill(struct encoder_packed *p, const struct matrices *m,
           const struct safetensors *file)
{
	size_t size = size_of(m);

	/* tiles are whole cache lines, and so is their sum */
	p->block = aligned_alloc(ALIGNMENT, size > 0 ? size : ALIGNMENT);
	if (!p->block)
		die("out of memory");
	bind(m, p->block);
	fill(m, p->block, file);
	return size;
}

void
encoder_pack(struct encoder_packed *p, const struct encoder_weights *w,
             const struct encoder_folded *folded,
             const struct encoder_config *c, const struct safetensors *file)
{
	char *key = p->key;
	struct matrices m;
	size_t size;

	p->key = NULL;
	encoder_packed_release(p);
	begin(p, w, c);
	p->key = key;
	m = list(p, w, folded, c);
	size = block_fill(p, &m, file);
	if (key && same_still(key, file, c)) {
		char *name = digest_of_text(key);

		cache_forget_old(KIND, VERSION);
		cache_keep(name, key, p->block, size);
		free(name);
	}
	free(m.item);
}

void
encoder_pack_convolutions(struct encoder_packed *p,
                          const struct encoder_folded *folded,
                          const struct encoder_config *c)
{
	struct matrices m;

	*p = (struct encoder_packed){ .unit = bf16_unit_find(NULL) };
	m = list_convolutions(p, folded, c);
	block_fill(p, &m, NULL);
	free(m.item);
}

void
encoder_packed_release(struct encoder_packed *p)
{
	for (size_t i = 0; i < p->int8_count; i++)
		int8_matrix_release(&p->int8[i]);
	for (size_t i = 0; i < ENCODER_CONVS_MAX; i++)
		int8_matrix_release(&p->conv_int8[i]);
	free(p->int8);
	cache_release(&p->cached);
	free(p->block);
	free(p->bias);
	free(p->layer);
	free(p->key);
	*p = (struct encoder_packed){ .unit = NULL };
}
