/*
 * fields.h - the names of the fields of frames; see tunne-frame(5)
 */
#pragma once

/* every frame */
#define FIELD_FRAME "frame"           /* "header", "utterance" or "end" */

/* header */
#define FIELD_VERSION "version"       /* 1 */
#define FIELD_HISTORY "history"       /* [text]: command lines */
#define FIELD_EXPECTED "expected"     /* utterances to come, estimated */
#define FIELD_VOICES "voices"         /* trained on, one a line */

/* end */
#define FIELD_UTTERANCES "utterances" /* frames in this run */
#define FIELD_DROPPED "dropped"       /* dropped so far, by all filters */

/* utterance: identity */
#define FIELD_ID "id"
#define FIELD_LANGUAGE "language"     /* ISO 639-1 */
#define FIELD_LABEL "label"
#define FIELD_SPEAKER "speaker"
#define FIELD_CORPUS "corpus"
#define FIELD_START "start"           /* s */
#define FIELD_END "end"               /* s */
#define FIELD_RATE "rate"             /* Hz */

/* utterance: tensors, and their descriptions */
#define FIELD_AUDIO "audio"           /* [N], full scale is 1 */
#define FIELD_FEATURES "features"     /* [T,M] */
#define FIELD_FEATURES_TYPE "features.type" /* "fbank80+pitch …" */
#define FIELD_FUNCTIONALS "functionals" /* [F] */
#define FIELD_CMVN "cmvn"             /* "speaker", "utterance", … */
#define FIELD_ENCODING "encoding"     /* [L,2D] */
#define FIELD_ENCODING_MODEL "encoding.model" /* digest of the network */
#define FIELD_ENCODING_CMVN "encoding.cmvn" /* as FIELD_CMVN */
#define FIELD_AUGMENT "augment"       /* changes made to the audio */
#define FIELD_LOGITS "logits"         /* [K] */
#define FIELD_CLASSES "classes"       /* [text], K of them */
#define FIELD_EMBEDDING "embedding"   /* [D] */
#define FIELD_SEEN "seen"             /* "speaker", "utterance", "teacher" */
#define FIELD_LOSS "loss"
#define FIELD_LOSS_CE "loss.ce"
#define FIELD_LOSS_KD "loss.kd"
#define FIELD_LOSS_EMBEDDING "loss.embedding"
#define FIELD_DLOGITS "dlogits"       /* [K], gradient of the loss */
#define FIELD_DEMBEDDING "dembedding" /* [D], gradient of the loss */
#define FIELD_TEACHER "teacher."      /* teacher.NAME.logits, … */
#define FIELD_WEIGHT "weight."        /* weight.NAME */

struct arena;
struct frame;

/* The NAME of "teacher.NAME.logits", or NULL for any other field. */
const char *field_teacher(const char *field, struct arena *arena);

/*
 * Identifies the speaker across corpora: "corpus<tab>speaker", or the speaker
 * alone where the frame has no corpus; NULL where it has no speaker.  Belongs
 * to the frame.
 */
const char *frame_speaker_key(struct frame *f);
