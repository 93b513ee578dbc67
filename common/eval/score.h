/*
 * score.h - everything score prints, computed
 *
 * From predictions, and perhaps those of another program for the same rows,
 * to metrics, their intervals and differences for every group.
 */
#ifndef SCORE_H
#define SCORE_H

#include "eval/bootstrap.h"
#include "eval/confusion.h"
#include "eval/row_groups.h"
#include "eval/metrics.h"

struct score_options {
	const char *by;           /* "language,corpus"; NULL: any filled */
	const char *cluster;      /* a column, "none"; NULL: speaker if any */
	const char *classes;      /* "anger,neutral", or NULL: all */
	int resamples;            /* 0: no intervals */
	int seed;
	float temperature;        /* 1: confidences as they are */
	bool allow_seen;          /* count what was in training, too */
};

#define SCORE_OPTIONS { .resamples = 1000, .seed = 1, .temperature = 1 }

/* Of two there are but three resamples: they make no interval. */
enum { SCORE_CLUSTERS_MIN = 3 };

enum { DIFFERENCES = 2 };         /* METRIC_UAR and METRIC_WAR */

/* This program's metric minus the other's; p NAN where undefined. */
struct difference {
	double other, value;
	struct interval interval;
	double p;
};

struct score_group {
	const struct group *group;
	size_t clusters;
	struct confusion confusion;
	double *value;            /* [metrics_length] */
	struct interval *interval; /* [metrics_length]; undefined without
	                              resamples, or with fewer clusters than
	                              SCORE_CLUSTERS_MIN */
	struct difference difference[DIFFERENCES];
};

struct score {
	const struct score_options *options;
	const char *cluster;      /* the column clustered by, or NULL */
	size_t seen, other_seen;  /* rows that were in training */
	const char *other;        /* name of what it is compared to, or NULL */
	struct outcomes outcomes, paired;
	struct groups groups;
	struct score_group *group; /* [groups.length] */
};

/* Whether the temperature changes anything. */
bool score_tempered(const struct score_options *options);

/* Makes p keep what the options need, before anything is read. */
void score_want(struct predictions *p, const struct score_options *options);

/*
 * other and other_name may be NULL.  Dies if a column is not there, if rows
 * were seen in training and that is not allowed, or as outcomes.h says.
 * options must outlive s.
 */
void score_make(struct score *s, const struct score_options *options,
                const struct predictions *p, const char *name,
                const struct predictions *other, const char *other_name);
void score_release(struct score *s);

#endif
