#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/number.h"
#include "core/xalloc.h"
#include "gemm/gemm.h"
#include "model/model_kind.h"
#include "nn/softmax.h"

extern const uint8_t builtin_model[], builtin_model_end[]; /* builtin.S */

static bool
is_directory(const char *path)
{
	struct stat about;

	return path && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* The kind that a file's metadata name. */
static const struct model_kind *
kind_of_file(const struct model *m)
{
	static const struct model_kind *const kinds[] = {
		&model_student_kind, &model_head_kind
	};
	const char *format = model_metadata_need(m, "format");

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i]->format, format) == 0)
			return kinds[i];
	die("%s: format \"%s\" is not supported (want a model of tunne or the "
	    "directory of a network: tunne-model(5))", m->name, format);
}

/* path NULL: the built-in model. */
static void
file_open(struct model *m, const char *path)
{
	size_t size = (size_t)(builtin_model_end - builtin_model);
	const char *refused = path
		? safetensors_open(&m->opened, path)
		: safetensors_parse(&m->opened, builtin_model, size);

	if (refused)
		die("%s: %s", m->name, refused);
	m->file = m->training = &m->opened;
	m->kind = kind_of_file(m);
}

static void
temperature_read(struct model *m)
{
	const char *text = model_metadata(m, "temperature");
	double T = 1;

	if (text && (!number_real(text, &T) || T < .01 || T > 100))
		die("%s: temperature is \"%s\", want 0.01 to 100", m->name,
		    text);
	m->temperature = (float)T;
}

void
model_open(struct model *m, const char *path,
           const struct model_options *options)
{
	static const struct model_options none = { .seconds = 0 };

	*m = (struct model){ .name = path ? path : MODEL_BUILTIN };
	gemm_begin();
	if (is_directory(path))
		m->kind = &model_encoder_kind;
	else
		file_open(m, path);
	m->kind->open(m, path, options ? options : &none);
	temperature_read(m);
}

void
model_release(struct model *m)
{
	m->kind->release(m->state);
	safetensors_release(&m->opened);
	params_release(&m->params);
	free(m->block);
	free(m->classes);
}

void
model_options_warn(const struct model *m,
                   const struct model_options *options)
{
	enum precision precision = options->precision;

	if (m->input == MODEL_AUDIO)
		return;
	if (options->seconds_given)
		warn("%s: --max-seconds is ignored: a %s reads the whole "
		     "utterance", m->name, m->kind->name);
	if (precision == PRECISION_BF16 || precision == PRECISION_INT8)
		warn("%s: --precision is ignored: a %s computes in fp32",
		     m->name, m->kind->name);
}

bool
model_in_directory(const struct model *m)
{
	return !m->kind->format;
}

size_t
model_embedding_length(const struct model *m)
{
	return m->kind->embedding_length(m);
}

const char *
model_view(struct model_view *view, const struct model *m, struct frame *f)
{
	*view = (struct model_view){ .rows = NULL };
	return m->kind->view(view, m, f);
}

void
model_view_copy(struct model_view *view, struct arena *arena)
{
	size_t size = view->count * view->width;

	if (view->rows)
		view->rows = memcpy(arena_floats(arena, size), view->rows,
		                    size * sizeof *view->rows);
	size = view->functionals_length;
	if (view->functionals)
		view->functionals = memcpy(arena_floats(arena, size),
		                           view->functionals,
		                           size * sizeof *view->rows);
}

void
model_infer(const struct model *m, float *logits, float *embedding,
            const struct model_view *view, struct arena *arena)
{
	m->kind->infer(m, logits, embedding, view, arena);
}

size_t
model_encoding_layers(const struct model *m)
{
	size_t layers = 0, width;

	if (m->kind->encoding)
		m->kind->encoding(m, &layers, &width);
	return layers;
}

size_t
model_encoding_width(const struct model *m)
{
	size_t layers, width = 0;

	if (m->kind->encoding)
		m->kind->encoding(m, &layers, &width);
	return width;
}

