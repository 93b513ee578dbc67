/*
 * raw.h - bare samples, with a WAV head in front or none
 */
#ifndef RAW_H
#define RAW_H

enum { WAV_RATE_MIN = 1000, WAV_RATE_MAX = 768000, WAV_CHANNELS_MAX = 1024 };

/* Little-endian.  Words name all but the last, in this order. */
enum wav_raw {
	RAW_S16, RAW_S24, RAW_S32, RAW_U8, RAW_F32, RAW_ULAW, RAW_ALAW, RAW_F64
};
#define WAV_RAW_WORDS "s16|s24|s32|u8|f32|ulaw|alaw"

#endif
