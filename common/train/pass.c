#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/utf8.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/provenance.h"
#include "train/batch_log.h"
#include "train/pass.h"

struct pass {
	struct trainer *t;
	struct reader *in;
	struct lineage *lineage;
	const struct pass_options *options;
	struct balance balance;
	struct keys balance_by;
	struct example *example;  /* the batch */
	struct frame frame;       /* as read */
	char *recipe;             /* owned */
	size_t skip, resumed;     /* batches done before: left, in all */
	size_t dropped, used;     /* utterances */
	size_t unwritten;         /* batches since a checkpoint */
	struct batch_log log;
	struct loss_sums sums;    /* over the pass */
	struct provenance origin; /* of the stream's runs so far */
	size_t runs;              /* how many they are */
};

/* The options that decide how a pass is trained, "name value" a line. */
static char *
recipe_text(const struct trainer *t, const char *loss, const char *balance)
{
	const struct trainer_options *o = &t->options;
	char *kind = t->training.kind->recipe(&t->training), *text;

	text = xasprintf("loss %s\nbalance %s\nbatch %d\naccumulate %d\n"
	                 "rate %g\nwarmup %d\ntotal-steps %d\nbeta2 %g\n"
	                 "weight-decay %g\nclip %g\nseed %lu\n%s", loss,
	                 balance ? balance : "", o->training.batch,
	                 o->accumulate,
	                 (double)o->adamw.rate, o->warmup, o->total,
	                 (double)o->adamw.beta2, (double)o->adamw.decay,
	                 (double)o->clip, o->training.seed, kind);
	free(kind);
	utf8_repair(text); /* metadata must be UTF-8 */
	return text;
}

/* The line of a text that begins with the name and a blank, or NULL. */
static const char *
line_find(const char *text, const char *name, size_t length)
{
	for (; *text; text += strcspn(text, "\n"), text += *text != '\0')
		if (strncmp(text, name, length + 1) == 0)
			return text;
	return NULL;
}

/* Warns, naming the model, of lines that differ from when the pass began. */
static void
recipe_compare(const char *model, const char *was, const char *now)
{
	for (; *now; now += strcspn(now, "\n"), now += *now != '\0') {
		int length = (int)strcspn(now, "\n"), old;
		const char *line = line_find(was, now, strcspn(now, " "));

		old = line ? (int)strcspn(line, "\n") : 0;
		if (line && (old != length ||
		             strncmp(line, now, (size_t)length) != 0))
			warn("%s: this pass began with %.*s, and continues "
			     "with %.*s", model, old, line, length, now);
	}
}

/* Counts the groups in a first pass over the file. */
static void
balance_learn(struct pass *p)
{
	reader_skim(p->in);
	while (reader_next(p->in, &p->frame))
		balance_count(&p->balance, &p->frame, &p->balance_by);
	balance_check(&p->balance, &p->balance_by);
	reader_rewind(p->in);
}

/* Everything but the long tensors, for the loss and the lineage. */
static void
example_fields(struct example *e, struct frame *f)
{
	frame_clear(&e->frame);
	for (size_t i = 0; i < f->fields; i++) {
		const char *name = f->field[i].name;

		if (strcmp(name, FIELD_AUDIO) != 0 &&
		    strcmp(name, FIELD_FEATURES) != 0)
			frame_set_field(&e->frame, &f->field[i]);
	}
}

static bool
teacher_have(const struct frame *f)
{
	for (size_t i = 0; i < f->fields; i++)
		if (strncmp(f->field[i].name, FIELD_TEACHER,
		            strlen(FIELD_TEACHER)) == 0)
			return true;
	return false;
}

/* Naming the classes, as far as they fit a line. */
static const char *
label_unknown(const struct model *m, struct frame *f, const char *label)
{
	enum { SIZE = 512, CLASSES = 300 };
	char *why = arena_take(&f->arena, SIZE, 1), classes[CLASSES] = "";
	size_t length = 0;

	for (size_t k = 0; k < m->class_count && length < CLASSES; k++)
		length += (size_t)snprintf(classes + length, CLASSES - length,
		                           "%s%s", k ? ", " : "",
		                           m->classes[k]);
	snprintf(why, SIZE, "its label \"%.100s\" is not among the model's "
	         "classes: %s%s (framecut -w label!=... removes such "
	         "utterances)", label, classes, length < CLASSES ? "" : "...");
	return why;
}

