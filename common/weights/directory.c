#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/xalloc.h"
#include "weights/directory.h"
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

/* "DIR/FILE: reason", or NULL for NULL; frees the reason. */
static char *
blame(const struct directory *d, const char *file, char *reason)
{
	char *why = reason ? xasprintf("%s/%s: %s", d->name, file, reason)
	                   : NULL;

	free(reason);
	return why;
}

char *
directory_config_wrong(const struct directory *d, char *reason)
{
	return blame(d, CONFIG, reason);
}

char *
directory_preprocessor_wrong(const struct directory *d, char *reason)
{
	return blame(d, PREPROCESSOR, reason);
}

char *
directory_weights_wrong(const struct directory *d, char *reason)
{
	return blame(d, d->weights.parts ? INDEX : WEIGHTS, reason);
}

static char *
text_open(const struct directory *d, const char *file, struct json **json,
          char **text)
{
	char *path = path_of(d, file), *why;

	*json = json_read(path, text, &why);
	free(path);
	return *json ? NULL : why;
}

char *
directory_open(struct directory *d, const char *path)
{
	size_t length = strlen(path);
	char *why;

	*d = (struct directory){ .name = xstrdup(path) };
	while (length > 1 && d->name[length - 1] == '/')
		d->name[--length] = '\0';
	if (!exists(d, CONFIG))
		return blame(d, CONFIG, xasprintf(
			"%s (a folder is a network of Hugging Face, a student "
			"is a file)", strerror(errno)));
	why = text_open(d, CONFIG, &d->json, &d->json_text);
	if (!why && exists(d, PREPROCESSOR))
		why = text_open(d, PREPROCESSOR, &d->preprocessor,
		                &d->preprocessor_text);
	return why;
}

char *
directory_weights(struct directory *d)
{
	char *path, *why = NULL;
	const char *reason;

	if (!exists(d, WEIGHTS) && exists(d, INDEX))
		return weight_map_open(&d->weights, d->name, INDEX);
	if (!exists(d, WEIGHTS) && exists(d, PICKLE))
		return xasprintf("%s: has only %s, which is a program more "
			"than data; there, run once: python3 -c \"import "
			"torch as t, safetensors.torch as s; s.save_file({k: "
			"v.clone() for k, v in t.load('%s', "
			"weights_only=True).items()}, '%s')\"", d->name,
			PICKLE, PICKLE, WEIGHTS);
	path = path_of(d, WEIGHTS);
	reason = safetensors_open(&d->weights, path);
	if (reason)
		why = xasprintf("%s: %s", path, reason);
	free(path);
	return why;
}

void
directory_release(struct directory *d)
{
	json_release(d->json);
	free(d->json_text);
	json_release(d->preprocessor);
	free(d->preprocessor_text);
	safetensors_release(&d->weights);
	free(d->name);
	*d = (struct directory){ .name = NULL };
}

/*
 * The file whose stamp is that of the weights.  While a model is replaced, the
 * new state is under the second name.
 */
char *
directory_training(struct safetensors *s, const struct directory *d)
{
	static const char *const files[] = {
		"training.safetensors", "training.next.safetensors"
	};
	const char *want = safetensors_metadata(&d->weights, "stamp");
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
