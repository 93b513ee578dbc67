/*
 * student-export - the model alone, out of a student in training
 *
 *	student-export -p f16 -m training.safetensors -o student.safetensors
 *
 * Writes the weights (the running mean of them, with --average) without the
 * optimiser's state, and the history.  See student-export(1).
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "model/model.h"

/* The optimiser's running mean of the weights; the caller frees it. */
static float *
average_read(const struct model *m)
{
	const struct safetensors_entry *e =
		safetensors_find(&m->file, "optimizer.average");
	float *average;

	if (!e)
		die("%s: no running mean in it (only student-step's output "
		    "has one)", m->name);
	if (e->length != m->params.length)
		die("%s: tensor optimizer.average does not fit the "
		    "parameters", m->name);
	average = xcalloc(e->length, sizeof *average);
	if (!safetensors_floats(average, e))
		die("%s: tensor optimizer.average is of type %s", m->name,
		    e->type_name);
	return average;
}

/* With T in its metadata, unless T is 0: as it was. */
static void
export(const struct model *m, const char *out, const float *block,
       enum safetensors_type type, float T)
{
	char number[32];
	const struct safetensors_text text = { "temperature", number };

	if (T > 0 && m->regression)
		die("%s: has dimensions, no probabilities to calibrate",
		    m->name);
	snprintf(number, sizeof number, "%g", (double)T);
	model_write(out, m, block, type, NULL, 0, &text, T > 0);
}

int
main(int argc, char *argv[])
{
	static const enum safetensors_type type[] = {
		TYPE_F32, TYPE_F16, TYPE_BF16
	};
	const char *model = NULL, *out = NULL;
	bool average = false;
	int precision = 0;
	float temperature = 0;
	const struct cli_option options[] = {
		OPT_STRING('m', "model", &model, "FILE", "what to export"),
		OPT_STRING('o', "out", &out, "FILE", "the file to write"),
		OPT_FLAG('a', "average", &average,
		         "the running mean of the weights"),
		OPT_CHOICE('p', "precision", &precision, "f32|f16|bf16",
		           "of the weights in the file"),
		OPT_FLOAT('T', "temperature", &temperature, 0, 100,
		          "of probabilities; 0: as it is"),
		OPT_END
	};
	const struct cli_about about = {
		"write the model alone, without what training needs",
		"", 0, 0
	};
	struct model m;
	float *block = NULL;

	cli_parse(argc, argv, options, &about);
	if (temperature > 0 && temperature < .01f)
		die_usage("--temperature is 0, or 0.01 at least");
	if (!model || !out)
		die_usage("--model and --out are needed");
	model_open(&m, model);
	if (average)
		block = average_read(&m);
	export(&m, out, block, type[precision], temperature);
	free(block);
	model_release(&m);
	return STATUS_OK;
}
