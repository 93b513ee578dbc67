/*
 * model_kinds.h - the two kinds of model behind the door of model.h
 */
#ifndef MODEL_KINDS_H
#define MODEL_KINDS_H

#include "model/model.h"

#define MODEL_BUILTIN "built-in model" /* its name */

/* m->file is open; dies if it is no compact student. */
void model_student_open(struct model *m);
/* Lists the tensors of all members; then takes memory for them. */
void model_student_list(struct model *m);
void model_student_take(struct model *m);
float *model_student_view(const struct model *m, struct frame *f,
                          size_t *rows, const char **why);
void model_student_infer(const struct model *m, float *logits,
                         float *embedding, const float *view, size_t rows,
                         struct arena *arena);

/* m->name is a directory of Hugging Face; rows are samples. */
bool model_encoder_is(const char *path);
void model_encoder_open(struct model *m, enum precision precision);
void model_encoder_infer(const struct model *m, float *logits, float *embedding,
                         const float *view, size_t rows, struct arena *arena);
void model_encoder_own(struct model *m);
void model_encoder_release(struct model *m);
void model_encoder_write(const char *path, const struct model *m,
                         enum safetensors_type type,
                         const struct safetensors_source *extra, size_t extras,
                         const struct safetensors_text *text, size_t texts);
float *model_encoder_view(const struct model *m, struct frame *f, size_t *rows,
                          const char **why);

#endif
