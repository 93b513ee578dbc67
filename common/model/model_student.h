/*
 * model_student.h - compact students: how to make one, and how to join several
 *
 * A student has one or more members, which are networks of student/.  Their
 * log-probabilities are averaged, weighted by their shares.
 */
#pragma once

#include "feat/features.h"
#include "model/model_kind.h"
#include "student/student.h"

#define MODEL_STUDENT_FORMAT "tunne-student-1"

enum { MODEL_MEMBERS_MAX = 8, MODEL_ROWS_MAX = 3000 };

/* What a fresh student is to be. */
struct student_wishes {
	const char *const *classes;
	size_t class_count;
	struct student_shape shape; /* rows and classes follow from the rest */
	struct features_type features;
	unsigned long seed;       /* of the weights */
	/* blocks "fw": frames whose functionals set the whitening, "-" being
	   standard input */
	const char *whiten;
};

/* Writes it, after model_replace_warn; dies if it cannot. */
void model_student_create(const char *path, const struct student_wishes *w);

/* The kind's state; the rest of model/ and tests use it. */
struct model_student {
	struct features_type features;
	size_t members;
	struct student_member member[MODEL_MEMBERS_MAX];
	bool skip_warned;         /* of members without their functionals */
};

struct model_student *model_student_of(const struct model *m);

/*
 * Adds copies of the other's members to m.  Dies unless both are students of
 * the same classes and features.
 */
void model_student_join(struct model *m, const struct model *other);

/*
 * Sets the shares of the members, from "1,0.5"; false unless the list has a
 * number of 0.001 to 1000 for each.
 */
bool model_student_share(struct model *m, const char *list);

/* Replaces the weights by their running mean; dies where there is none. */
void model_student_average(struct model *m);

/* What the files of the compact student share. */

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
extern const struct model_training_kind model_student_training;
