/*
 * student-init - make a fresh model to train
 *
 *	student-init -c anger,happiness,neutral,sadness -o student.safetensors
 *	student-init --from wav2vec2-base/ -c anger,neutral -o teacher/
 *
 * Writes a compact student with random weights, a network of Hugging Face with
 * a fresh head, or a head over encodings.  The same command writes the same
 * bytes.  See student-init(1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/same_file.h"
#include "core/xalloc.h"
#include "encoder/encoder_init.h"
#include "model/model_head.h"
#include "model/model_student.h"

/* The values of the options. */
struct settings {
	const char *out, *classes, *size, *features, *blocks, *from, *whiten;
	const char *encodings;
	int width, heads, projector, layers, pooling, hidden, seed;
	bool keep_head, layer_sum, full;
};

static const char *const student_options[] = {
	"width", "heads", "blocks", "features", "whiten", NULL
};
static const char *const network_options[] = {
	"keep-head", "layer-sum", "pooling", "projector", "layers", "full",
	NULL
};

static bool
is_network(const char *size)
{
	for (size_t i = 0; encoder_sizes[i]; i++)
		if (strcmp(encoder_sizes[i], size) == 0)
			return true;
	return false;
}

static struct student_shape
shape_choose(const struct settings *s, const struct cli_option *options)
{
	const struct student_shape *size = student_size(s->size);
	struct student_shape shape;

	if (!size)
		die_usage("--arch %s: want small, base, large, or a network "
		          "such as w2v2-base or hubert-large", s->size);
	if (s->blocks && strlen(s->blocks) > STUDENT_BLOCKS_MAX)
		die_usage("--blocks: more than %d", STUDENT_BLOCKS_MAX);
	shape = *size;
	if (cli_given(options, "width"))
		shape.width = (size_t)s->width;
	if (cli_given(options, "heads"))
		shape.heads = (size_t)s->heads;
	if (s->blocks)
		strcpy(shape.blocks, s->blocks);
	return shape;
}

static void
student_init(const struct settings *s, const struct cli_option *options,
             const char *const *classes, size_t count)
{
	const char *wrong = cli_given_any(options, network_options);
	struct student_wishes w = {
		.classes = classes, .class_count = count, .whiten = s->whiten,
		.seed = (unsigned long)s->seed
	};

	if (wrong)
		die_usage("--%s is for networks (--from, or --arch w2v2-base)",
		          wrong);
	w.shape = shape_choose(s, options);
	if (!features_type_parse(&w.features, s->features))
		die_usage("--features %s: want a type such as 'fbank80+pitch "
		          "16000/400/160'", s->features);
	if (s->whiten && strcmp(w.shape.blocks, "fw") != 0)
		die_usage("--whiten is for --blocks fw");
	if (!s->whiten && strcmp(w.shape.blocks, "fw") == 0)
		die_usage("--blocks fw needs --whiten: frames whose "
		          "functionals set the whitening");
	if (s->whiten)
		cli_output_check(s->out, s->whiten, (char *[]){ "", NULL });
	model_student_create(s->out, &w);
}

static void
network_init(const struct settings *s, const struct cli_option *options,
             const char *const *classes, size_t count)
{
	static const char *const heads[] = {
		"layer-sum", "pooling", "projector", "layers", "full", NULL
	};
	const char *wrong = cli_given_any(options, student_options);
	const struct encoder_wishes w = {
		.from = s->from, .size = s->size, .classes = classes,
		.class_count = count, .keep_head = s->keep_head,
		.layer_sum = s->layer_sum, .projector = (size_t)s->projector,
		.layers = (size_t)s->layers, .full = s->full,
		.pooling = (enum encoder_pooling)s->pooling,
		.seed = (unsigned long)s->seed
	};

	if (wrong)
		die_usage("--%s is for compact students", wrong);
	if (s->from && cli_given(options, "arch"))
		die_usage("--from and --arch: want one of them");
	wrong = cli_given_any(options, heads);
	if (s->keep_head && wrong)
		die_usage("--keep-head excludes --%s", wrong);
	if (s->keep_head && !s->from)
		die_usage("--keep-head needs --from");
	if (s->layers && !s->from)
		die_usage("--layers needs --from");
	if (s->from && same_file(s->from, s->out))
		die_usage("--out %s: is the network of --from", s->out);
	encoder_init(s->out, &w);
}

