#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "weights/safetensors.h"
#include "weights/trained.h"

static size_t
number_of(const struct safetensors *s, const char *key)
{
	const char *text = safetensors_metadata(s, key);

	return text ? strtoull(text, NULL, 10) : 0;
}

bool
trained_read(const char *path, size_t *passes, size_t *batches)
{
	struct stat st;
	struct safetensors s;
	char *file;
	bool there;

	if (stat(path, &st) != 0 ||
	    (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return false;
	file = S_ISDIR(st.st_mode) ? xasprintf("%s/model.safetensors", path)
	                           : xstrdup(path);
	there = !safetensors_open(&s, file);
	if (there) {
		*passes = number_of(&s, "passes");
		*batches = number_of(&s, "batches");
	}
	safetensors_release(&s);
	free(file);
	return there;
}

void
trained_spare(const char *path)
{
	static const char no_model[] = ", not a model";
	struct safetensors s;
	struct stat st;
	const char *why, *end;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	why = safetensors_open(&s, path);
	end = why ? strstr(why, no_model) : NULL;
	if (end)
		die("%s: is there, and %.*s%s: it is not replaced (remove it, "
		    "or write elsewhere)", path, (int)(end - why), why,
		    no_model);
	safetensors_release(&s);
}

void
trained_warn(const char *path, bool folder)
{
	size_t passes, batches;
	struct stat st;

	trained_spare(path);
	if (stat(path, &st) != 0 || S_ISDIR(st.st_mode) != folder ||
	    !trained_read(path, &passes, &batches))
		return;
	if (passes > 0)
		warn("%s: replaces a model that was trained, of %zu passes",
		     path, passes);
	else if (batches > 0)
		warn("%s: replaces a model in training, %zu batches into its "
		     "first pass", path, batches);
}
