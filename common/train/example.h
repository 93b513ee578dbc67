/*
 * example.h - an utterance waiting in a batch
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "stream/frame.h"

struct example {
	struct frame frame;       /* everything but audio and features */
	float *view;              /* what the model sees; frame's arena */
	size_t rows;              /* of the view: rows of features, samples */
	float weight;             /* of its loss; 1 without balancing */
};

#endif
