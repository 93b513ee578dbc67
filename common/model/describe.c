#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/describe.h"

enum { TEXTS_MAX = 24 };

struct texts_made { struct safetensors_text *text; size_t count; };

__attribute__((format(printf, 3, 4)))
static void
add(struct texts_made *t, const char *key, const char *format, ...)
{
	va_list arguments;
	char value[256];

	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	t->text[t->count++] = (struct safetensors_text){
		xstrdup(key), xstrdup(value)
	};
}

/* "512x10/5 512x3/2": channels, taps, stride */
static void
convolutions_add(struct texts_made *t, const struct encoder_config *c)
{
	char value[ENCODER_CONVS_MAX * 20];
	size_t used = 0;

	for (size_t i = 0; i < c->convs; i++)
		used += (size_t)snprintf(value + used, sizeof value - used,
		                         "%s%zux%zu/%zu", i ? " " : "",
		                         c->conv_width[i], c->conv_taps[i],
		                         c->conv_stride[i]);
	add(t, "convolutions", "%s", value);
}

static void
shape_add(struct texts_made *t, const struct encoder_config *c)
{
	static const char *const head[] = { "none", "projector", "dense" };

	add(t, "family", "%s", encoder_family_class(c->family));
	convolutions_add(t, c);
	add(t, "norms", "%s in convolutions, %s blocks in layers",
	    c->conv_layer_norm ? "layer" : "group",
	    c->stable ? "before" : "after");
	add(t, "width", "%zu", c->width);
	add(t, "layers", "%zu", c->layers);
	add(t, "heads", "%zu", c->heads);
	add(t, "inner", "%zu", c->inner);
	add(t, "normalize", "%s", c->normalize ? "yes" : "no");
	if (c->head == ENCODER_HEAD_NONE)
		add(t, "head", "none");
	else
		add(t, "head", "%s of %zu, hears %s", head[c->head],
		    c->projector, c->layer_sum ? "all layers"
		                               : "the last layer");
	if (c->labels > 0)
		add(t, "tells", "%s", c->regression ? "dimensions"
		                                    : "classes");
}

static void
classes_add(struct texts_made *t, const struct encoder_config *c)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	if (!fp)
		die("out of memory");
	for (size_t k = 0; k < c->labels; k++)
		fprintf(fp, "%s%s", k ? "\n" : "", c->label[k]);
	if (ferror(fp) || fclose(fp) != 0)
		die("out of memory");
	t->text[t->count++] = (struct safetensors_text){
		xstrdup("classes"), text
	};
}

size_t
describe_directory(struct safetensors_text **text,
                   const struct encoder_directory *d)
{
	const struct safetensors *s = &d->files.weights;
	struct texts_made t = {
		.text = xcalloc(TEXTS_MAX + s->metadata_count, sizeof *t.text)
	};

	shape_add(&t, &d->config);
	if (d->config.labels > 0)
		classes_add(&t, &d->config);
	for (size_t i = 0; i < s->metadata_count; i++)
		t.text[t.count++] = (struct safetensors_text){
			xstrdup(s->metadata[i].key),
			xstrdup(s->metadata[i].value)
		};
	*text = t.text;
	return t.count;
}

void
describe_release(struct safetensors_text *text, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(text[i].key);
		free(text[i].value);
	}
	free(text);
}
