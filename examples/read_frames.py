#!/usr/bin/env python3
"""Read a stream of frames; by itself, print ids and shapes of tensors.

    wavread x.wav | featurize | python3 read_frames.py
"""
import msgpack
import msgpack_numpy


def read_frames(fp):
    """Yield a stream's utterances as dicts; a cut stream is an error."""
    frames = msgpack.Unpacker(fp, object_hook=msgpack_numpy.decode,
                              max_buffer_size=1 << 30)
    kind = None
    for frame in frames:
        kind = frame["frame"]
        if kind == "utterance":
            yield frame
    if kind != "end" or frames.read_bytes(1):
        raise EOFError("the stream ends without its end frame")


def main():
    # unbuffered, so that live input flows
    for utterance in read_frames(open(0, "rb", buffering=0)):
        shapes = [f"{key} {list(value.shape)}"
                  for key, value in utterance.items()
                  if hasattr(value, "shape")]
        print(utterance["id"], *shapes, sep="\t", flush=True)


if __name__ == "__main__":
    main()
