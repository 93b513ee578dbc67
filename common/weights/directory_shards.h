/* directory_shards.h - the names of the files that weights are split into */
#pragma once

#include <stdbool.h>

struct texts;

#define DIRECTORY_INDEX "model.safetensors.index.json"

/* Whether a name of an index stays in its directory. */
bool directory_shard_proper(const char *name);

/* Adds the files of the index, if there is one that can be read. */
void directory_shards_list(struct texts *files, const char *directory);
