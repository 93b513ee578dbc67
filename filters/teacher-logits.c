/*
 * teacher-logits - what teachers say of each utterance
 *
 *	wavread -M m.tsv | teacher-logits -t en=EN -t de=DE >teachers.frames
 *
 * reads   audio [N], features [T,M]: what each teacher's kind of model needs
 * adds    for each teacher: teacher.NAME.logits [K], .classes, .language,
 *         .model and, with --embedding, .embedding [D]; .seen, if the teacher
 *         was trained with the utterance or its speaker; to the header .voices
 *
 * An utterance that a teacher cannot use is dropped with a reason on stderr.
 * See teacher-logits(1).
 */
#include <omp.h>
#include <stdlib.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "model/model_options.h"
#include "model/teacher.h"
#include "stream/filter.h"

static int
teachers_ask(struct teacher *t, size_t teachers, bool embed,
             const char *path, int argc, char *argv[])
{
	struct arena arena = ARENA_INIT;
	struct filter s;

	filter_open(&s, path, argc, argv);
	for (size_t i = 0; i < teachers; i++)
		teacher_tell(&t[i], &s.out.header);
	while (filter_next(&s)) {
		const char *why = NULL;

		for (size_t i = 0; i < teachers && !why; i++)
			why = teacher_ask(&t[i], &s.frame, embed, &arena);
		filter_put(&s, why);
	}
	arena_release(&arena);
	return filter_close(&s);
}

int
main(int argc, char *argv[])
{
	struct cli_list list = { .length = 0 };
	float seconds = MODEL_SECONDS;
	bool embed = false;
	int threads = 0, precision = PRECISION_FP32, first, status;
	struct cli_option options[] = {
		OPT_LIST('t', "teacher", &list, "NAME[:LANGUAGE]=MODEL",
		         "a teacher; may be given several times"),
		OPT_FLAG('e', "embedding", &embed, "embeddings, too"),
		OPT_FLOAT(0, "max-seconds", &seconds, .025, 3600,
		          "of audio heard, from the beginning"),
		OPT_CHOICE('p', "precision", &precision, PRECISIONS,
		           "of a network's products"),
		OPT_INT('j', "threads", &threads, 0, 256, "0: all"),
		OPT_END
	};
	const struct cli_about about = {
		"add what teachers say of each utterance", "[FILE]", 0, 1
	};
	struct teacher *teacher;

	first = cli_parse(argc, argv, options, &about);
	if (list.length == 0)
		die_usage("--teacher is missing: NAME=MODEL");
	if (threads > 0)
		omp_set_num_threads(threads);
	teacher = xcalloc(list.length, sizeof *teacher);
	for (size_t i = 0; i < list.length; i++)
		teacher_name(&teacher[i], list.value[i], teacher, i);
	for (size_t i = 0; i < list.length; i++)
		teacher_open(&teacher[i], seconds,
		             (enum precision)precision);
	status = teachers_ask(teacher, list.length, embed,
	                      first < argc ? argv[first] : "-", argc, argv);
	for (size_t i = 0; i < list.length; i++)
		teacher_release(&teacher[i]);
	free(teacher);
	free(list.value);
	return status;
}
