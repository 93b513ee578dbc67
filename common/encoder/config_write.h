/*
 * config_write.h - writes config.json and preprocessor_config.json
 */
#pragma once

#include "encoder/config.h"
#include "weights/safetensors.h"

struct json;

/*
 * The text of config.json, for the caller to free.  Members of old, which was
 * parsed from old_text and read to old_config, stay unless c changes them; all
 * three are NULL for a fresh one.  type is that of the weights.
 */
char *
encoder_config_text(const struct encoder_config *c, enum safetensors_type type,
                    const struct json *old, const char *old_text,
                    const struct encoder_config *old_config);

/* The same of preprocessor_config.json. */
char *encoder_preprocessor_text(const struct encoder_config *c,
                                const struct json *old, const char *old_text);
