/*
 * student-export - write a model without its training state
 *
 *	student-export -p f16 -m training.safetensors -o student.safetensors
 *
 * Writes the weights, or with --average their running mean, and the history.
 * Several students become the members of one.  See student-export(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "model/model_student.h"
#include "weights/lineage.h"
#include "weights/training_state.h"

struct settings {
	struct cli_list models;
	const char *out, *shares;
	bool average;
	int precision;            /* f32, f16, bf16 */
	float temperature;        /* 0: as it is */
};

static void
member_open(struct model *m, const char *path, bool average)
{
	model_open(m, path, NULL);
	if (average)
		model_student_average(m);
}

/* Opens the first model and joins the others to it, with their lineage. */
static void
members_join(struct model *m, struct lineage *lineage,
             const struct settings *s)
{
	const struct cli_list *models = &s->models;

	member_open(m, models->value[0], s->average);
	lineage_init(lineage, m->name, m->file, m->input != MODEL_AUDIO);
	for (size_t i = 1; i < models->length; i++) {
		struct model other;

		member_open(&other, models->value[i], s->average);
		model_student_join(m, &other);
		lineage_join(lineage, other.file);
		model_release(&other);
	}
	if (s->shares && !model_student_share(m, s->shares))
		die_usage("--shares %s: want a number of 0.001 to 1000 for "
		          "each of the students", s->shares);
}

/* A joined model does not inherit the temperature of a member. */
static bool
temperature_changed(const struct model *m, const struct settings *s,
                    bool joined)
{
	bool reset = joined && model_metadata(m, "temperature");

	if (s->temperature > 0 && m->regression)
		die("%s: predicts dimensions, which have no probabilities to "
		    "calibrate", m->name);
	if (reset && s->temperature <= 0)
		warn("%s: its temperature does not fit the joined model "
		     "(calibrate that)", m->name);
	return s->temperature > 0 || reset;
}

static void
export(const struct model *m, const struct lineage *lineage,
       const struct settings *s)
{
	static const enum safetensors_type type[] = {
		TYPE_F32, TYPE_F16, TYPE_BF16
	};
	char number[32];
	struct safetensors_text text[1 + LINEAGE_TEXTS] = {
		{ "temperature", number }
	};
	bool joined = s->models.length > 1;
	bool changed = temperature_changed(m, s, joined);
	const struct safetensors_extras extras = {
		.type = type[s->precision], .metadata = text + !changed,
		.metadata_count = (size_t)changed +
			(joined ? LINEAGE_TEXTS : 0)
	};

	if (joined && strcmp(lineage->cmvn, "mixed") == 0)
		warn("%s: its members were trained on features that were "
		     "normalised differently (cmvn)", s->out);
	snprintf(number, sizeof number, "%g",
	         s->temperature > 0 ? (double)s->temperature : 1);
	lineage_texts(text + 1, lineage);
	model_write(s->out, m, &extras);
	for (int i = 1; i <= LINEAGE_TEXTS; i++)
		free(text[i].value);
}

int
main(int argc, char *argv[])
{
	struct settings s = { .out = NULL };
	struct cli_option options[] = {
		OPT_LIST('m', "model", &s.models, "MODEL",
		         "model to export; several become members"),
		OPT_STRING('o', "out", &s.out, "FILE", "model to write"),
		OPT_FLAG('a', "average", &s.average,
		         "write the running mean of the weights"),
		OPT_CHOICE('p', "precision", &s.precision, "f32|f16|bf16",
		           "type of the weights in the file"),
		OPT_FLOAT('T', "temperature", &s.temperature, 0, 100,
		          "of the probabilities; 0: as it is"),
		OPT_STRING(0, "shares", &s.shares, "N,...",
		           "weights of the members, if not equal"),
		OPT_END
	};
	const struct cli_about about = {
		"write a model without its training state", "", 0, 0
	};
	struct lineage lineage;
	struct model m;

	cli_parse(argc, argv, options, &about);
	if (s.temperature > 0 && s.temperature < .01f)
		die_usage("--temperature: want 0, or 0.01 to 100");
	if (s.models.length == 0 || !s.out)
		die_usage("--model and --out are needed");
	model_file_protect(s.out);
	members_join(&m, &lineage, &s);
	export(&m, &lineage, &s);
	lineage_release(&lineage);
	model_release(&m);
	free(s.models.value);
	return STATUS_OK;
}
