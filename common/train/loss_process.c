#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "kd/kd_read.h"
#include "stream/fields.h"
#include "train/loss_process.h"

/* The folder of this program goes first on PATH: kd-loss lies beside it. */
static void
path_extend(void)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *old = getenv("PATH");
	char *slash, *path;

	if (length <= 0)
		return;
	self[length] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return;
	*slash = '\0';
	path = xasprintf("%s:%s", self, old ? old : "/usr/bin:/bin");
	setenv("PATH", path, 1);
	free(path);
}

static _Noreturn void
child_run(const char *command, int in, int out)
{
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		die("loss command:");
	close(in);
	close(out);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	path_extend();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	die("/bin/sh:");
}

static const char of_labels[] = "kd-loss -L 0 --label-smoothing ";

char *
loss_process_command(const char *command, float smoothing)
{
	if (command && smoothing > 0)
		die_usage("--label-smoothing is for the default loss; give "
		          "it to the --loss command");
	if (command)
		return xstrdup(command);
	return xasprintf("%s%g", of_labels, (double)smoothing);
}

void
loss_process_init(struct loss_process *l, const char *command)
{
	*l = (struct loss_process){
		.command = command,
		.labels = strncmp(command, of_labels, strlen(of_labels)) == 0
	};
	l->name = xasprintf("loss command '%s'", command);
}

