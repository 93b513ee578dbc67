/*
 * student-init - make a fresh model
 *
 *	student-init -c anger,happiness,neutral,sadness -o student.safetensors
 *	student-init --from wav2vec2-base/ -c anger,neutral -o teacher/
 *
 * Writes a compact student with random weights from a seed, or a network of
 * Hugging Face with a fresh head: the same command writes the same bytes.
 * Only with --blocks fw it reads frames, whose functionals set the whitening.
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "encoder/encoder_init.h"
#include "model/model.h"
#include "student/functionals_whiten.h"

static const char standard_classes[] = "anger,happiness,neutral,sadness";
static const char standard_features[] = "fbank80+pitch 16000/400/160";
static const char standard_size[] = "base";

/* What the options say; -1 and NULL leave a size as it is. */
struct wishes {
	const char *out, *classes, *size, *features, *blocks, *from;
	int width, heads, projector, seed;
	bool keep_head, layer_sum;
};

static bool
is_network(const char *size)
{
	for (size_t i = 0; encoder_sizes[i]; i++)
		if (strcmp(encoder_sizes[i], size) == 0)
			return true;
	return false;
}

static void
shape_choose(struct model *m, const struct wishes *w)
{
	const struct student_shape *size = student_size(w->size);

	if (!size)
		die_usage("--arch %s: want small, base, large, or a network "
		          "such as w2v2-base or hubert-large", w->size);
	if (!features_type_parse(&m->features, w->features))
		die_usage("--features %s: want a type such as 'fbank80+pitch "
		          "16000/400/160'", w->features);
	if (w->blocks && strlen(w->blocks) > STUDENT_BLOCKS_MAX)
		die_usage("--blocks: more than %d", STUDENT_BLOCKS_MAX);
	m->shape = *size;
	if (w->width >= 0)
		m->shape.width = (size_t)w->width;
	if (w->heads >= 0)
		m->shape.heads = (size_t)w->heads;
	if (w->blocks)
		strcpy(m->shape.blocks, w->blocks);
}

static void
student_init(const struct wishes *w, const char **classes, size_t count)
{
	struct model m = { .classes = classes, .class_count = count };

	if (w->keep_head || w->layer_sum || w->projector)
		die_usage("--keep-head, --layer-sum and --projector are of "
		          "networks (--from, or --arch w2v2-base)");
	shape_choose(&m, w);
	cli_output_check(w->out, NULL, (char *[]){ NULL });
	m.shape.classes = count;
	model_start(&m, w->out, (unsigned long)w->seed);
	if (m.shape.whitened)
		functionals_whiten(m.member[0].weights.whiten.weight,
		                   m.member[0].weights.whiten.centre, "-",
		                   &m.features);
	model_write(w->out, &m, NULL, TYPE_F32, NULL, 0, NULL, 0);
	params_release(&m.params);
	free(m.block);
}

static void
teacher_init(const struct wishes *w, const char **classes, size_t count)
{
	const struct encoder_wishes n = {
		.from = w->from, .size = w->size, .classes = classes,
		.class_count = count, .keep_head = w->keep_head,
		.layer_sum = w->layer_sum, .projector = (size_t)w->projector,
		.seed = (unsigned long)w->seed
	};

	if (w->width >= 0 || w->heads >= 0 || w->blocks ||
	    w->features != standard_features)
		die_usage("--width, --heads, --blocks and --features are of "
		          "compact students");
	if (w->from && w->size != standard_size)
		die_usage("--from and --arch: want one of them");
	if (w->keep_head && (!w->from || w->layer_sum || w->projector))
		die_usage("--keep-head: needs --from, and leaves nothing to "
		          "--layer-sum and --projector");
	encoder_init(w->out, &n);
}

int
main(int argc, char *argv[])
{
	struct wishes w = {
		.classes = standard_classes, .features = standard_features,
		.size = standard_size, .width = -1, .heads = -1, .seed = 1
	};
	struct cli_option options[] = {
		OPT_STRING('o', "out", &w.out, "FILE", "the model to write"),
		OPT_STRING('c', "classes", &w.classes, "LIST", "their names"),
		OPT_STRING('a', "arch", &w.size, "SIZE",
		           "small, base, large, or w2v2-base, ..."),
		OPT_STRING(0, "from", &w.from, "DIR",
		           "a network of Hugging Face to begin with"),
		OPT_FLAG(0, "keep-head", &w.keep_head, "the network's"),
		OPT_FLAG(0, "layer-sum", &w.layer_sum,
		         "a network's head hears all layers"),
		OPT_INT(0, "projector", &w.projector, 0, 8192,
		        "a head's width; 0: as it is"),
		OPT_INT(0, "width", &w.width, -1, 4096, "-1: the size's"),
		OPT_INT(0, "heads", &w.heads, -1, 64, "-1: the size's"),
		OPT_STRING(0, "blocks", &w.blocks, "LETTERS",
		           "c convolution, a attention; f, fw: see man"),
		OPT_STRING('f', "features", &w.features, "TYPE",
		           "as features.type in the frames"),
		OPT_INT('s', "seed", &w.seed, 0, 1 << 30, "of the weights"),
		OPT_END
	};
	const struct cli_about about = { "make a fresh model", "", 0, 0 };
	const char *classes[STUDENT_CLASSES_MAX];
	size_t count = 0;
	char *copy;

	cli_parse(argc, argv, options, &about);
	if (!w.out)
		die_usage("--out is missing: the model to write");
	copy = xstrdup(w.classes);
	if (!w.keep_head || w.classes != standard_classes)
		count = cli_names(classes, STUDENT_CLASSES_MAX, copy,
		                  "--classes");
	(w.from || is_network(w.size) ? teacher_init : student_init)
		(&w, classes, count);
	free(copy);
	return STATUS_OK;
}
