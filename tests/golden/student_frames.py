#!/usr/bin/env python3
"""Print a stream of random features that a student can learn from.

    student_frames.py COUNT [SEED [FIRST]]

Utterance uN (from FIRST on) is of class N mod 4, speaker N mod 3, language N
mod 2; a class is heard in the pitch.  The type is
fbank10+pitch 16000/400/160.
"""
import random
import struct
import sys

import msgpack

CLASSES = ['anger', 'happiness', 'neutral', 'sadness']


def put(frame):
    sys.stdout.buffer.write(msgpack.packb(frame, use_bin_type=True))


def tensor(rows):
    flat = [x for row in rows for x in row]
    return {b'nd': True, b'type': '<f4', b'kind': b'',
            b'shape': [len(rows), len(rows[0])],
            b'data': struct.pack('<%df' % len(flat), *flat)}


def utterance(n, seed):
    r = random.Random('%d %d' % (seed, n))
    rows = []
    for t in range(r.randint(20, 60)):
        bands = [r.gauss(-8, 2) for band in range(10)]
        pitch = 5 + .3 * (n % 4) + r.gauss(0, .05)
        rows.append(bands + [pitch, r.choice([.1, .9]), r.gauss(-3, 1)])
    return {'frame': 'utterance', 'id': 'u%d' % n, 'label': CLASSES[n % 4],
            'speaker': 's%d' % (n % 3), 'corpus': 'made',
            'language': ['en', 'fi'][n % 2], 'start': 0.0,
            'end': len(rows) / 100, 'features': tensor(rows),
            'features.type': 'fbank10+pitch 16000/400/160'}


count, seed, first = (list(map(int, sys.argv[1:])) + [1, 0][len(sys.argv) - 2:])
put({'frame': 'header', 'version': 1, 'history': ['student_frames']})
for n in range(first, first + count):
    put(utterance(n, seed))
put({'frame': 'end', 'utterances': count, 'dropped': 0})