static void
head_init(const struct settings *s, const struct cli_option *options,
          const char *const *classes, size_t count)
{
	static const char *const others[] = {
		"arch", "from", "keep-head", "layer-sum", "pooling",
		"projector", "layers", "full", "width", "heads", "blocks",
		"features", "whiten", NULL
	};
	const char *wrong = cli_given_any(options, others);
	const struct head_wishes w = {
		.classes = classes, .class_count = count,
		.hidden = (size_t)s->hidden, .encodings = s->encodings,
		.seed = (unsigned long)s->seed
	};

	if (wrong)
		die_usage("--%s and --encodings: want one of them", wrong);
	cli_output_check(s->out, s->encodings, (char *[]){ "", NULL });
	model_head_create(s->out, &w);
}

int
main(int argc, char *argv[])
{
	struct settings s = {
		.classes = "anger,happiness,neutral,sadness",
		.features = "fbank80+pitch 16000/400/160",
		.size = "base", .width = -1, .heads = -1, .hidden = 192,
		.seed = 1
	};
	struct cli_option options[] = {
		OPT_STRING('o', "out", &s.out, "FILE", "model to write"),
		OPT_STRING('c', "classes", &s.classes, "LIST",
		           "names of the classes"),
		OPT_STRING('a', "arch", &s.size, "SIZE",
		           "small, base, large, or w2v2-base, ..."),
		OPT_INT('s', "seed", &s.seed, 0, 1 << 30,
		        "seed of the random weights"),
		OPT_GROUP("Compact students"),
		OPT_STRING('f', "features", &s.features, "TYPE",
		           "features.type of the frames to read"),
		OPT_INT(0, "width", &s.width, -1, 4096,
		        "channels; -1: as of -a"),
		OPT_INT(0, "heads", &s.heads, -1, 64,
		        "heads of attention; -1: as of -a"),
		OPT_STRING(0, "blocks", &s.blocks, "LETTERS",
		           "c convolution, a attention; or f, fw"),
		OPT_STRING(0, "whiten", &s.whiten, "FILE",
		           "frames that set the whitening of fw"),
		OPT_GROUP("Heads over encodings"),
		OPT_STRING(0, "encodings", &s.encodings, "FILE",
		           "frames of encode that the head is for"),
		OPT_INT(0, "hidden", &s.hidden, 1, 8192,
		        "width of the hidden layer"),
		OPT_GROUP("Networks of Hugging Face"),
		OPT_STRING(0, "from", &s.from, "DIR",
		           "pre-trained network to begin with"),
		OPT_FLAG(0, "keep-head", &s.keep_head,
		         "keep the head of --from"),
		OPT_FLAG(0, "layer-sum", &s.layer_sum,
		         "a head that reads all layers"),
		OPT_CHOICE(0, "pooling", &s.pooling,
		           "mean|statistics|attention",
		           "pooling of the head over time"),
		OPT_INT(0, "projector", &s.projector, 0, 8192,
		        "width of the head; 0: as it is"),
		OPT_INT('l', "layers", &s.layers, 0, 128,
		        "lowest layers to keep; 0: all"),
		OPT_FLAG(0, "full", &s.full,
		         "pad the input of Whisper to 30 s"),
		OPT_END
	};
	const struct cli_about about = {
		"make a fresh model to train", "", 0, 0
	};

	const char *classes[STUDENT_CLASSES_MAX];
	size_t count = 0;
	char *copy;

	cli_parse(argc, argv, options, &about);
	if (!s.out)
		die_usage("--out is missing: the model to write");
	copy = xstrdup(s.classes);
	if (!s.keep_head || cli_given(options, "classes"))
		count = cli_names(classes, STUDENT_CLASSES_MAX, copy,
		                  "--classes");
	if (!s.encodings && cli_given(options, "hidden"))
		die_usage("--hidden needs --encodings");
	(s.encodings ? head_init
	 : s.from || is_network(s.size) ? network_init : student_init)
		(&s, options, classes, count);
	free(copy);
	return STATUS_OK;
}
