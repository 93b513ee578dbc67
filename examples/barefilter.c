/*
 * barefilter - add "lab.level", the level of the audio in dB
 *
 *	cc -o barefilter barefilter.c -lmsgpackc -lm
 *	wavread x.wav | ./barefilter | framedump
 *
 * It uses nothing of tunne but the stream format, tunne-frame(5).
 * 0 dB is full scale.  A frame without audio passes unchanged.
 */
#include <math.h>
#include <msgpack.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char name[] = "lab.level";

/* Returns the value of a key, str in a frame or bin in a tensor. */
static const msgpack_object *
find(const msgpack_object *map, const char *key)
{
	int is_map = map->type == MSGPACK_OBJECT_MAP;

	for (uint32_t i = 0; is_map && i < map->via.map.size; i++) {
		const msgpack_object *k = &map->via.map.ptr[i].key;

		if ((k->type == MSGPACK_OBJECT_STR ||
		     k->type == MSGPACK_OBJECT_BIN) &&
		    k->via.bin.size == strlen(key) &&
		    memcmp(k->via.bin.ptr, key, strlen(key)) == 0)
			return &map->via.map.ptr[i].val;
	}
	return NULL;
}

static double
level(const msgpack_object *data)
{
	size_t count = data->via.bin.size / sizeof(float);
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		float sample;

		memcpy(&sample, data->via.bin.ptr + i * sizeof sample,
		       sizeof sample);
		sum += (double)sample * sample;
	}
	sum /= (double)(count ? count : 1);
	return 20 * log10(sqrt(sum) + 1e-5);
}

/* Writes the frame with its level added; returns 0 on failure. */
static int
put(const msgpack_object *frame, msgpack_packer *out,
    msgpack_sbuffer *bytes)
{
	const msgpack_object *audio = find(frame, "audio");
	const msgpack_object *data = audio ? find(audio, "data") : NULL;
	int add = data && data->type == MSGPACK_OBJECT_BIN &&
		!find(frame, name);

	msgpack_pack_map(out, frame->via.map.size + (add ? 1 : 0));
	for (uint32_t i = 0; i < frame->via.map.size; i++) {
		msgpack_pack_object(out, frame->via.map.ptr[i].key);
		msgpack_pack_object(out, frame->via.map.ptr[i].val);
	}
	if (add) {
		msgpack_pack_str_with_body(out, name, strlen(name));
		msgpack_pack_double(out, level(data));
	}
	if (fwrite(bytes->data, bytes->size, 1, stdout) != 1)
		return 0;
	msgpack_sbuffer_clear(bytes);
	return fflush(stdout) == 0;
}

/* Reads what has arrived, without waiting for more; 0 at the end. */
static int
more(msgpack_unpacker *in)
{
	enum { SIZE = 1 << 16 };
	ssize_t got = -1;

	if (msgpack_unpacker_reserve_buffer(in, SIZE))
		got = read(0, msgpack_unpacker_buffer(in), SIZE);
	if (got > 0)
		msgpack_unpacker_buffer_consumed(in, (size_t)got);
	return got > 0;
}

static int
fail(const char *why)
{
	fprintf(stderr, "barefilter: %s\n", why);
	return 1;
}

int
main(void)
{
	const msgpack_object *kind;
	msgpack_unpacked frame;
	msgpack_unpacker in;
	msgpack_sbuffer bytes;
	msgpack_packer out;
	int ended = 0;

	msgpack_unpacked_init(&frame);
	msgpack_unpacker_init(&in, 1 << 16);
	msgpack_sbuffer_init(&bytes);
	msgpack_packer_init(&out, &bytes, msgpack_sbuffer_write);
	while (more(&in))
		while (msgpack_unpacker_next(&in, &frame) ==
		       MSGPACK_UNPACK_SUCCESS) {
			kind = find(&frame.data, "frame");
			if (!kind || kind->type != MSGPACK_OBJECT_STR)
				return fail("not a stream of frames");
			ended = kind->via.str.size == strlen("end") &&
				memcmp(kind->via.str.ptr, "end", 3) == 0;
			if (!put(&frame.data, &out, &bytes))
				return fail("cannot write");
		}
	if (!ended || msgpack_unpacker_message_size(&in) > 0)
		return fail("the stream ends without its end frame");
	msgpack_sbuffer_destroy(&bytes);
	msgpack_unpacked_destroy(&frame);
	msgpack_unpacker_destroy(&in);
	return 0;
}
