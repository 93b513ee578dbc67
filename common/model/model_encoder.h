/*
 * model_encoder.h - what model_encoder.c keeps of a network: for itself, and
 * for tests of the encoder
 */
#pragma once

#include "encoder/open.h"
#include "encoder/encoder.h"
#include "encoder/packed.h"
#include "feat/whisper_mel.h"
#include "model/model.h"

struct model_encoder {
	struct encoder encoder;
	float *merged;            /* weights with their adapters; owned */
	struct encoder_packed packed; /* for inference in bfloat16, int8 */
	bool rounded;             /* products are in bfloat16 */
	bool quantised;           /* or in int8 */
	struct encoder_directory directory; /* where it was read from */
	struct safetensors training; /* the optimiser's tensors */
	struct whisper_mel mel;   /* of Whisper alone */
	float seconds;            /* of audio; longer audio is cut */
};

struct encoder *model_encoder_of(const struct model *m);
