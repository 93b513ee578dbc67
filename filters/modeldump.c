/*
 * modeldump - what is in a model file
 *
 *	modeldump student.safetensors
 *	modeldump --key passes student.safetensors
 *
 * Prints the metadata, then a line a tensor: name, type, shape.
 * See modeldump(1) and tunne-model(5).
 */
#include <stdio.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/utf8.h"
#include "model/safetensors.h"

/* Every line of a text, those after the first set in. */
static void
lines_print(const char *text, int indent)
{
	for (const char *end = text + strlen(text); text < end;)
		if (*text == '\n') {
			printf("\n%*s", indent, "");
			text++;
		} else {
			text += utf8_put(stdout, text, (size_t)(end - text));
		}
	putchar('\n');
}

static void
text_print(const char *key, const char *text)
{
	utf8_print(stdout, key, 12);
	putchar(' ');
	lines_print(text, 13);
}

static void
tensor_print(const struct safetensors_entry *e)
{
	utf8_print(stdout, e->name, 32);
	putchar(' ');
	utf8_print(stdout, e->type_name, 5);
	printf(" [");
	for (int i = 0; i < e->ndim; i++)
		printf("%s%zu", i ? "," : "", e->dim[i]);
	printf("]\n");
}

static void
file_print(const struct safetensors *s)
{
	for (size_t i = 0; i < s->metadata_count; i++)
		text_print(s->metadata[i].key, s->metadata[i].value);
	putchar('\n');
	for (size_t i = 0; i < s->entries; i++)
		tensor_print(&s->entry[i]);
}

int
main(int argc, char *argv[])
{
	const char *key = NULL, *value, *why, *path;
	const struct cli_option options[] = {
		OPT_STRING('k', "key", &key, "KEY",
		           "print this value of the metadata alone"),
		OPT_END
	};
	const struct cli_about about = {
		"print what is in a model file", "FILE", 1, 1
	};
	struct safetensors s;

	path = argv[cli_parse(argc, argv, options, &about)];
	why = safetensors_open(&s, path);
	if (why)
		die("%s: %s", path, why);
	value = key ? safetensors_metadata(&s, key) : NULL;
	if (key && !value)
		die("%s: no \"%s\" in its metadata", path, key);
	if (key)
		lines_print(value, 0);
	else
		file_print(&s);
	if (fflush(stdout) != 0 || ferror(stdout))
		die("write <stdout>:");
	safetensors_release(&s);
	return STATUS_OK;
}
