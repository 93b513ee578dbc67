/*
 * raw.h - bare samples, with a WAV head in front or none
 */
#ifndef RAW_H
#define RAW_H

enum {
	AUDIO_RATE_MIN = 1000, AUDIO_RATE_MAX = 768000,
	AUDIO_CHANNELS_MAX = 1024
};

/* Little-endian.  Words name all but the last, in this order. */
enum raw_format {
	RAW_S16, RAW_S24, RAW_S32, RAW_U8, RAW_F32, RAW_ULAW, RAW_ALAW, RAW_F64
};
#define RAW_WORDS "s16|s24|s32|u8|f32|ulaw|alaw"

#endif
