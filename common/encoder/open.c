#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/open.h"
#include "weights/json.h"

static char *
config_read(struct encoder_directory *d)
{
	char *why = encoder_config_read(&d->config, d->files.json);

	if (!why)
		why = encoder_architecture_read(&d->config, d->files.json);
	return directory_config_wrong(&d->files, why);
}

/* Of two files the first counts, as in transformers. */
static void
overruled_warn(const struct encoder_directory *d)
{
	struct encoder_config other = { .normalize = false };
	char *why = encoder_preprocessor_read(&other, d->files.overruled);

	if (why)
		warn("%s: preprocessor_config.json does not count, "
		     "processor_config.json does, as in transformers; the "
		     "former: %s", d->files.name, why);
	else if (other.normalize != d->config.normalize)
		warn("%s: do_normalize is %s, as processor_config.json says; "
		     "preprocessor_config.json says otherwise, but does not "
		     "count, as in transformers", d->files.name,
		     d->config.normalize ? "true" : "false");
	free(why);
}

/* The defaults of transformers stand in for a missing file. */
static char *
preprocessor_read(struct encoder_directory *d)
{
	if (d->files.preprocessor) {
		char *why = encoder_preprocessor_read(&d->config,
		                                      d->files.preprocessor);

		if (!why && d->files.overruled && program_verbosity() >= 0)
			overruled_warn(d);
		return directory_preprocessor_wrong(&d->files, why);
	}
	if (d->config.family == ENCODER_WHISPER)
		return NULL;
	if (program_verbosity() >= 0)
		warn("%s/preprocessor_config.json is missing: audio is "
		     "normalised to mean 0 and variance 1",
		     d->files.name);
	d->config.normalize = true;
	return NULL;
}

/* A dense head: config.json has no width for it, and it no layer weights. */
static char *
dense_read(struct encoder_directory *d, const struct safetensors_entry *dense)
{
	const struct json *j = json_given(d->files.json, "pooling_mode");
	const char *mode = json_text(j);

	if (j && (!mode || strcmp(mode, "mean") != 0))
		return directory_config_wrong(&d->files, xasprintf(
			"pooling_mode \"%s\" is not supported, only mean",
			mode ? mode : "(no text)"));
	d->config.head = ENCODER_HEAD_DENSE;
	d->config.layer_sum = false;
	d->config.projector = dense->ndim == 2 ? dense->dim[0] : 0;
	if (d->config.projector < 1 || d->config.projector > 8192)
		return xasprintf("%s: tensor %s: want [1..8192,%zu]",
		                 d->files.name, dense->name, d->config.width);
	return NULL;
}

static char *
states_read(struct encoder_directory *d)
{
	bool open;
	char *why = encoder_states_read(&d->config, d->files.json, &open);

	/* trained here before the field was written: after the norm */
	if (!json_given(d->files.json, "tie_last_hidden_states") &&
	    safetensors_metadata(&d->files.weights, "updates"))
		d->config.untied = open = false;
	if (!why && open && encoder_states_differ(&d->config) &&
	    program_verbosity() >= 0)
		warn("%s/config.json has neither tie_last_hidden_states nor "
		     "transformers_version: the weighted sum takes the last "
		     "state after the final norm, as transformers up to 5.15",
		     d->files.name);
	return why;
}

static char *
head_read(struct encoder_directory *d, enum encoder_use use)
{
	const struct safetensors_entry *dense =
		safetensors_find(&d->files.weights, "classifier.dense.weight");
	char *why = NULL;

	if (use == ENCODER_USE_ENCODER) {
		d->config.head = ENCODER_HEAD_NONE;
		return NULL;
	}
	if (dense)
		why = dense_read(d, dense);
	else if (safetensors_find(&d->files.weights, "projector.weight"))
		d->config.head = ENCODER_HEAD_PROJECTOR;
	if (!why && d->config.head != ENCODER_HEAD_NONE)
		why = directory_config_wrong(&d->files, encoder_labels_read(
			&d->config, d->files.json));
	if (!why && d->config.head != ENCODER_HEAD_NONE)
		why = directory_config_wrong(&d->files, states_read(d));
	if (!why && d->config.head == ENCODER_HEAD_NONE &&
	    use == ENCODER_USE_CLASSIFIER)
		why = xasprintf("%s: has no head with classes (student-init "
		                "--from %s adds one to train)",
		                d->files.name, d->files.name);
	return why;
}

static char *
tensors_check(struct encoder_directory *d)
{
	struct params p = { .param = NULL };
	struct encoder_weights w;
	char *why;

	encoder_spelling_read(&d->spelling, &d->files.weights,
	                      d->config.family);
	encoder_layout(&p, &w, &d->config, &d->spelling);
	why = params_check(&p, &d->files.weights);
	params_release(&p);
	encoder_weights_release(&w);
	return directory_weights_wrong(&d->files, why);
}

const char *
encoder_directory_open(struct encoder_directory *d, const char *path,
                       enum encoder_use use)
{
	*d = (struct encoder_directory){ .why = NULL };
	d->why = directory_open(&d->files, path);
	if (!d->why)
		d->why = config_read(d);
	if (!d->why)
		d->why = preprocessor_read(d);
	if (!d->why)
		d->why = directory_weights(&d->files);
	if (!d->why)
		d->why = head_read(d, use);
	if (!d->why)
		d->why = tensors_check(d);
	return d->why;
}

void
encoder_directory_release(struct encoder_directory *d)
{
	directory_release(&d->files);
	encoder_config_release(&d->config);
	free(d->why);
	*d = (struct encoder_directory){ .why = NULL };
}

void
encoder_directory_write(const char *path, const struct encoder_contents *c)
{
	const struct encoder_directory *old = c->from;
	char *config = encoder_config_text(
		c->config, c->extras.type, old ? old->files.json : NULL,
		old ? old->files.json_text : NULL,
		old ? &old->config : NULL);
	char *preprocessor = encoder_preprocessor_text(
		c->config, old ? old->files.preprocessor : NULL,
		old ? old->files.preprocessor_text : NULL);
	struct safetensors_source *weights =
		params_sources(c->params, NULL, c->extras.type, 0);
	const struct directory_contents contents = {
		.config = config, .preprocessor = preprocessor,
		.weights = weights, .weights_count = c->params->count,
		.old = old ? &old->files.weights : NULL,
		.extras = c->extras
	};

	directory_write(path, &contents);
	free(weights);
	free(config);
	free(preprocessor);
}
