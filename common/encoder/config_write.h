/*
 * config_write.h - a network's shape as Hugging Face's files say it
 */
#ifndef ENCODER_CONFIG_WRITE_H
#define ENCODER_CONFIG_WRITE_H

#include "encoder/config.h"
#include "weights/safetensors.h"

struct json;

/*
 * The text of config.json, for the caller to free.  old, whose text was
 * parsed to it and which says old_config, keeps what c does not change; all of
 * it is NULL for a fresh one.  type is that of the weights.
 */
char *
encoder_config_text(const struct encoder_config *c, enum safetensors_type type,
                    const struct json *old, const char *old_text,
                    const struct encoder_config *old_config);

/* The same of preprocessor_config.json. */
char *encoder_preprocessor_text(const struct encoder_config *c,
                                const struct json *old, const char *old_text);

#endif
