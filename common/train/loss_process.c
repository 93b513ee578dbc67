#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/die.h"
#include "core/xalloc.h"
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
	path_extend();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	die("/bin/sh:");
}

void
loss_process_start(struct loss_process *l, const char *command)
{
	int to[2], from[2];
	FILE *in;

	*l = (struct loss_process){ .command = command };
	l->name = xasprintf("loss command '%s'", command);
	if (pipe(to) != 0 || pipe(from) != 0)
		die("%s: pipe:", l->name);
	fflush(NULL);
	l->child = fork();
	if (l->child < 0)
		die("%s: fork:", l->name);
	if (l->child == 0) {
		close(to[1]);
		close(from[0]);
		child_run(command, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	l->to = fdopen(to[1], "wb");
	in = fdopen(from[0], "rb");
	if (!l->to || !in)
		die("%s:", l->name);
	reader_open(&l->from, in, l->name);
	l->writer = (struct writer){
		.fp = l->to, .name = l->name, .buffered = true,
		.command = xstrdup(program_name())
	};
	signal(SIGPIPE, SIG_IGN); /* its death is a write error */
}

struct sending {
	struct loss_process *process;
	struct frame **frames;
	size_t count;
};

static void *
run_send(void *argument)
{
	struct sending *s = argument;

	writer_begin(&s->process->writer, NULL);
	for (size_t i = 0; i < s->count; i++)
		writer_put(&s->process->writer, s->frames[i]);
	writer_end(&s->process->writer, 0);
	return NULL;
}

/* Takes one answer: the i'th of the batch. */
static void
answer_take(struct loss_process *l, float *dlogits, struct loss_sums *sums,
            struct frame *answer, struct frame *asked, size_t K)
{
	const char *why = NULL;
	const struct tensor *d = frame_need(answer, FIELD_DLOGITS, 1, &why);
	double loss = frame_number(answer, FIELD_LOSS, NAN);

	if (strcmp(frame_id(answer), frame_id(asked)) != 0)
		die("%s: gave back %s where %s was due", l->name,
		    frame_id(answer), frame_id(asked));
	if (!d || d->dim[0] != K)
		die("%s: %s: %s", l->name, frame_id(answer),
		    why ? why : "dlogits of another length than logits");
	if (!isfinite(loss))
		die("%s: %s: no finite loss", l->name, frame_id(answer));
	memcpy(dlogits, d->data, K * sizeof *dlogits);
	sums->loss += loss;
	sums->ce += frame_number(answer, FIELD_LOSS_CE, loss);
	sums->kd += frame_number(answer, FIELD_LOSS_KD, 0);
	sums->utterances++;
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
	sums->right += strcmp(classes[best], label) == 0;
}

void
loss_process_batch(struct loss_process *l, float *dlogits,
                   struct loss_sums *sums, struct frame **frames,
                   size_t count, size_t K)
{
	struct sending sending = { l, frames, count };
	struct frame answer = FRAME_INIT;
	pthread_t sender;
	size_t got = 0;

	/* written beside the reading, lest both sides wait on a full pipe */
	if (pthread_create(&sender, NULL, run_send, &sending) != 0)
		die("cannot start a thread:");
	while (reader_next_in_run(&l->from, &answer)) {
		if (got == count)
			die("%s: gave back more than it got", l->name);
		answer_take(l, dlogits + got * K, sums, &answer,
		            frames[got], K);
		got++;
	}
	pthread_join(sender, NULL);
	if (got != count)
		die("%s: gave back %zu of %zu utterances", l->name, got,
		    count);
	for (size_t i = 0; i < count; i++)
		right_count(sums, frames[i]);
	frame_release(&answer);
}

void
loss_process_finish(struct loss_process *l)
{
	int status;

	if (fclose(l->to) != 0)
		die("write %s:", l->name);
	free(l->writer.command);
	while (waitpid(l->child, &status, 0) < 0)
		if (errno != EINTR)
			die("%s:", l->name);
	reader_close(&l->from);
	if (WIFSIGNALED(status))
		die("%s: ended by signal %d", l->name, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		die("%s: exit status %d", l->name, WEXITSTATUS(status));
	free(l->name);
}
