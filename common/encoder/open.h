/*
 * open.h - a pre-trained network in a model directory, opened and written
 *
 * Everything is checked when it is opened, but that the weights are finite.
 */
#pragma once

#include "encoder/layout.h"
#include "weights/directory.h"

/* What it is opened for. */
enum encoder_use {
	ENCODER_USE_CLASSIFIER,   /* must have a head */
	ENCODER_USE_ENCODER,      /* a head is left out */
	ENCODER_USE_ANY           /* as it is */
};

struct encoder_directory {
	struct directory files;
	struct encoder_config config;
	struct encoder_spelling spelling;
	char *why;
};

/*
 * Returns NULL or what is wrong, a line that belongs to d until
 * encoder_directory_release; that is needed in either case.  Warns when
 * preprocessor_config.json is missing.
 */
const char *encoder_directory_open(struct encoder_directory *d,
                                   const char *path, enum encoder_use use);
void encoder_directory_release(struct encoder_directory *d);

struct encoder_contents {
	const struct encoder_directory *from; /* other fields stay; or NULL */
	const struct encoder_config *config;
	const struct params *params; /* bound to the weights */
	struct safetensors_extras extras;
};

/* Writes a directory: weights/directory.h. */
void encoder_directory_write(const char *path,
                             const struct encoder_contents *contents);
