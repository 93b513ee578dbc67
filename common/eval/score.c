#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "eval/leak.h"
#include "eval/score.h"

bool
score_tempered(const struct score_options *options)
{
	return options->temperature < 1 || options->temperature > 1;
}

void
score_want(struct predictions *p, const struct score_options *options)
{
	struct texts columns = TEXTS_INIT;

	if (options->by)
		texts_split(&columns, options->by);
	if (options->cluster && strcmp(options->cluster, "none") != 0)
		texts_add(&columns, options->cluster);
	for (size_t c = 0; c < columns.length; c++)
		predictions_want(p, columns.text[c]);
	texts_release(&columns);
	p->keep = score_tempered(options);
}

/* The index of the column that an option names; dies if it is missing. */
static size_t
column_number(const struct predictions *p, const char *option,
              const char *column)
{
	size_t number = texts_find(&p->columns, column);

	if (number == TEXTS_NONE || !p->present[number])
		die("--%s: no column '%s' before confidence in the heading "
		    "(predict --keep %s adds it)", option, column, column);
	return number;
}

/* Whether any row has a value; predict also writes columns without. */
static bool
column_filled(const struct predictions *p, size_t column)
{
	for (size_t r = 0; r < p->rows; r++)
		if (*predictions_value(p, r, column))
			return true;
	return false;
}

static void
score_groups(struct score *s, const struct predictions *p)
{
	struct texts by = TEXTS_INIT;
	size_t column[COLUMNS_MAX];

	if (s->options->by)
		texts_split(&by, s->options->by);
	if (!s->options->by && column_filled(p, COLUMN_LANGUAGE))
		texts_add(&by, "language");
	if (!s->options->by && column_filled(p, COLUMN_CORPUS))
		texts_add(&by, "corpus");
	for (size_t c = 0; c < by.length; c++)
		column[c] = column_number(p, "by", by.text[c]);
	groups_make(&s->groups, p, &s->outcomes, column, by.length);
	texts_release(&by);
}

/* Whether a cluster has several outcomes. */
static bool
any_shared(const uint32_t *cluster, size_t length)
{
	/* clusters are numbered in order of appearance */
	for (size_t i = 0; i < length; i++)
		if (cluster[i] != i)
			return true;
	return false;
}

static uint32_t *
score_clusters(struct score *s, const struct predictions *p)
{
	const char *cluster = s->options->cluster;
	size_t column = COLUMN_SPEAKER;
	uint32_t *number;

	if (cluster && strcmp(cluster, "none") != 0)
		column = column_number(p, "cluster", s->cluster = cluster);
	else if (cluster)
		column = TEXTS_NONE;
	else if (column_filled(p, COLUMN_SPEAKER))
		s->cluster = "speaker";
	number = clusters_make(p, &s->outcomes, column);
	if (!cluster && !s->cluster &&
	    any_shared(number, s->outcomes.length))
		s->cluster = "recording";
	return number;
}

static void
group_count(struct confusion *c, const struct outcomes *o,
            const struct group *g)
{
	for (size_t i = 0; i < g->length; i++)
		confusion_add(c, o->item + g->index[i]);
}

/* Metrics of every replicate, or NULL with too few clusters. */
static double *
group_replicates(const struct score *s, const struct outcomes *o,
                 struct score_group *g, const uint32_t *cluster)
{
	size_t classes = s->outcomes.classes.length;
	size_t resamples = (size_t)s->options->resamples;
	double *value = NULL;
	struct sample sample;

	sample_make(&sample, classes, o->item, g->group->index,
	            g->group->length, cluster);
	g->clusters = sample.clusters;
	if (resamples > 0 && sample.clusters >= SCORE_CLUSTERS_MIN) {
		value = xmalloc(resamples,
		                metrics_length(classes) * sizeof *value);
		bootstrap_run(value, &sample, resamples,
		              (uint64_t)s->options->seed);
	}
	sample_release(&sample);
	return value;
}

static void
group_compare(const struct score *s, struct score_group *g, double *replicate,
              const uint32_t *cluster)
{
	size_t classes = s->outcomes.classes.length;
	size_t stride = metrics_length(classes);
	size_t resamples = (size_t)s->options->resamples;
	double *theirs = group_replicates(s, &s->paired, g, cluster);
	double *value = xcalloc(stride, sizeof *value);
	struct confusion c;

	confusion_init(&c, classes);
	group_count(&c, &s->paired, g->group);
	metrics_compute(value, &c);
	for (size_t i = 0; replicate && i < resamples * stride; i++)
		replicate[i] -= theirs[i];
	for (size_t m = 0; m < DIFFERENCES; m++) {
		struct difference *d = g->difference + m;

		*d = (struct difference){
			value[m], g->value[m] - value[m],
			{ (double)NAN, (double)NAN }, (double)NAN
		};
		if (replicate) {
			d->interval = bootstrap_interval(replicate + m,
			                                 resamples, stride);
			d->p = bootstrap_p(replicate + m, resamples, stride);
		}
	}
	confusion_release(&c);
	free(value);
	free(theirs);
}

static void
group_score(struct score *s, struct score_group *g, const uint32_t *cluster)
{
	size_t classes = s->outcomes.classes.length;
	size_t stride = metrics_length(classes);
	double *replicate;

	g->value = xcalloc(stride, sizeof *g->value);
	g->interval = xcalloc(stride, sizeof *g->interval);
	confusion_init(&g->confusion, classes);
	group_count(&g->confusion, &s->outcomes, g->group);
	metrics_compute(g->value, &g->confusion);

	replicate = group_replicates(s, &s->outcomes, g, cluster);
	for (size_t m = 0; m < stride; m++) {
		g->interval[m] = (struct interval){ (double)NAN, (double)NAN };
		if (replicate && !isnan(g->value[m]))
			g->interval[m] = bootstrap_interval(
				replicate + m,
				(size_t)s->options->resamples, stride);
	}
	if (s->other)
		group_compare(s, g, replicate, cluster);
	free(replicate);
}

static void
score_seen(struct score *s, const struct predictions *p, const char *name,
           const struct predictions *other, const char *other_name)
{
	if (!s->options->allow_seen) {
		leak_check(p, p, name);
		if (other)
			leak_check(other, p, other_name);
	}
	s->seen = leak_seen(p, p);
	s->other_seen = other ? leak_seen(other, p) : 0;
}

void
score_make(struct score *s, const struct score_options *options,
           const struct predictions *p, const char *name,
           const struct predictions *other, const char *other_name)
{
	uint32_t *cluster;

	*s = (struct score){ .options = options, .other = other_name };
	score_seen(s, p, name, other, other_name);
	outcomes_make(&s->outcomes, p, options->classes);
	if (other)
		outcomes_pair(&s->paired, &s->outcomes, p, name, other,
		              other_name);
	score_groups(s, p);
	cluster = score_clusters(s, p);
	s->group = xcalloc(s->groups.length, sizeof *s->group);
	for (size_t i = 0; i < s->groups.length; i++) {
		s->group[i].group = s->groups.group + i;
		group_score(s, s->group + i, cluster);
	}
	free(cluster);
}

void
score_release(struct score *s)
{
	for (size_t i = 0; i < s->groups.length; i++) {
		confusion_release(&s->group[i].confusion);
		free(s->group[i].value);
		free(s->group[i].interval);
	}
	free(s->group);
	groups_release(&s->groups);
	outcomes_release(&s->outcomes);
	outcomes_release(&s->paired);
}