/* Why no loss can be computed for an utterance, or NULL. */
static const char *
label_check(const struct pass *p, struct frame *f)
{
	const char *label = frame_text(f, FIELD_LABEL);
	const struct model *m = p->t->model;

	if (!label && frame_has(f, FIELD_LABEL))
		return "its label is not a text";
	if (!label || !*label)
		return teacher_have(f) ? NULL : "no label, and no teacher";
	for (size_t k = 0; k < m->class_count; k++)
		if (strcmp(m->classes[k], label) == 0)
			return NULL;
	return label_unknown(m, f, label);
}

/* Returns the reason why the utterance that was read cannot be used. */
static const char *
utterance_check(struct pass *p, struct model_view *view)
{
	enum { ADDED = 8 };       /* fields, for the loss command */
	const struct model_training *t = &p->t->training;
	struct frame *f = &p->frame;
	const char *why = model_view(view, t->model, f);

	if (!why && f->fields + ADDED > FRAME_FIELDS_MAX)
		why = "no room for its logits among 1024 fields";
	if (!why && t->kind->check)
		why = t->kind->check(t, view, &f->arena);
	if (!why)
		why = label_check(p, f);
	return why;
}

/* Takes the utterance that was read, or returns why it cannot be used. */
static const char *
example_take(struct pass *p, struct example *e)
{
	struct frame *f = &p->frame;
	const char *why = utterance_check(p, &e->view);

	if (why)
		return why;
	example_fields(e, f);
	model_view_copy(&e->view, &e->frame.arena);
	e->weight = 1;
	if (p->options->balance) {
		char *group = balance_group(f, &p->balance_by);

		e->weight = (float)balance_weight(&p->balance, group);
		free(group);
	}
	return NULL;
}

static void
origin_note(struct pass *p)
{
	if (p->runs == p->in->runs)
		return;
	p->runs = p->in->runs;
	provenance_add(&p->origin, &p->in->header);
}

/* Reads the next usable utterance; false at the end. */
static bool
example_read(struct pass *p, struct example *e)
{
	while (reader_next(p->in, &p->frame)) {
		const char *why;

		origin_note(p);
		why = example_take(p, e);

		if (!why)
			return true;
		warn("%s: skipped: %s", frame_id(&p->frame), why);
		p->dropped++;
	}
	return false;
}

static size_t
batch_read(struct pass *p)
{
	size_t count = 0, most = (size_t)p->t->options.training.batch;

	while (count < most && example_read(p, &p->example[count]))
		count++;
	return count;
}

static uint64_t
digest_add(uint64_t digest, const char *id)
{
	for (; *id; id++)
		digest = (digest ^ (unsigned char)*id) * 0x100000001b3u;
	return (digest ^ '\n') * 0x100000001b3u;
}

/* Adds the speakers of the teachers that the loss used. */
static void
teachers_note(struct pass *p, const struct loss_process *loss)
{
	for (size_t i = 0; i < loss->teachers.length; i++) {
		const struct texts *speakers = provenance_speakers(
			&p->origin, loss->teachers.text[i]);

		if (speakers)
			lineage_teacher(p->lineage, speakers);
	}
}

/* Trains on a batch, unless that was done before the interruption. */
static void
batch_run(struct pass *p, size_t count, struct loss_process *loss)
{
	struct training_progress *progress = &p->t->progress;
	struct loss_sums sums = { 0 };
	size_t trained;

	for (size_t i = 0; i < count; i++)
		progress->digest = digest_add(progress->digest,
		                              frame_id(&p->example[i].frame));
	if (p->skip > 0) {
		p->skip--;
		p->used += count;
		progress->batches++;
		return;
	}
	batch_log_settle(&p->log, p->t, false);
	trained = trainer_batch(p->t, p->example, count, loss, &sums);
	for (size_t i = 0; i < trained; i++)
		lineage_utterance(p->lineage, &p->example[i].frame);
	p->used += trained;
	p->dropped += count - trained;
	progress->batches++;
	batch_log_note(&p->log, p->t, &sums);
	p->sums.loss += sums.loss;
	p->sums.utterances += sums.utterances;
	p->sums.labelled += sums.labelled;
	p->sums.right += sums.right;
	p->unwritten++;
	if (p->options->checkpoint > 0 && p->t->pending == 0 &&
	    p->unwritten >= (size_t)p->options->checkpoint) {
		p->unwritten = 0;
		teachers_note(p, loss);
		checkpoint_write(p->options->out, p->t, p->lineage, p->recipe);
	}
}

