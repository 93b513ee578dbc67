#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xalloc.h"
#include "weights/directory.h"

#define ADAPTER "a PEFT adapter, not a whole network; in Python, load it " \
	"onto its base model, then merge_and_unload() and save_pretrained(...)"

/* Weights that are not a file of safetensors, and how they become one. */
static const struct { const char *file, *advice; } foreign[] = {
	{ "adapter_config.json", ADAPTER },
	{ "adapter_model.safetensors", ADAPTER },
	{ "pytorch_model.bin",
	  "which is a program more than data; there, run once: python3 -c "
	  "\"import torch as t, safetensors.torch as s; s.save_file({k: "
	  "v.clone() for k, v in t.load('pytorch_model.bin', "
	  "weights_only=True).items()}, 'model.safetensors')\"" },
	{ "pytorch_model.bin.index.json",
	  "of files that are programs more than data; there, run once: "
	  "python3 -c \"import glob, torch as t, safetensors.torch as s; "
	  "s.save_file({k: v.clone() for f in glob.glob('pytorch_model-*.bin')"
	  " for k, v in t.load(f, weights_only=True).items()}, "
	  "'model.safetensors')\"" },
	{ "tf_model.h5",
	  "weights of TensorFlow; in Python, with transformers 4, load the "
	  "model with from_pretrained(..., from_tf=True), then "
	  "save_pretrained(..., safe_serialization=True)" },
	{ "flax_model.msgpack",
	  "weights of Flax; in Python, with transformers 4, load the model "
	  "with from_pretrained(..., from_flax=True), then "
	  "save_pretrained(..., safe_serialization=True)" },
};

enum { ADAPTERS = 2, FOREIGN = sizeof foreign / sizeof foreign[0] };

/* The first of these in the directory. */
static char *
find(const char *directory, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", directory, foreign[i].file);
		bool exists = access(path, F_OK) == 0;

		free(path);
		if (exists)
			return xasprintf("%s: has only %s, %s", directory,
			                 foreign[i].file, foreign[i].advice);
	}
	return NULL;
}

char *
directory_adapter(const char *directory)
{
	return find(directory, ADAPTERS);
}

char *
directory_foreign(const char *directory)
{
	return find(directory, FOREIGN);
}

/* github.com/git-lfs/git-lfs, docs/spec.md: a pointer's first line */
bool
directory_pointer(const char *path)
{
	static const char first[] = "version https://git-lfs.github.com/spec/";
	char begin[sizeof first] = "";
	struct stat about;
	bool file = stat(path, &about) == 0 && S_ISREG(about.st_mode);
	FILE *fp = file ? fopen(path, "rb") : NULL;
	size_t n = fp ? fread(begin, 1, sizeof first - 1, fp) : 0;

	if (fp)
		fclose(fp);
	return n == sizeof first - 1 && strcmp(begin, first) == 0;
}

char *
directory_wrong(const char *path, const char *reason)
{
	return xasprintf("%s: %s", path, directory_pointer(path)
	                 ? "a pointer of Git LFS, not yet the file itself "
	                   "(run: git lfs pull)" : reason);
}
