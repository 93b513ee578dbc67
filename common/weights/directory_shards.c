#include <stdlib.h>
#include <string.h>

#include "core/texts.h"
#include "core/xalloc.h"
#include "weights/directory_shards.h"
#include "weights/json.h"

bool
directory_shard_proper(const char *name)
{
	static const char end[] = ".safetensors";
	size_t length = strlen(name);

	return name[0] != '.' && !strchr(name, '/') && length < 256 &&
	       length >= sizeof end &&
	       strcmp(name + length + 1 - sizeof end, end) == 0;
}

/* "model-00001-of-00002.safetensors", and the like */
static bool
is_part(const char *name)
{
	return directory_shard_proper(name) && strstr(name, "-of-");
}

void
directory_shards_list(struct texts *files, const char *directory)
{
	char *path = xasprintf("%s/%s", directory, DIRECTORY_INDEX), *why;
	struct json *index = json_read(path, NULL, &why);
	const struct json *j = json_find(index, "weight_map");

	for (j = json_first(j); j; j = json_next(j))
		if (json_text(j) && is_part(json_text(j)))
			texts_add(files, json_text(j));
	json_release(index);
	free(why);
	free(path);
}
