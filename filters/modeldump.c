/*
 * modeldump - print the contents of a model
 *
 *	modeldump student.safetensors
 *	modeldump --key passes teacher/
 *
 * Prints the metadata of a file, or the shape, classes and metadata of a
 * directory of Hugging Face; then name, type and shape of each tensor.
 * See modeldump(1) and tunne-model(5).
 */
#include <stdio.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/utf8.h"
#include "model/model.h"
#include "weights/digest.h"

/* Indents all lines of a text but the first. */
static void
lines_print(const char *text, int indent)
{
	for (const char *end = text + strlen(text); text < end;)
		if (*text == '\n') {
			printf("\n%*s", indent, "");
			text++;
		} else if (*text == '\t' && indent == 0) { /* for cut */
			putchar(*text++);
		} else {
			text += utf8_put(stdout, text, (size_t)(end - text));
		}
	putchar('\n');
}

/* Of digests only the number is printed. */
static void
text_print(const char *key, const char *text)
{
	utf8_print(stdout, key, 12);
	putchar(' ');
	if (strcmp(key, "utterances") == 0)
		printf("%zu\n", (strlen(text) + 1) / SEEN_IDS_LINE);
	else
		lines_print(text, 13);
}

/* The longest name, within reason. */
static size_t
names_width(const struct safetensors *s)
{
	size_t width = 32;

	for (size_t i = 0; i < s->entries; i++) {
		size_t length = strlen(s->entry[i].name);

		if (length > width && length < 80)
			width = length;
	}
	return width;
}

static void
tensor_print(const struct safetensors_entry *e, size_t width)
{
	utf8_print(stdout, e->name, width);
	putchar(' ');
	utf8_print(stdout, e->type_name, 5);
	printf(" [");
	for (int i = 0; i < e->ndim; i++)
		printf("%s%zu", i ? "," : "", e->dim[i]);
	printf("]\n");
}

/* The value of one key, whole. */
static void
value_print(const char *path, const char *key, const struct model_texts *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->text[i].key, key) == 0) {
			lines_print(t->text[i].value, 0);
			return;
		}
	die("%s: no \"%s\" in its metadata", path, key);
}

static void
model_print(const struct model_description *d)
{
	const struct model_texts *t = &d->metadata;
	size_t width = names_width(d->file);

	for (size_t i = 0; i < t->count; i++)
		text_print(t->text[i].key, t->text[i].value);
	putchar('\n');
	for (size_t i = 0; i < d->file->entries; i++)
		tensor_print(&d->file->entry[i], width);
}

int
main(int argc, char *argv[])
{
	const char *key = NULL, *path;
	struct cli_option options[] = {
		OPT_STRING('k', "key", &key, "KEY",
		           "print only the value of this key"),
		OPT_END
	};
	const struct cli_about about = {
		"print the contents of a model", "MODEL", 1, 1
	};
	struct model_description d;

	path = argv[cli_parse(argc, argv, options, &about)];
	model_describe(&d, path);
	if (key)
		value_print(path, key, &d.metadata);
	else
		model_print(&d);
	model_description_release(&d);
	if (fflush(stdout) != 0 || ferror(stdout))
		die("write <stdout>:");
	return STATUS_OK;
}
