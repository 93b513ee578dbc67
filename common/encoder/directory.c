#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/directory.h"
#include "weights/json.h"
#include "weights/weight_map.h"

static const char CONFIG[] = "config.json";
static const char PREPROCESSOR[] = "preprocessor_config.json";
static const char WEIGHTS[] = "model.safetensors";
static const char INDEX[] = "model.safetensors.index.json";
static const char PICKLE[] = "pytorch_model.bin";

static char *
path_of(const struct directory *d, const char *file)
{
	return xasprintf("%s/%s", d->name, file);
}

static bool
exists(const struct directory *d, const char *file)
{
	char *path = path_of(d, file);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

/* "DIR/FILE: reason" of a reason that is freed; NULL of NULL. */
static char *
blame(const struct directory *d, const char *file, char *reason)
{
	char *why = reason ? xasprintf("%s/%s: %s", d->name, file, reason)
	                   : NULL;

	free(reason);
	return why;
}

static char *
config_open(struct directory *d)
{
	char *path = path_of(d, CONFIG), *why;

	if (!exists(d, CONFIG)) {
		why = xasprintf("%s: %s (a folder is a network of Hugging "
		                "Face, a student is a file)", path,
		                strerror(errno));
		free(path);
		return why;
	}
	d->json = json_read(path, &d->json_text, &why);
	free(path);
	if (!d->json)
		return why;
	why = encoder_config_read(&d->config, d->json);
	if (!why)
		why = encoder_architecture_read(&d->config, d->json);
	return blame(d, CONFIG, why);
}

/* transformers' own defaults stand in for a file that is not there. */
static char *
preprocessor_open(struct directory *d)
{
	char *path, *why;

	if (!exists(d, PREPROCESSOR)) {
		if (program_verbosity() >= 0)
			warn("%s/%s is missing: audio is brought to mean 0 "
			     "and variance 1, as usual", d->name,
			     PREPROCESSOR);
		d->config.normalize = true;
		return NULL;
	}
	path = path_of(d, PREPROCESSOR);
	d->preprocessor = json_read(path, &d->preprocessor_text, &why);
	free(path);
	return why ? why
	           : blame(d, PREPROCESSOR,
	                   encoder_preprocessor_read(&d->config,
	                                             d->preprocessor));
}

static char *
weights_open(struct directory *d)
{
	char *path, *why = NULL;
	const char *reason;

	if (!exists(d, WEIGHTS) && exists(d, INDEX))
		return weight_map_open(&d->file, d->name, INDEX);
	if (!exists(d, WEIGHTS) && exists(d, PICKLE))
		return xasprintf("%s: has only %s, which is a program more "
			"than data; there, run once: python3 -c \"import "
			"torch as t, safetensors.torch as s; s.save_file({k: "
			"v.clone() for k, v in t.load('%s', "
			"weights_only=True).items()}, '%s')\"", d->name,
			PICKLE, PICKLE, WEIGHTS);
	path = path_of(d, WEIGHTS);
	reason = safetensors_open(&d->file, path);
	if (reason)
		why = xasprintf("%s: %s", path, reason);
	free(path);
	return why;
}

/* Its width is not in the configuration, nor has it layer weights. */
static char *
dense_read(struct directory *d, const struct safetensors_entry *dense)
{
	const struct json *j = json_find(d->json, "pooling_mode");
	const char *mode = json_text(j);

	if (j && (!mode || strcmp(mode, "mean") != 0))
		return xasprintf("%s/%s: pooling_mode \"%s\" is not "
		                 "supported, only mean", d->name, CONFIG,
		                 mode ? mode : "(no text)");
	d->config.head = ENCODER_HEAD_DENSE;
	d->config.layer_sum = false;
	d->config.projector = dense->ndim == 2 ? dense->dim[0] : 0;
	if (d->config.projector < 1 || d->config.projector > 8192)
		return xasprintf("%s: tensor %s: want [1..8192,%zu]", d->name,
		                 dense->name, d->config.width);
	return NULL;
}

static char *
head_read(struct directory *d, enum directory_use use)
{
	const struct safetensors_entry *dense =
		safetensors_find(&d->file, "classifier.dense.weight");
	char *why = NULL;

	if (use == DIRECTORY_ENCODER) {
		d->config.head = ENCODER_HEAD_NONE;
		return NULL;
	}
	if (dense)
		why = dense_read(d, dense);
	else if (safetensors_find(&d->file, "projector.weight"))
		d->config.head = ENCODER_HEAD_PROJECTOR;
	if (!why && d->config.head != ENCODER_HEAD_NONE)
		why = blame(d, CONFIG,
		            encoder_labels_read(&d->config, d->json));
	if (!why && d->config.head == ENCODER_HEAD_NONE &&
	    use == DIRECTORY_CLASSIFIER)
		why = xasprintf("%s: has no classes to tell: \"student-init "
		                "--from %s\" gives it a head to train",
		                d->name, d->name);
	return why;
}

static char *
tensors_check(struct directory *d)
{
	struct params p = { .param = NULL };
	struct encoder_weights w;
	char *why;

	encoder_spelling_read(&d->spelling, &d->file, d->config.family);
	encoder_layout(&p, &w, &d->config, &d->spelling);
	why = params_check(&p, &d->file);
	params_release(&p);
	encoder_weights_release(&w);
	return d->file.parts ? blame(d, INDEX, why) : blame(d, WEIGHTS, why);
}

const char *
directory_open(struct directory *d, const char *path, enum directory_use use)
{
	size_t length = strlen(path);

	*d = (struct directory){ .name = xstrdup(path) };
	while (length > 1 && d->name[length - 1] == '/')
		d->name[--length] = '\0';
	d->why = config_open(d);
	if (!d->why)
		d->why = preprocessor_open(d);
	if (!d->why)
		d->why = weights_open(d);
	if (!d->why)
		d->why = head_read(d, use);
	if (!d->why)
		d->why = tensors_check(d);
	return d->why;
}

void
directory_release(struct directory *d)
{
	json_release(d->json);
	free(d->json_text);
	json_release(d->preprocessor);
	free(d->preprocessor_text);
	encoder_config_release(&d->config);
	safetensors_release(&d->file);
	free(d->name);
	free(d->why);
	*d = (struct directory){ .name = NULL };
}

/*
 * The one whose stamp is that of the weights.  While a model is replaced the
 * new state lies under the second name.
 */
char *
directory_training(struct safetensors *s, const struct directory *d)
{
	static const char *const files[] = {
		"training.safetensors", "training.next.safetensors"
	};
	const char *want = safetensors_metadata(&d->file, "stamp");
	char *reason = NULL;

	*s = (struct safetensors){ .entry = NULL };
	for (int i = 0; want && i < 2; i++) {
		char *path = path_of(d, files[i]);
		const char *why = safetensors_open(s, path);
		const char *have = why ? NULL
		                       : safetensors_metadata(s, "stamp");

		if (why && !reason && access(path, F_OK) == 0)
			reason = xasprintf("%s: %s; without this file the "
			                   "optimiser begins anew", files[i],
			                   why);
		free(path);
		if (have && strcmp(have, want) == 0) {
			free(reason);
			return NULL;
		}
		safetensors_release(s);
	}
	return reason;
}
