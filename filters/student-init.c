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

/* Named sizes: with 83 features and 4 classes 0.2, 1.4 and 5.6 million. */
static const struct student_shape sizes[] = {
	{ .width = 64, .heads = 4, .blocks = "caca" },
	{ .width = 144, .heads = 4, .blocks = "cacaca" },
	{ .width = 256, .heads = 8, .blocks = "cacacaca" }
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
		if (!*word || count == STUDENT_CLASSES_MAX ||
		    strpbrk(word, "\t\n"))
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

/* What the options say; -1 and NULL leave a size as it is. */
struct wishes {
	const char *out, *classes, *features, *blocks;
	int size, width, heads, seed;
};

static void
shape_choose(struct model *m, const struct wishes *w)
{
	if (!features_type_parse(&m->features, w->features))
		die_usage("--features %s: want a type such as 'fbank80+pitch "
		          "16000/400/160'", w->features);
	if (w->blocks && strlen(w->blocks) > STUDENT_BLOCKS_MAX)
		die_usage("--blocks: more than %d", STUDENT_BLOCKS_MAX);
	m->shape = sizes[w->size];
	if (w->width >= 0)
		m->shape.width = (size_t)w->width;
	if (w->heads >= 0)
		m->shape.heads = (size_t)w->heads;
	if (w->blocks)
		strcpy(m->shape.blocks, w->blocks);
}

static int
student_init(const struct wishes *w)
{
	const char *class_list[STUDENT_CLASSES_MAX];
	struct model m = { .classes = class_list };
	char *copy = xstrdup(w->classes);

	shape_choose(&m, w);
	m.shape.classes = classes_split(class_list, copy);
	model_start(&m, w->out, (unsigned long)w->seed);
	model_write(w->out, &m, NULL, TYPE_F32, NULL, 0, NULL, 0);
	params_release(&m.params);
	free(m.block);
	free(copy);
	return STATUS_OK;
}

int
main(int argc, char *argv[])
{
	struct wishes w = {
		.classes = "anger,happiness,neutral,sadness",
		.features = "fbank80+pitch 16000/400/160",
		.size = 1, .width = -1, .heads = -1, .seed = 1
	};
	const struct cli_option options[] = {
		OPT_STRING('o', "out", &w.out, "FILE", "the model to write"),
		OPT_STRING('c', "classes", &w.classes, "LIST", "their names"),
		OPT_CHOICE('a', "arch", &w.size, "small|base|large", "size"),
		OPT_INT(0, "width", &w.width, -1, 4096, "-1: the size's"),
		OPT_INT(0, "heads", &w.heads, -1, 64, "-1: the size's"),
		OPT_STRING(0, "blocks", &w.blocks, "LETTERS",
		           "c convolution, a attention, as in cacaca"),
		OPT_STRING('f', "features", &w.features, "TYPE",
		           "as features.type in the frames"),
		OPT_INT('s', "seed", &w.seed, 0, 1 << 30, "of the weights"),
		OPT_END
	};
	const struct cli_about about = {
		"make a fresh compact student", "", 0, 0
	};

	cli_parse(argc, argv, options, &about);
	if (!w.out)
		die_usage("--out is missing: the file to write");
	return student_init(&w);
}
