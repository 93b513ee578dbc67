/*
 * student-init - make a fresh model file
 *
 *	student-init -c anger,happiness,neutral,sadness -o student.safetensors
 *
 * Writes a compact student with random weights from a seed: the same command
 * writes the same bytes.  See student-init(1) and tunne-model(5).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "model/model.h"

/* Named sizes: with 83 features and 4 classes 0.25, 1.4 and 5.7 million. */
static const struct student_shape sizes[] = {
	{ .width = 64, .heads = 4, .summary = 32, .blocks = "caca" },
	{ .width = 144, .heads = 4, .summary = 64, .blocks = "cacaca" },
	{ .width = 256, .heads = 8, .summary = 96, .blocks = "cacacaca" }
};

/* Splits "a,b,c" in place. */
static size_t
classes_split(const char **classes, char *text)
{
	size_t count = 0;

	for (char *word = text; word;) {
		char *comma = strchr(word, ',');

		if (comma)
			*comma++ = '\0';
		if (!*word || count == STUDENT_CLASSES_MAX)
			die_usage("--classes: want 1 to %d names with commas "
			          "between them", STUDENT_CLASSES_MAX);
		for (size_t i = 0; i < count; i++)
			if (strcmp(classes[i], word) == 0)
				die_usage("--classes: %s twice", word);
		classes[count++] = word;
		word = comma;
	}
	return count;
}

int
main(int argc, char *argv[])
{
	int size = 1, width = 0, heads = 0, summary = -1, seed = 1;
	const char *out = NULL, *blocks = NULL;
	const char *classes = "anger,happiness,neutral,sadness";
	const char *features = "fbank80+pitch 16000/400/160";
	const struct cli_option options[] = {
		OPT_STRING('o', "out", &out, "FILE", "the model to write"),
		OPT_STRING('c', "classes", &classes, "LIST", "their names"),
		OPT_CHOICE('a', "arch", &size, "small|base|large", "size"),
		OPT_INT(0, "width", &width, 0, 4096, "instead of the size's"),
		OPT_INT(0, "heads", &heads, 0, 64, "instead of the size's"),
		OPT_INT(0, "summary", &summary, -1, 4096,
		        "of the functionals; -1 as the size"),
		OPT_STRING(0, "blocks", &blocks, "LETTERS",
		           "c convolution, a attention, as in cacaca"),
		OPT_STRING('f', "features", &features, "TYPE",
		           "as features.type in the frames"),
		OPT_INT('s', "seed", &seed, 0, 1 << 30, "of the weights"),
		OPT_END
	};
	const struct cli_about about = {
		"Makes a fresh compact student.", "", 0, 0
	};
	const char *class_list[STUDENT_CLASSES_MAX];
	struct model m = { .classes = class_list };
	char *copy;

	cli_parse(argc, argv, options, &about);
	if (!out)
		die_usage("--out is missing: the file to write");
	if (!features_type_parse(&m.features, features))
		die_usage("--features %s: want a type such as 'fbank80+pitch "
		          "16000/400/160'", features);
	if (blocks && strlen(blocks) > STUDENT_BLOCKS_MAX)
		die_usage("--blocks: more than %d", STUDENT_BLOCKS_MAX);
	m.shape = sizes[size];
	if (width)
		m.shape.width = (size_t)width;
	if (heads)
		m.shape.heads = (size_t)heads;
	if (summary >= 0)
		m.shape.summary = (size_t)summary;
	if (blocks)
		strcpy(m.shape.blocks, blocks);
	copy = xstrdup(classes);
	m.shape.classes = classes_split(class_list, copy);
	model_start(&m, out, (unsigned long)seed);
	model_write(out, &m, NULL, TYPE_F32, NULL, 0, NULL, 0);
	params_release(&m.params);
	free(m.block);
	free(copy);
	return STATUS_OK;
}