static void
child_start(struct loss_process *l)
{
	int to[2], from[2];
	FILE *in;

	if (pipe(to) != 0 || pipe(from) != 0)
		die("%s: pipe:", l->name);
	fflush(NULL);
	signal(SIGCHLD, SIG_DFL); /* ignored, its end would not be told */
	l->child = fork();
	if (l->child < 0)
		die("%s: fork:", l->name);
	if (l->child == 0) {
		close(to[1]);
		close(from[0]);
		child_run(l->command, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	l->to = to[1];
	in = fdopen(from[0], "rb");
	if (!in)
		die("%s:", l->name);
	reader_open(&l->from, in, l->name);
	l->writer = (struct writer){
		.name = l->name, .buffered = true,
		.command = xstrdup(program_name())
	};
	signal(SIGPIPE, SIG_IGN); /* its death is a write error */
}

/* A run on its way to the command, by a thread of its own. */
struct sending {
	int to;
	char *bytes;
	size_t size;
	int error;                /* errno of a write that failed */
};

static void
run_print(struct loss_process *l, struct sending *s, struct frame **frames,
          size_t count)
{
	struct writer *w = &l->writer;

	w->fp = open_memstream(&s->bytes, &s->size);
	if (!w->fp)
		die("out of memory");
	writer_begin(w, NULL);
	for (size_t i = 0; i < count; i++)
		writer_put(w, frames[i]);
	if (w->dropped > 0)
		die("%s: cannot be given that", l->name);
	writer_end(w, 0);
	if (fclose(w->fp) != 0)
		die("out of memory");
}

/* Leaves errors to the thread that reads, lest both of them die at once. */
static void *
run_send(void *argument)
{
	struct sending *s = argument;
	size_t sent = 0;

	while (sent < s->size) {
		ssize_t n = write(s->to, s->bytes + sent, s->size - sent);

		if (n < 0 && errno != EINTR) {
			s->error = errno;
			break;
		}
		sent += n > 0 ? (size_t)n : 0;
	}
	return NULL;
}

/* Dies unless the command has ended well. */
static void
status_check(const struct loss_process *l, int status)
{
	if (WIFSIGNALED(status))
		die("%s: ended by signal %d", l->name, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		die("%s: exit status %d", l->name, WEXITSTATUS(status));
}

/*
 * The command has closed its output too early.  It need not have ended: it
 * may wait for input still, so it gets a second, no more.
 */
static _Noreturn void
silence_explain(const struct loss_process *l)
{
	const struct timespec pause = { 0, 10000000 };
	int status;

	for (int i = 0; i < 100; i++) {
		if (waitpid(l->child, &status, WNOHANG) == l->child) {
			status_check(l, status);
			break;
		}
		nanosleep(&pause, NULL);
	}
	die("%s: wrote nothing to its standard output", l->name);
}

/* Waits for the first byte of an answer, or tells why none will come. */
static void
answer_await(struct loss_process *l)
{
	enum { PATIENCE = 60000 }; /* ms */
	struct pollfd from = { fileno(l->from.fp), POLLIN, 0 };
	int c;

	if (poll(&from, 1, PATIENCE) == 0)
		warn("%s: no answer for a minute (does it flush what it "
		     "writes after each run? did the last of a pipeline "
		     "end?)", l->name);
	c = getc(l->from.fp);
	if (c == EOF)
		silence_explain(l);
	ungetc(c, l->from.fp);
}

/* A gradient of n values, or NULL where there is none. */
static const float *
gradient_take(const struct loss_process *l, struct frame *answer,
              const char *name, size_t n)
{
	const char *why = NULL;
	const struct tensor *d = frame_tensor(answer, name, 1, &why);

	if (!d && why)
		die("%s: %s: %s", l->name, frame_id(answer), why);
	if (d && d->dim[0] != n)
		die("%s: %s: %zu values of %s, want %zu", l->name,
		    frame_id(answer), d->dim[0], name, n);
	return d ? d->data : NULL;
}

/* The gradient by the embedding of the i'th, which need not be there. */
static void
embedding_take(const struct loss_process *l, struct loss_gradient *g,
               size_t i, struct frame *answer)
{
	const float *d;

	if (g->D == 0 && frame_has(answer, FIELD_DEMBEDDING))
		die("%s: %s: gave dembedding; only a compact student's "
		    "embedding can be trained by", l->name, frame_id(answer));
	if (g->D == 0)
		return;
	d = gradient_take(l, answer, FIELD_DEMBEDDING, g->D);
	g->embedded |= d != NULL;
	for (size_t k = 0; k < g->D; k++)
		g->dembedding[i * g->D + k] = d ? d[k] : 0;
}

/* Teachers count unless the command says that their weight is 0. */
static void
teachers_note(struct loss_process *l, struct frame *answer,
              struct frame *asked)
{
	for (size_t i = 0; i < asked->fields; i++) {
		const char *name = kd_teacher_name(asked->field[i].name,
		                                   &answer->arena);
		char weight[FRAME_KEY_MAX + 1];

		if (!name)
			continue;
		snprintf(weight, sizeof weight, FIELD_WEIGHT "%s", name);
		if (fabs(frame_number(answer, weight, 1)) > 0)
			texts_add(&l->teachers, name);
	}
}

/* A loss that tells of no parts is all ce; NAN is what it does not tell. */
static void
sums_add(struct loss_sums *sums, double loss, double ce, double kd)
{
	if (isnan(ce) && isnan(kd))
		ce = loss;
	sums->loss += loss;
	sums->kd += isnan(kd) ? 0 : kd;
	sums->utterances++;
	if (isnan(ce))
		return;
	sums->ce += ce;
	sums->with_ce++;
}

/* Takes one answer: the i'th of the batch. */
static void
answer_take(struct loss_process *l, struct loss_gradient *g, size_t i,
            struct loss_sums *sums, struct frame *answer, struct frame *asked)
{
	const float *d;
	double loss = frame_number(answer, FIELD_LOSS, NAN);

	if (strcmp(frame_id(answer), frame_id(asked)) != 0)
		die("%s: gave back %s where %s was due (if it dropped that, "
		    "it has said why)", l->name, frame_id(answer),
		    frame_id(asked));
	d = gradient_take(l, answer, FIELD_DLOGITS, g->K);
	if (!d)
		die("%s: %s: no dlogits", l->name, frame_id(answer));
	if (!isfinite(loss))
		die("%s: %s: no finite loss", l->name, frame_id(answer));
	memcpy(g->dlogits + i * g->K, d, g->K * sizeof *d);
	embedding_take(l, g, i, answer);
	teachers_note(l, answer, asked);
	sums_add(sums, loss, frame_number(answer, FIELD_LOSS_CE, NAN),
	         frame_number(answer, FIELD_LOSS_KD, NAN));
}

/* Counts it as right when the largest logit is the label's. */
static void
right_count(struct loss_sums *sums, struct frame *f)
{
	const char *label = frame_text(f, FIELD_LABEL), *why;
	const struct tensor *logits = frame_tensor(f, FIELD_LOGITS, 1, &why);
	size_t K, best = 0;
	const char **classes = frame_texts(f, FIELD_CLASSES, &K);

	if (!label || !logits || !classes || K != logits->dim[0])
		return;
	for (size_t k = 1; k < K; k++)
		if (logits->data[k] > logits->data[best])
			best = k;
	sums->labelled++;
	sums->right += strcmp(classes[best], label) == 0;
}

void
loss_process_batch(struct loss_process *l, struct loss_gradient *gradient,
                   struct loss_sums *sums, struct frame **frames,
                   size_t count)
{
	struct sending sending = { .bytes = NULL };
	struct frame answer = FRAME_INIT;
	pthread_t sender;
	size_t got = 0;

	gradient->embedded = false;
	if (!l->child)
		child_start(l);
	sending.to = l->to;
	run_print(l, &sending, frames, count);
	/* written beside the reading, lest both sides wait on a full pipe */
	if (pthread_create(&sender, NULL, run_send, &sending) != 0)
		die("cannot start a thread:");
	answer_await(l);
	while (reader_next_in_run(&l->from, &answer)) {
		if (got == count)
			die("%s: gave back more than it got", l->name);
		answer_take(l, gradient, got, sums, &answer, frames[got]);
		got++;
	}
	if (got != count)
		die("%s: gave back %zu of %zu utterances", l->name, got,
		    count);
	pthread_join(sender, NULL);
	free(sending.bytes);
	if (sending.error)
		die("%s: read only part of its input", l->name);
	for (size_t i = 0; i < count; i++)
		right_count(sums, frames[i]);
	frame_release(&answer);
}

static void
child_finish(struct loss_process *l)
{
	int status;

	close(l->to);
	if (getc(l->from.fp) != EOF)
		die("%s: gave back more than it got", l->name);
	while (waitpid(l->child, &status, 0) < 0)
		if (errno != EINTR)
			die("%s:", l->name);
	status_check(l, status);
	reader_close(&l->from);
	free(l->writer.command);
}

void
loss_process_finish(struct loss_process *l)
{
	if (l->child)
		child_finish(l);
	free(l->name);
	texts_release(&l->teachers);
}
