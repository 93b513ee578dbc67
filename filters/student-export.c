/*
 * student-export - the model alone, out of a student in training
 *
 *	student-export -p f16 -m training.safetensors -o student.safetensors
 *
 * Writes the weights (the running mean of them, with --average) without the
 * optimiser's state, and the history.  Several models become the members of
 * one.  See student-export(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "model/model_join.h"
#include "train/checkpoint.h"
#include "weights/trained.h"

/* Puts the optimiser's running mean in the weights' place. */
static void
average_take(struct model *m)
{
	const struct safetensors_entry *e =
		safetensors_find(&m->file, "optimizer.average");
	char *why;

	if (!e)
		die("%s: no running mean in it (a compact student has one "
		    "that student-step wrote)", m->name);
	if (e->length != m->params.length || !safetensors_floats(m->block, e))
		die("%s: tensor optimizer.average does not fit the "
		    "parameters, or is of type %s", m->name, e->type_name);
	why = params_finite(&m->params);
	if (why)
		die("%s: the running mean: %s", m->name, why);
}

static void
student_open(struct model *m, const char *path, bool average)
{
	model_open(m, path);
	if (average)
		average_take(m);
}

/* All models as the members of the first, and what they were trained with. */
static void
members_join(struct model *m, struct lineage *lineage,
             const struct cli_list *models, bool average)
{
	student_open(m, models->value[0], average);
	lineage_init(lineage, m);
	for (size_t i = 1; i < models->length; i++) {
		struct model other;

		student_open(&other, models->value[i], average);
		model_join(m, &other);
		lineage_join(lineage, &other);
		model_release(&other);
	}
}

static void
shares_take(struct model *m, const char *shares)
{
	if (shares && !model_share(m, shares))
		die_usage("--shares %s: want %zu of 0.001 to 1000", shares,
		          m->members);
}

/*
 * With T in its metadata, unless T is 0: as it was.  Of a joined model that
 * of a member says nothing.
 */
static void
export(const struct model *m, const char *out, const struct lineage *lineage,
       bool joined, enum safetensors_type type, float T)
{
	char number[32];
	struct safetensors_text text[1 + LINEAGE_TEXTS] = {
		{ "temperature", number }
	};
	bool calibrated = T > 0 || (joined &&
	                            model_metadata(m, "temperature"));

	if (calibrated && T <= 0)
		warn("%s: its temperature is not that of the joined model: "
		     "calibrate it", m->name);
	if (T > 0 && m->regression)
		die("%s: has dimensions, no probabilities to calibrate",
		    m->name);
	if (joined && strcmp(lineage->cmvn, "mixed") == 0)
		warn("%s: its members learnt from features that were normalised"
		     " in other ways (cmvn): none suits all", out);
	snprintf(number, sizeof number, "%g", T > 0 ? (double)T : 1);
	lineage_texts(text + 1, lineage);
	model_write(out, m, NULL, type, NULL, 0, text + !calibrated,
	            (size_t)calibrated + (joined ? LINEAGE_TEXTS : 0));
	lineage_texts_release(text + 1);
}

int
main(int argc, char *argv[])
{
	static const enum safetensors_type type[] = {
		TYPE_F32, TYPE_F16, TYPE_BF16
	};
	struct cli_list models = { .length = 0 };
	const char *out = NULL, *shares = NULL;
	bool average = false;
	int precision = 0;
	float temperature = 0;
	struct cli_option options[] = {
		OPT_LIST('m', "model", &models, "FILE",
		         "what to export; several become members of one"),
		OPT_STRING('o', "out", &out, "FILE", "the file to write"),
		OPT_FLAG('a', "average", &average,
		         "the running mean of the weights"),
		OPT_CHOICE('p', "precision", &precision, "f32|f16|bf16",
		           "of the weights in the file"),
		OPT_FLOAT('T', "temperature", &temperature, 0, 100,
		          "of probabilities; 0: as it is"),
		OPT_STRING(0, "shares", &shares, "N,...",
		           "of the members' say; alike if not given"),
		OPT_END
	};
	const struct cli_about about = {
		"write the model alone, without what training needs",
		"", 0, 0
	};
	struct lineage lineage;
	struct model m;

	cli_parse(argc, argv, options, &about);
	if (temperature > 0 && temperature < .01f)
		die_usage("--temperature is 0, or 0.01 at least");
	if (models.length == 0 || !out)
		die_usage("--model and --out are needed");
	trained_spare(out);
	members_join(&m, &lineage, &models, average);
	shares_take(&m, shares);
	export(&m, out, &lineage, models.length > 1, type[precision],
	       temperature);
	lineage_release(&lineage);
	model_release(&m);
	free(models.value);
	return STATUS_OK;
}