/* Sets the counts back to the beginning of an interrupted pass. */
static uint64_t
resume_begin(struct pass *p)
{
	struct training_progress *progress = &p->t->progress;
	uint64_t digest = progress->digest;

	p->skip = p->resumed = progress->batches;
	if (p->skip > 0 && program_verbosity() >= 0)
		warn("%s: continues after batch %zu of pass %zu",
		     p->t->model->name, p->skip, progress->passes + 1);
	if (p->skip > 0 && model_metadata(p->t->model, "recipe"))
		recipe_compare(p->t->model->name,
		               model_metadata(p->t->model, "recipe"),
		               p->recipe);
	progress->batches = 0;
	progress->digest = 0;
	return digest;
}

static void
batches_run(struct pass *p, struct loss_process *loss)
{
	uint64_t digest = resume_begin(p);
	size_t count;

	while ((count = batch_read(p)) > 0) {
		bool last_skipped = p->skip == 1;

		batch_run(p, count, loss);
		if (last_skipped && p->t->progress.digest != digest)
			die("%s: the model was interrupted after %zu batches "
			    "of other utterances, or of other sizes; give the "
			    "same stream and --batch, or train the output of "
			    "student-export",
			    p->in->name, p->resumed);
	}
	if (p->skip > 0)
		die("%s: the model was interrupted after %zu batches, the "
		    "stream has fewer; give the same stream and --batch, or "
		    "train the output of student-export",
		    p->in->name, p->resumed);
}

/* Adds the stream's own history to the model's. */
static void
history_note(struct pass *p)
{
	const struct texts *history = &p->origin.history;

	for (size_t i = 0; i < history->length; i++)
		lineage_command(p->lineage, history->text[i]);
}

/* Of this run alone: the loss of earlier batches is not kept. */
static void
result_print(const struct pass *p)
{
	const struct loss_sums *s = &p->sums;
	double n = (double)s->utterances;
	char since[48] = "", out[48] = "", right[32] = "";

	if (program_verbosity() < 0 || s->utterances == 0)
		return;
	if (p->resumed > 0)
		snprintf(since, sizeof since, ", after batch %zu", p->resumed);
	if (p->dropped > 0)
		snprintf(out, sizeof out, ", %zu of %zu skipped", p->dropped,
		         p->dropped + p->used);
	if (s->labelled > 0)
		snprintf(right, sizeof right, ", %.1f %% right",
		         100 * (double)s->right / (double)s->labelled);
	warn("pass %zu%s: loss %.4f%s%s", p->t->progress.passes, since,
	     s->loss / n, right, out);
}

size_t
pass_run(struct trainer *t, struct reader *in, struct loss_process *loss,
         struct lineage *lineage, const struct pass_options *options)
{
	struct pass p = {
		.t = t, .in = in, .lineage = lineage, .options = options,
		.frame = FRAME_INIT, .balance = BALANCE_INIT,
		.origin = PROVENANCE_INIT
	};

	checkpoint_check(options->out, t->model);
	keys_init(&p.balance_by, options->balance);
	p.recipe = recipe_text(t, loss->command, options->balance);
	p.example = xcalloc((size_t)t->options.training.batch,
	                    sizeof *p.example);
	batch_log_open(&p.log, options->log);
	if (options->balance)
		balance_learn(&p);
	reader_show_progress(in);
	batches_run(&p, loss);
	if (p.used == 0)
		die("%s: no utterances to train on", in->name);
	teachers_note(&p, loss);
	loss_process_finish(loss);
	trainer_flush(t);
	batch_log_settle(&p.log, t, true);
	history_note(&p);
	t->progress.passes++;
	t->progress.batches = 0;
	t->progress.digest = 0;
	checkpoint_write(options->out, t, lineage, "");
	free(p.recipe);

	progress_end(&in->progress);
	result_print(&p);
	batch_log_close(&p.log);
	for (int i = 0; i < t->options.training.batch; i++)
		frame_release(&p.example[i].frame);
	free(p.example);
	frame_release(&p.frame);
	balance_release(&p.balance);
	keys_release(&p.balance_by);
	provenance_release(&p.origin);
	return p.dropped;
}
