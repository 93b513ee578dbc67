#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "weights/directory.h"
#include "weights/json.h"

/*
 * The member that transformers takes for what is done to the audio, rather than
 * preprocessor_config.json (feature_extraction_utils.py,
 * get_feature_extractor_dict); NULL: there is none.
 */
static const char *
member_name(const struct json *processor)
{
	static const char *const names[] = {
		"feature_extractor", "audio_processor"
	};

	for (int i = 0; i < 2; i++)
		if (json_find(processor, names[i]))
			return json_given(processor, names[i]) ? names[i]
			                                       : NULL;
	return NULL;
}

char *
directory_processor_read(struct directory *d)
{
	char *path = xasprintf("%s/%s", d->name, DIRECTORY_PROCESSOR);
	char *text, *why = NULL;
	const char *name, *refused;
	struct json *j;

	if (access(path, F_OK) == 0) {
		j = json_read(path, &text, &why);
		if (why && directory_pointer(path)) {
			free(why);
			why = directory_wrong(path, "");
		}
		name = member_name(j);
		if (name) {
			d->overruled = d->preprocessor;
			free(d->preprocessor_text);
			d->preprocessor_text = json_member_text(j, text, name);
			d->preprocessor = json_parse(
				d->preprocessor_text,
				strlen(d->preprocessor_text), &refused);
			d->nested = true;
		}
		if (j)
			free(text);
		json_release(j);
	}
	free(path);
	return why;
}

char *
directory_processor_text(const char *path, const char *preprocessor)
{
	char *file = xasprintf("%s/%s", path, DIRECTORY_PROCESSOR);
	char *old, *new = NULL, *why;
	struct json *j = json_read(file, &old, &why);
	const char *name = member_name(j), *refused;
	struct json *want = json_parse(preprocessor, strlen(preprocessor),
	                               &refused);
	size_t size;

	if (name && !json_equal(json_find(j, name), want)) {
		const struct json_change change = { name, preprocessor };
		FILE *fp = open_memstream(&new, &size);

		if (!fp)
			die("out of memory");
		json_edit(fp, j, old, &change, 1);
		if (ferror(fp) || fclose(fp) != 0)
			die("out of memory");
	}
	if (j)
		free(old);
	json_release(j);
	json_release(want);
	free(why);
	free(file);
	return new;
}
