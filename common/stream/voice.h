/*
 * voice.h - who speaks
 *
 * Corpora name their speakers without asking one another: 01 of one is not 01
 * of another.
 */
#ifndef VOICE_H
#define VOICE_H

struct frame;

/*
 * "corpus<tab>speaker", or the speaker alone where the frame has no corpus;
 * NULL where it has no speaker.  The frame's, like all it holds.
 */
const char *frame_voice(struct frame *f);

#endif
