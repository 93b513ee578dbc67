#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "stream/fields.h"
#include "stream/provenance.h"
#include "train/batch_log.h"
#include "train/example.h"
#include "train/pass.h"
#include "train/recipe.h"

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
	size_t dropped, heard;    /* utterances */
	size_t unwritten;         /* batches since a checkpoint */
	struct batch_log log;
	struct loss_sums sums;    /* over the pass */
	struct provenance origin;     /* of the stream's runs so far */
	size_t runs;              /* those that are in it */
};

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
label_foreign(const struct model *m, struct frame *f, const char *label)
{
	enum { SIZE = 512, CLASSES = 300 };
	char *why = arena_take(&f->arena, SIZE, 1), classes[CLASSES] = "";
	size_t length = 0;

	for (size_t k = 0; k < m->class_count && length < CLASSES; k++)
		length += (size_t)snprintf(classes + length, CLASSES - length,
		                           "%s%s", k ? ", " : "",
		                           m->classes[k]);
	snprintf(why, SIZE, "its label \"%.100s\" is none of the model's "
	         "classes: %s%s (framecut -w label!=... leaves it out "
	         "quietly)", label, classes, length < CLASSES ? "" : "...");
	return why;
}

/* What keeps a loss from being had of an utterance, or NULL. */
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
	return label_foreign(m, f, label);
}

/*
 * What a student's attention keeps grows with the square of the rows: of a
 * minute some 100 MB, of half an hour more than there is.
 */
static const char *
length_check(const struct trainer *t, struct frame *f, size_t rows)
{
	enum { ROWS_MOST = 6000, SIZE = 160 };
	const struct features_type *type = &t->model->features;
	double row = (double)type->hop / (double)type->rate;
	char *why;

	if (t->model->network || !strchr(t->model->shape.blocks, 'a') ||
	    rows <= ROWS_MOST || (t->options.augment && t->options.spec.crop))
		return NULL;
	why = arena_take(&f->arena, SIZE, 1);
	snprintf(why, SIZE, "%.1f s, of which training takes %.0f at most (cut "
	         "it by wavread --window, or hear pieces of it by -a)",
	         row * (double)rows, row * ROWS_MOST);
	return why;
}

/* Takes the utterance that was read, or says why it is of no use. */
static const char *
example_take(struct pass *p, struct example *e)
{
	enum { ADDED = 8 };       /* fields, for the loss command */
	const struct model *m = p->t->model;
	struct frame *f = &p->frame;
	const char *why;
	const float *view = model_view(m, f, &e->rows, &why);
	size_t length;

	if (view && f->fields + ADDED > FRAME_FIELDS_MAX)
		why = "no room for its logits, of 1024 fields in all";
	if (view && !why)
		why = length_check(p->t, f, e->rows);
	if (view && !why)
		why = label_check(p, f);
	if (!view || why)
		return why;
	example_fields(e, f);
	length = e->rows * model_columns(m);
	e->view = arena_floats(&e->frame.arena, length);
	memcpy(e->view, view, length * sizeof *view);
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
		warn("%s: left out: %s", frame_id(&p->frame), why);
		p->dropped++;
	}
	return false;
}

static size_t
batch_read(struct pass *p)
{
	size_t count = 0, most = (size_t)p->t->options.batch;

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

/* The model has heard what the teachers had that counted. */
static void
teachers_inherit(struct pass *p, const struct loss_process *loss)
{
	for (size_t i = 0; i < loss->teachers.length; i++) {
		const struct texts *voices = provenance_speakers(&p->origin,
			loss->teachers.text[i]);

		if (voices)
			lineage_teacher(p->lineage, voices);
	}
}

/* One batch through the trainer, or over it if it was done before. */
static void
batch_do(struct pass *p, size_t count, struct loss_process *loss)
{
	struct trainer_progress *progress = &p->t->progress;
	struct loss_sums sums = { 0 };
	size_t learnt;

	for (size_t i = 0; i < count; i++)
		progress->digest = digest_add(progress->digest,
		                              frame_id(&p->example[i].frame));
	if (p->skip > 0) {
		p->skip--;
		p->heard += count;
		progress->batches++;
		return;
	}
	batch_log_settle(&p->log, p->t, false);
	learnt = trainer_batch(p->t, p->example, count, loss, &sums);
	for (size_t i = 0; i < learnt; i++)
		lineage_utterance(p->lineage, &p->example[i].frame,
		                  p->t->model);
	p->heard += learnt;
	p->dropped += count - learnt;
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
		teachers_inherit(p, loss);
		checkpoint_write(p->options->out, p->t, p->lineage, p->recipe);
	}
}

/* Goes back to the beginning of an interrupted pass, on paper. */
static uint64_t
resume_begin(struct pass *p)
{
	struct trainer_progress *progress = &p->t->progress;
	uint64_t digest = progress->digest;

	p->skip = p->resumed = progress->batches;
	if (p->skip > 0 && program_verbosity() >= 0)
		warn("%s: goes on after batch %zu of pass %zu",
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

		batch_do(p, count, loss);
		if (last_skipped && p->t->progress.digest != digest)
			die("%s: the model was interrupted after %zu batches "
			    "of other utterances, or of other sizes; give the "
			    "same stream and --batch, or begin with what "
			    "student-export makes of it",
			    p->in->name, p->resumed);
	}
	if (p->skip > 0)
		die("%s: the model was interrupted after %zu batches, the "
		    "stream has fewer; give the same stream and --batch, or "
		    "begin with what student-export makes of it",
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

/* Of what was heard now: the loss of batches before is not kept. */
static void
result_tell(const struct pass *p)
{
	const struct loss_sums *s = &p->sums;
	double n = (double)s->utterances;
	char since[48] = "", out[48] = "", right[32] = "";

	if (program_verbosity() < 0 || s->utterances == 0)
		return;
	if (p->resumed > 0)
		snprintf(since, sizeof since, ", after batch %zu", p->resumed);
	if (p->dropped > 0)
		snprintf(out, sizeof out, ", %zu of %zu of no use", p->dropped,
		         p->dropped + p->heard);
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

	checkpoint_check(options->out, t->model, options->log);
	keys_init(&p.balance_by, options->balance);
	p.recipe = recipe_text(t, loss->command, options->balance);
	p.example = xcalloc((size_t)t->options.batch, sizeof *p.example);
	batch_log_open(&p.log, options->log);
	if (options->balance)
		balance_learn(&p);
	reader_show_progress(in);
	batches_run(&p, loss);
	if (p.heard == 0)
		die("%s: no utterances to learn from", in->name);
	teachers_inherit(&p, loss);
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
	result_tell(&p);
	batch_log_close(&p.log);
	for (int i = 0; i < t->options.batch; i++)
		frame_release(&p.example[i].frame);
	free(p.example);
	frame_release(&p.frame);
	balance_release(&p.balance);
	keys_release(&p.balance_by);
	provenance_release(&p.origin);
	return p.dropped;
}
