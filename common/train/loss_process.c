#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "train/loss_process.h"

/* Puts the directory of this program, where kd-loss is, first on PATH. */
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

char *
loss_process_command(const char *command, float smoothing)
{
	return command ? xstrdup(command)
		: xasprintf("kd-loss -L 0 --label-smoothing %g",
		            (double)smoothing);
}

void
loss_process_init(struct loss_process *l, const char *command)
{
	*l = (struct loss_process){ .command = command };
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
	signal(SIGCHLD, SIG_DFL); /* if ignored, waitpid would fail */
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
	signal(SIGPIPE, SIG_IGN); /* so that its end is a write error */
}

/* A run that a thread of its own writes to the command. */
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
		die("%s: cannot be sent the batch", l->name);
	writer_end(w, 0);
	if (fclose(w->fp) != 0)
		die("out of memory");
}

/* Leaves errors to the thread that reads, so that only one of them dies. */
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

/* Dies unless the command succeeded; filters that drop something exit 1. */
static void
status_check(const struct loss_process *l, int status)
{
	if (WIFSIGNALED(status))
		die("%s: ended by signal %d", l->name, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0 &&
	    !(WEXITSTATUS(status) == STATUS_FAILED && l->dropped > 0))
		die("%s: exit status %d", l->name, WEXITSTATUS(status));
}

/*
 * Dies of output that ended too early.  The command may still be running, as it
 * waits for input: it gets a second to end.
 */
static _Noreturn void
no_answer_die(const struct loss_process *l)
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

/* Waits for the first byte of the answers. */
static void
answers_await(struct loss_process *l)
{
	enum { PATIENCE = 60000 }; /* ms */
	struct pollfd from = { fileno(l->from.fp), POLLIN, 0 };
	int c;

	if (poll(&from, 1, PATIENCE) == 0)
		warn("%s: no answer for a minute (does it flush its output "
		     "after each run? has the last command of a pipeline "
		     "ended?)", l->name);
	c = getc(l->from.fp);
	if (c == EOF)
		no_answer_die(l);
	ungetc(c, l->from.fp);
}

/* A batch that waits for its answers. */
struct batch {
	struct frame **frame;
	const char **id;
	struct loss_gradient *gradient; /* dropped: not answered yet */
	size_t count, answered;
	size_t first;             /* all before it are answered */
};

static struct batch
batch_begin(struct loss_gradient *gradient, struct frame **frames,
            size_t count)
{
	struct batch b = { frames, NULL, gradient, count, 0, 0 };

	b.id = xcalloc(count + 1, sizeof *b.id);
	for (size_t i = 0; i < count; i++) {
		b.id[i] = frame_id(frames[i]);
		gradient->dropped[i] = true;
	}
	memset(gradient->dlogits, 0,
	       count * gradient->K * sizeof *gradient->dlogits);
	memset(gradient->dembedding, 0,
	       count * gradient->D * sizeof *gradient->dembedding);
	gradient->embedded = false;
	return b;
}

/* The utterance that an answer belongs to. */
static size_t
batch_find(struct batch *b, const struct loss_process *l, const char *id)
{
	while (b->first < b->count && !b->gradient->dropped[b->first])
		b->first++;
	for (size_t i = b->first; i < b->count; i++)
		if (b->gradient->dropped[i] && strcmp(b->id[i], id) == 0)
			return i;
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->id[i], id) == 0)
			die("%s: answered %s twice", l->name, id);
	die("%s: answered %s, which is not in the batch", l->name, id);
}

/* A gradient of n values, or NULL where the answer has none. */
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

