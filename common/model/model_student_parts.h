/*
 * model_student_parts.h - what the files of the compact student share
 */
#ifndef MODEL_STUDENT_PARTS_H
#define MODEL_STUDENT_PARTS_H

#include "model/model_kind.h"
#include "model/model_student.h"

/* Completes the shape of a member; dies, naming the model, if it is wrong. */
void model_student_shape(struct student_shape *s, const char *name,
                         const struct features_type *features);

/* Lists the tensors of all members; allocates memory for them. */
void model_student_bind(struct model *m);
void model_student_allocate(struct model *m);

/* The rows [*rows, shape->rows] of a view that a member reads. */
const float *model_student_rows(size_t *rows, const struct student_shape *shape,
                                const struct model_view *view);

void model_student_architecture(struct model_texts *t, const struct model *m);
void model_student_write(const char *path, const struct model *m,
                         const struct model_extras *extras);

extern const struct model_training_kind model_student_training;

#endif
