/*
 * modeldump - what is in a model
 *
 *	modeldump student.safetensors
 *	modeldump --key passes teacher/
 *
 * Prints the metadata of a file, or the shape, classes and metadata of a
 * directory of Hugging Face; then a line a tensor: name, type, shape.
 * See modeldump(1) and tunne-model(5).
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/utf8.h"
#include "model/describe.h"
#include "weights/seen_ids.h"

/* Every line of a text, those after the first set in. */
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

/* Digests tell people nothing: how many there are is enough. */
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

/* All of it, or the value of a key alone. */
static void
model_print(const char *path, const char *key,
            const struct safetensors_text *text, size_t texts,
            const struct safetensors *s)
{
	size_t width;

	for (size_t i = 0; i < texts; i++) {
		if (!key)
			text_print(text[i].key, text[i].value);
		else if (strcmp(text[i].key, key) == 0) {
			lines_print(text[i].value, 0);
			return;
		}
	}
	if (key)
		die("%s: no \"%s\" in its metadata", path, key);
	putchar('\n');
	width = names_width(s);
	for (size_t i = 0; i < s->entries; i++)
		tensor_print(&s->entry[i], width);
}

static void
directory_print(const char *path, const char *key)
{
	struct encoder_directory d;
	struct safetensors_text *text;
	const char *why =
		encoder_directory_open(&d, path, ENCODER_USE_ANY);
	size_t texts;

	if (why)
		die("%s", why);
	texts = describe_directory(&text, &d);
	model_print(path, key, text, texts, &d.files.weights);
	describe_release(text, texts);
	encoder_directory_release(&d);
}

static void
file_print(const char *path, const char *key)
{
	struct safetensors s;
	const char *why = safetensors_open(&s, path);

	if (why)
		die("%s: %s", path, why);
	model_print(path, key, s.metadata, s.metadata_count, &s);
	safetensors_release(&s);
}

int
main(int argc, char *argv[])
{
	const char *key = NULL, *path;
	struct cli_option options[] = {
		OPT_STRING('k', "key", &key, "KEY",
		           "print this value of the metadata alone"),
		OPT_END
	};
	const struct cli_about about = {
		"print what is in a model", "MODEL", 1, 1
	};
	struct stat st;

	path = argv[cli_parse(argc, argv, options, &about)];
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		directory_print(path, key);
	else
		file_print(path, key);
	if (fflush(stdout) != 0 || ferror(stdout))
		die("write <stdout>:");
	return STATUS_OK;
}
