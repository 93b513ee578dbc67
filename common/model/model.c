#include <stdlib.h>

#include "core/die.h"
#include "core/number.h"
#include "encoder/open.h"
#include "gemm/gemm.h"
#include "model/model_kinds.h"
#include "nn/softmax.h"

extern const uint8_t builtin_model[], builtin_model_end[]; /* builtin.S */

static void
student_open(struct model *m, const char *path)
{
	const char *why;

	if (path)
		why = safetensors_open(&m->file, path);
	else
		why = safetensors_parse(&m->file, builtin_model,
			(size_t)(builtin_model_end - builtin_model));
	if (why)
		die("%s: %s", m->name, why);
	model_student_open(m);
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
model_open(struct model *m, const char *path)
{
	model_open_at(m, path, PRECISION_FP32);
}

void
model_open_at(struct model *m, const char *path, enum precision precision)
{
	*m = (struct model){ .name = path ? path : MODEL_BUILTIN };
	gemm_begin();
	if (path && model_encoder_is(path))
		model_encoder_open(m, precision);
	else
		student_open(m, path);
	temperature_read(m);
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
model_release(struct model *m)
{
	if (m->network)
		model_encoder_release(m);
	params_release(&m->params);
	safetensors_release(&m->file);
	free(m->block);
	free(m->classes);
}

size_t
model_embedding_length(const struct model *m)
{
	size_t length = 0;

	if (m->network)
		return encoder_embedding_length(&m->network->config);
	for (size_t i = 0; i < m->members; i++)
		length += student_embedding_length(&m->member[i].shape);
	return length;
}

void
model_own(struct model *m)
{
	if (m->network)
		model_encoder_own(m);
}

const struct safetensors *
model_training(const struct model *m)
{
	return m->network ? &m->training : &m->file;
}

const struct safetensors *
model_file(const struct model *m)
{
	return m->network ? &m->directory->files.weights : &m->file;
}

const char *
model_metadata(const struct model *m, const char *key)
{
	return safetensors_metadata(model_file(m), key);
}

size_t
model_columns(const struct model *m)
{
	return m->network ? 1 : m->shape.rows;
}

float *
model_view(const struct model *m, struct frame *f, size_t *rows,
           const char **why)
{
	return m->network ? model_encoder_view(m, f, rows, why)
	                  : model_student_view(m, f, rows, why);
}

void
model_infer(const struct model *m, float *logits, float *embedding,
            const float *view, size_t rows, struct arena *arena)
{
	if (m->network)
		model_encoder_infer(m, logits, embedding, view, rows, arena);
	else
		model_student_infer(m, logits, embedding, view, rows, arena);
}
