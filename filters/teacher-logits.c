/*
 * teacher-logits - add the logits of teachers to each utterance
 *
 *	wavread -M m.tsv | teacher-logits -t en=EN -t de=DE >teachers.frames
 *
 * reads   audio [N], features [T,M]: what each teacher needs
 * adds    for each teacher: teacher.NAME.logits [K], .classes, .language,
 *         .model and, with --embedding, .embedding [D]; .seen, if the teacher
 *         was trained on the utterance or its speaker; to the header .voices
 *
 * An utterance that a teacher cannot use is dropped with a reason on stderr.
 * See teacher-logits(1).
 */
#include <omp.h>
#include <stdlib.h>

#include "core/cli.h"
#include "core/die.h"
#include "core/xalloc.h"
#include "model/teacher.h"
#include "stream/filter.h"

/* Runs the teachers over the stream. */
static int
stream_run(struct teacher *t, size_t teachers, bool embed, const char *path,
           int argc, char *argv[])
{
	struct arena arena = ARENA_INIT;
	struct filter s;

	filter_open(&s, path, argc, argv);
	for (size_t i = 0; i < teachers; i++)
		teacher_header(&t[i], &s.out.header);
	while (filter_next(&s)) {
		const char *why = NULL;

		for (size_t i = 0; i < teachers && !why; i++)
			why = teacher_add(&t[i], &s.frame, embed, &arena);
		filter_put(&s, why);
	}
	arena_release(&arena);
	return filter_close(&s);
}

/* All names are checked before a model is opened. */
static struct teacher *
teachers_open(const struct cli_list *list, const struct model_options *o)
{
	struct teacher *t = xcalloc(list->length, sizeof *t);

	for (size_t i = 0; i < list->length; i++) {
		char *why = teacher_parse(&t[i], list->value[i], t, i);

		if (why)
			die_usage("--teacher %s: %s", list->value[i], why);
	}
	for (size_t i = 0; i < list->length; i++) {
		teacher_open(&t[i], o);
		model_options_warn(&t[i].model, o);
	}
	return t;
}

int
main(int argc, char *argv[])
{
	struct cli_list list = { .length = 0 };
	struct model_options o = { .seconds = MODEL_SECONDS };
	bool embed = false;
	int threads = 0, precision = PRECISION_FP32, first, status;
	struct cli_option options[] = {
		OPT_LIST('t', "teacher", &list, "NAME[:LANGUAGE]=MODEL",
		         "a teacher; may be given several times"),
		OPT_FLAG('e', "embedding", &embed, "add embeddings as well"),
		OPT_FLOAT(0, "max-seconds", &o.seconds, .025, 3600,
		          "audio that a network reads, s"),
		OPT_CHOICE('p', "precision", &precision, PRECISIONS,
		           "precision of a network's products"),
		OPT_INT('j', "threads", &threads, 0, 256,
		        "threads; 0: all processors"),
		OPT_END
	};
	const struct cli_about about = {
		"add the logits of teachers to each utterance", "[FILE]", 0, 1
	};
	struct teacher *teacher;

	first = cli_parse(argc, argv, options, &about);
	if (list.length == 0)
		die_usage("--teacher is missing: NAME=MODEL");
	if (threads > 0)
		omp_set_num_threads(threads);
	o.precision = (enum precision)precision;
	o.seconds_given = cli_given(options, "max-seconds");
	teacher = teachers_open(&list, &o);
	status = stream_run(teacher, list.length, embed,
	                    first < argc ? argv[first] : "-", argc, argv);
	for (size_t i = 0; i < list.length; i++)
		teacher_release(&teacher[i]);
	free(teacher);
	free(list.value);
	return status;
}
