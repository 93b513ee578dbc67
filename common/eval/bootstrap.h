/*
 * bootstrap.h - confidence intervals of metrics by resampling
 *
 * Percentile bootstrap (Efron, "Bootstrap methods: another look at the
 * jackknife", Annals of Statistics 7, 1979; Efron and Tibshirani, "An
 * Introduction to the Bootstrap", 1993, chapter 13): draw as many clusters as
 * there are, with replacement, compute the metrics, repeat.  The interval is
 * the middle 95 % of the results.  Rows of a speaker are alike, so the clusters
 * are speakers where they are known.
 *
 * Replicate r of a seed draws the same clusters for every sample with the same
 * number of clusters: so two samples of the same clusters are paired.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "eval/row_outcomes.h"

struct piece;

struct sample {
	size_t classes, clusters;
	struct piece *piece;      /* sorted by cluster */
	size_t *begin;            /* [clusters + 1], into piece */
};

/* Of the length outcomes item[index[…]], in the clusters cluster[index[…]]. */
void sample_make(struct sample *s, size_t classes, const struct outcome *item,
                 const size_t *index, size_t length, const uint32_t *cluster);
void sample_release(struct sample *s);

/* value [replicates, metrics_length(classes)]; threads share the work. */
void bootstrap_run(double *value, const struct sample *s, size_t replicates,
                   uint64_t seed);

struct interval { double low, high; }; /* both NAN: undefined */

/*
 * The 2.5th and 97.5th percentile, linear between neighbours, of the count
 * numbers value[0], value[stride], … that are defined; undefined if fewer than
 * half of them, or fewer than two, are.
 */
struct interval bootstrap_interval(const double *value, size_t count,
                                   size_t stride);

/*
 * Two-sided p of difference = 0 from replicates of a difference (same
 * layout): 2 min(1 + how many are <= 0, 1 + how many are >= 0) / (1 + count),
 * at most 1 (Davison and Hinkley, "Bootstrap Methods and their Application",
 * 1997, section 4.2 counts so).  NAN if none is defined.
 */
double bootstrap_p(const double *value, size_t count, size_t stride);
