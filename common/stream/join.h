/*
 * join.h - add the fields of other streams to utterances, by id
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/cli.h"
#include "stream/index.h"
#include "stream/match.h"

struct join {
	struct join_source {
		struct index index;
		struct texts id;          /* by place in the index */
		struct frame frame;       /* fetched last */
		bool used;                /* some utterance was */
	} *source;
	size_t sources;
	struct keys *keys;        /* only these; NULL is all */
	struct cli_list prefix;   /* old=new; its array is owned */
	bool replace;             /* fields that exist already */
	bool partial;             /* keep utterances that a source lacks */
};

/* Indexes a file.  Dies when it holds an id twice, or is a pipe. */
void join_open(struct join *j, const char *path);

/* Adds the provenance of all sources to a header. */
void join_header(const struct join *j, struct frame *header);

/*
 * Adds the fields of every source to f; they are valid until the next call.
 * NULL, or why it cannot (in f's arena).  Dies, unless replace is set, of a
 * field that f has with another value.
 */
const char *join_frame(struct join *j, struct frame *f);

/* Warns of each source that had none of the ids. */
void join_warn_unused(const struct join *j);

void join_release(struct join *j);
