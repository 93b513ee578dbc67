/*
 * score.h - compute the metrics of predictions, as score(1) prints them
 *
 * The result holds, for every group of rows, metrics and their intervals and,
 * if another model predicted the same rows, the differences.
 */
#pragma once

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
	float temperature;        /* of the confidences */
	bool allow_seen;          /* also count training data */
};

#define SCORE_OPTIONS { .resamples = 1000, .seed = 1, .temperature = 1 }

/* Two clusters have only three resamples, too few for an interval. */
enum { SCORE_CLUSTERS_MIN = 3 };

enum { DIFFERENCES = 2 };         /* METRIC_UAR and METRIC_WAR */

/* Metric minus that of the other model; p is NAN where undefined. */
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
	size_t seen, other_seen;  /* rows of the training data */
	const char *other;        /* name of the other table, or NULL */
	struct outcomes outcomes, paired;
	struct groups groups;
	struct score_group *group; /* [groups.length] */
};

/* Whether the temperature changes the confidences. */
bool score_tempered(const struct score_options *options);

/* Makes p keep the columns that the options need; before reading. */
void score_want(struct predictions *p, const struct score_options *options);

/*
 * other and other_name may be NULL.  Dies if a column is missing, if rows were
 * in the training data and that is not allowed, or as row_outcomes.h says.
 * options must outlive s.
 */
void score_make(struct score *s, const struct score_options *options,
                const struct predictions *p, const char *name,
                const struct predictions *other, const char *other_name);
void score_release(struct score *s);
