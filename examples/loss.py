#!/usr/bin/env python3
"""A custom loss for student-step: cross-entropy with label smoothing.

    student-step -m in.safetensors -o out.safetensors -l 'python3 loss.py'

Each run of frames, from header to end, is one batch. The program adds to each
utterance its loss and the gradient of this loss by the utterance's logits.
"""
import sys

import msgpack
import msgpack_numpy
import numpy as np

SMOOTH = 0.1
frames = msgpack.Unpacker(open(0, "rb", buffering=0), max_buffer_size=1 << 30,
                          object_hook=msgpack_numpy.decode)
for frame in frames:
    if frame["frame"] == "utterance":
        logits = frame["logits"].astype(float)
        target = np.array([c == frame.get("label") for c in frame["classes"]])
        target = (1 - SMOOTH) * target + SMOOTH / len(target)
        log_p = logits - logits.max()
        log_p -= np.log(np.exp(log_p).sum())
        known = bool(frame.get("label"))  # unlabelled: no loss
        frame["loss"] = float(-(target * log_p).sum()) * known
        frame["dlogits"] = ((np.exp(log_p) - target) * known).astype("<f4")
    sys.stdout.buffer.write(msgpack.packb(frame, default=msgpack_numpy.encode))
    sys.stdout.buffer.flush()