void
model_encode(const struct model *m, float *encoding, size_t layers,
             const struct model_view *view, struct arena *arena)
{
	m->kind->encode(m, encoding, layers, view, arena);
}

void
model_probabilities(const struct model *m, float *logits)
{
	if (m->regression)
		return;
	for (size_t k = 0; k < m->class_count; k++)
		logits[k] /= m->temperature;
	softmax_forward(logits, logits, 1, m->class_count);
}

void
model_texts_add(struct model_texts *t, const char *key, const char *value)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->text[i].key, key) == 0)
			return;
	t->text = xrealloc(t->text, t->count + 1, sizeof *t->text);
	t->text[t->count++] = (struct safetensors_text){
		xstrdup(key), xstrdup(value)
	};
}

void
model_texts_printf(struct model_texts *t, const char *key,
                   const char *format, ...)
{
	va_list arguments;
	char value[512];

	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	model_texts_add(t, key, value);
}

static void
texts_release(struct model_texts *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->text[i].key);
		free(t->text[i].value);
	}
	free(t->text);
}

void
model_texts_add_classes(struct model_texts *t, const char *const *name,
                        size_t count)
{
	char *joined = xstrdup(name[0]);

	for (size_t k = 1; k < count; k++) {
		char *longer = xasprintf("%s\n%s", joined, name[k]);

		free(joined);
		joined = longer;
	}
	model_texts_add(t, "classes", joined);
	free(joined);
}

static bool
architecture_key(const struct model_kind *kind, const char *key)
{
	const char *const *own = kind->architecture_keys;

	for (; own && *own; own++)
		if (strcmp(*own, key) == 0)
			return true;
	return false;
}

void
model_write(const char *path, const struct model *m,
            const struct safetensors_extras *extras)
{
	const struct safetensors *old = m->file;
	struct safetensors_extras all = *extras;
	struct model_texts t = { .text = NULL };

	if (!m->kind->write)
		die("%s: a %s cannot be written", m->name, m->kind->name);
	if (m->kind->architecture)
		m->kind->architecture(&t, m);
	for (size_t i = 0; i < extras->metadata_count; i++)
		model_texts_add(&t, extras->metadata[i].key,
		                extras->metadata[i].value);
	for (size_t i = 0; i < old->metadata_count; i++)
		if (!architecture_key(m->kind, old->metadata[i].key))
			model_texts_add(&t, old->metadata[i].key,
			                old->metadata[i].value);
	all.metadata = t.text;
	all.metadata_count = t.count;
	m->kind->write(path, m, &all);
	texts_release(&t);
}

void
model_describe(struct model_description *d, const char *path)
{
	const char *refused = NULL;

	*d = (struct model_description){ .file = &d->opened };
	if (is_directory(path)) {
		d->kind = &model_encoder_kind;
		d->kind->describe(d, path);
	} else {
		refused = safetensors_open(&d->opened, path);
	}
	if (refused)
		die("%s: %s", path, refused);
	for (size_t i = 0; i < d->file->metadata_count; i++)
		model_texts_add(&d->metadata, d->file->metadata[i].key,
		                d->file->metadata[i].value);
}

void
model_description_release(struct model_description *d)
{
	texts_release(&d->metadata);
	safetensors_release(&d->opened);
	if (d->kind)
		d->kind->describe_end(d->state);
}

const struct model_training_kind *
model_training_kind(const struct model *m)
{
	if (!m->kind->training)
		die("%s: a %s cannot be trained", m->name, m->kind->name);
	return m->kind->training;
}

void
model_training_begin(struct model_training *t, struct model *m,
                     const struct training_options *options)
{
	*t = (struct model_training){
		.model = m, .options = options, .kind = m->kind->training,
		.gradient = xmalloc(m->params.length, sizeof *t->gradient)
	};
	memset(t->gradient, 0, m->params.length * sizeof *t->gradient);
	t->state = t->kind->begin(t);
}

void
model_training_end(struct model_training *t)
{
	t->kind->end(t->state);
	free(t->gradient);
}
