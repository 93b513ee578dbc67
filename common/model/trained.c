#include <stdlib.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "model/safetensors.h"
#include "model/trained.h"

void
trained_warn(const char *path)
{
	struct stat st;
	struct safetensors s;
	const char *passes;
	char *file;

	if (stat(path, &st) != 0 ||
	    (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return;
	file = S_ISDIR(st.st_mode) ? xasprintf("%s/model.safetensors", path)
	                           : xstrdup(path);
	passes = safetensors_open(&s, file)
		? NULL : safetensors_metadata(&s, "passes");
	if (passes && strtoul(passes, NULL, 10) > 0)
		warn("%s: replaces a model that was trained, of %.20s passes",
		     path, passes);
	safetensors_release(&s);
	free(file);
}
