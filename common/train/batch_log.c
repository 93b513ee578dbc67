#include "core/die.h"
#include "train/batch_log.h"

void
batch_log_open(struct batch_log *l, const char *path)
{
	*l = (struct batch_log){ .path = path };
	if (path && !(l->fp = fopen(path, "ae")))
		die("%s:", path);
}

/* The mean of count, null of none. */
static void
mean_write(FILE *fp, const char *name, int digits, double sum, size_t count)
{
	if (count > 0)
		fprintf(fp, "\"%s\":%.*f,", name, digits, sum / (double)count);
	else
		fprintf(fp, "\"%s\":null,", name);
}

static void
line_write(const struct batch_log *l, const struct trainer *t,
           const struct loss_sums *s, bool updated)
{
	double n = (double)s->utterances;
	const struct training_progress *p = &t->progress;

	fprintf(l->fp, "{\"pass\":%zu,\"batch\":%zu,\"update\":%zu,"
	        "\"utterances\":%zu,\"loss\":%.6f,", p->passes + 1, p->batches,
	        p->updates, s->utterances, s->loss / n);
	mean_write(l->fp, "ce", 6, s->ce, s->with_ce);
	fprintf(l->fp, "\"kd\":%.6f,", s->kd / n);
	mean_write(l->fp, "right", 4, (double)s->right, s->labelled);
	if (updated)
		fprintf(l->fp, "\"rate\":%.6g,\"norm\":%.5g}\n",
		        (double)t->rate, (double)t->norm);
	else
		fputs("\"rate\":null,\"norm\":null}\n", l->fp);
	if (fflush(l->fp) != 0)
		die("write %s:", l->path);
}

void
batch_log_note(struct batch_log *l, const struct trainer *t,
               const struct loss_sums *sums)
{
	if (l->fp && sums->utterances > 0 && t->pending == 0)
		line_write(l, t, sums, true);
	else if (l->fp)
		l->waiting = *sums;
}

void
batch_log_settle(struct batch_log *l, const struct trainer *t, bool updated)
{
	if (l->waiting.utterances > 0)
		line_write(l, t, &l->waiting, updated);
	l->waiting = (struct loss_sums){ .utterances = 0 };
}

void
batch_log_close(struct batch_log *l)
{
	if (l->fp && fclose(l->fp) != 0)
		die("write %s:", l->path);
}
