#!/usr/bin/env python3
"""Add "lab.level", the level of the audio in dB, to each utterance.

    wavread x.wav | python3 newfilter.py | framedump

0 dB is full scale. An utterance without usable audio is dropped, with a
message on standard error. Everything else passes unchanged.
"""
import os
import sys

import msgpack
import msgpack_numpy
import numpy as np

from read_frames import StreamError, all_frames


def level(audio):
    rms = np.sqrt(np.mean(np.square(audio, dtype=float)))
    return float(20 * np.log10(rms + 1e-5))


def usable(audio):
    return (isinstance(audio, np.ndarray) and audio.size > 0 and
            np.isfinite(audio).all())


def main():
    failed = False
    for frame in all_frames(open(0, "rb", buffering=0)):
        if frame["frame"] == "header":
            frame.setdefault("history", []).append("newfilter.py")
            dropped = 0
        elif frame["frame"] == "end":
            frame["utterances"] -= dropped
            frame["dropped"] = frame.get("dropped", 0) + dropped
        elif usable(frame.get("audio")):
            frame["lab.level"] = level(frame["audio"])
        else:
            print(f"newfilter.py: {frame['id']}: dropped: no audio, or"
                  " audio that is not finite", file=sys.stderr)
            dropped += 1
            failed = True
            continue
        packed = msgpack.packb(frame, default=msgpack_numpy.encode)
        sys.stdout.buffer.write(packed)
        sys.stdout.buffer.flush()
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os._exit(1)  # sys.exit would flush, and fail again
    except (OSError, StreamError) as error:
        print(f"newfilter.py: {error}", file=sys.stderr)
        os._exit(1)
