#!/usr/bin/env python3
"""Read a stream of frames; as a program, print ids and tensor shapes.

    wavread x.wav | featurize | python3 read_frames.py
"""
import os
import sys

import msgpack
import msgpack_numpy


class StreamError(Exception):
    """The input is not a stream of frames, or it is incomplete."""


def all_frames(fp):
    """Yield all frames of a stream as dicts, with header and end."""
    unpacker = msgpack.Unpacker(fp, object_hook=msgpack_numpy.decode,
                                max_buffer_size=1 << 30)
    kind = count = None  # count: utterances in this run
    try:
        for frame in unpacker:
            kind = frame["frame"]
            if kind == "utterance" and isinstance(frame["id"], str):
                count += 1
            elif (kind == "header" and count is None and
                  frame["version"] == 1):
                count = 0
            elif kind == "end" and frame["utterances"] == count:
                count = None
            else:
                raise StreamError(f"invalid {kind} frame")
            yield frame
    except (KeyError, TypeError, ValueError, msgpack.UnpackException):
        raise StreamError("not a stream of frames") from None
    if kind != "end" or unpacker.read_bytes(1):
        raise StreamError("the stream ends without its end frame")


def read_frames(fp):
    """Yield the utterances as dicts of read-only arrays and values."""
    for frame in all_frames(fp):
        if frame["frame"] == "utterance":
            yield frame


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else 0
    # unbuffered: live input is read as it arrives
    for utterance in read_frames(open(name, "rb", buffering=0)):
        shapes = [f"{key} {list(value.shape)}"
                  for key, value in utterance.items()
                  if hasattr(value, "shape")]
        print(utterance["id"], *shapes, sep="\t", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (OSError, StreamError) as error:
        print(f"read_frames.py: {error}", file=sys.stderr)
        os._exit(1)  # sys.exit would flush, and fail again