/* Takes the gradient by the embedding, which an answer may lack. */
static void
embedding_take(const struct loss_process *l, struct loss_gradient *g,
               size_t i, struct frame *answer)
{
	const float *d;

	if (g->D == 0 && frame_has(answer, FIELD_DEMBEDDING))
		die("%s: %s: answered with dembedding, but only the embedding "
		    "of a compact student can be trained", l->name,
		    frame_id(answer));
	if (g->D == 0)
		return;
	d = gradient_take(l, answer, FIELD_DEMBEDDING, g->D);
	if (!d)
		return;
	g->embedded = true;
	memcpy(g->dembedding + i * g->D, d, g->D * sizeof *d);
}

/* Notes teachers; one without a weight counts as having supervised. */
static void
teachers_note(struct loss_process *l, struct frame *answer,
              struct frame *asked)
{
	for (size_t i = 0; i < asked->fields; i++) {
		const char *name = field_teacher(asked->field[i].name,
		                                   &answer->arena);
		char weight[FRAME_KEY_MAX + 1];

		if (!name)
			continue;
		snprintf(weight, sizeof weight, FIELD_WEIGHT "%s", name);
		if (fabs(frame_number(answer, weight, 1)) > 0)
			texts_add(&l->teachers, name);
	}
}

/* A loss without parts counts as cross-entropy; NAN is a missing part. */
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

/* Counts an utterance as right when its largest logit is the label's. */
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

static void
answer_take(struct loss_process *l, struct batch *b, struct loss_sums *sums,
            struct frame *answer)
{
	struct loss_gradient *g = b->gradient;
	size_t i = batch_find(b, l, frame_id(answer));
	double loss = frame_number(answer, FIELD_LOSS, NAN);
	const float *d = gradient_take(l, answer, FIELD_DLOGITS, g->K);

	if (!d)
		die("%s: %s: no dlogits", l->name, frame_id(answer));
	if (!isfinite(loss))
		die("%s: %s: no finite loss", l->name, frame_id(answer));
	memcpy(g->dlogits + i * g->K, d, g->K * sizeof *d);
	embedding_take(l, g, i, answer);
	teachers_note(l, answer, b->frame[i]);
	sums_add(sums, loss, frame_number(answer, FIELD_LOSS_CE, NAN),
	         frame_number(answer, FIELD_LOSS_KD, NAN));
	right_count(sums, b->frame[i]);
	g->dropped[i] = false;
	b->answered++;
}

/* Names the utterances that have no answer, if the command dropped them. */
static void
batch_end(struct batch *b, struct loss_process *l)
{
	size_t missing = b->count - b->answered;

	if (l->from.dropped != (double)missing)
		die("%s: answered %zu of %zu utterances, but its end frame "
		    "counts %.0f as dropped", l->name, b->answered, b->count,
		    l->from.dropped);
	for (size_t i = 0; i < b->count; i++)
		if (b->gradient->dropped[i])
			warn("%s: skipped: dropped by %s", b->id[i], l->name);
	l->dropped += missing;
	free(b->id);
}

size_t
loss_process_batch(struct loss_process *l, struct loss_gradient *gradient,
                   struct loss_sums *sums, struct frame **frames,
                   size_t count)
{
	struct sending sending = { .bytes = NULL };
	struct batch batch = batch_begin(gradient, frames, count);
	struct frame answer = FRAME_INIT;
	pthread_t sender;

	if (!l->child)
		child_start(l);
	sending.to = l->to;
	run_print(l, &sending, frames, count);
	/* if one thread wrote and read, both sides could wait on a full pipe */
	if (pthread_create(&sender, NULL, run_send, &sending) != 0)
		die("cannot start a thread:");
	answers_await(l);
	while (reader_next_in_run(&l->from, &answer))
		answer_take(l, &batch, sums, &answer);
	pthread_join(sender, NULL);
	free(sending.bytes);
	if (sending.error)
		die("%s: read only part of its input", l->name);
	batch_end(&batch, l);
	frame_release(&answer);
	return batch.answered;
}

static void
child_finish(struct loss_process *l)
{
	int status;

	close(l->to);
	if (getc(l->from.fp) != EOF)
		die("%s: wrote more than the answers", l->name);
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
