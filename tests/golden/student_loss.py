#!/usr/bin/env python3
"""A loss for student-step that is wrong in a way of choice.

    student-step -l 'student_loss.py MODE'

The third utterance of each run comes back with another id, a gradient of
another length, and so on; in MODE good nothing is wrong.  With embedded, all
also have a gradient by the embedding; with still, one of 0.  With reverse the
answers come in reverse order; with drop the third is missing; with dropped the
end frame counts it as dropped."""
import struct
import sys

import msgpack


def tensor(*values):
    return {b'nd': True, b'type': '<f4', b'kind': b'',
            b'shape': [len(values)],
            b'data': struct.pack('<%df' % len(values), *values)}


def spoil(frame, mode):
    if mode == 'id':
        frame['id'] = 'other'
    if mode == 'length':
        frame['dlogits'] = tensor(1, 0, 0)
    if mode == 'nan-loss':
        frame['loss'] = float('nan')
    if mode == 'no-loss':
        del frame['loss']
    if mode == 'nan-gradient':
        frame['dlogits'] = tensor(1, 0, 0, float('nan'))
    if mode == 'huge-gradient':
        frame['dlogits'] = tensor(3e38, -3e38, 3e38, -3e38)
    if mode == 'steep':
        frame['dlogits'] = tensor(1e25, 0, 0, -1e25)
    if mode == 'embedding-length':
        frame['dembedding'] = tensor(1, 0, 0)
    if mode == 'text':
        frame['dlogits'] = 'steep'


def put(frame):
    # its death, or ours, is student-step's to tell
    try:
        sys.stdout.buffer.write(msgpack.packb(frame))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


mode = sys.argv[1]
for frame in msgpack.Unpacker(open(0, 'rb', buffering=0)):
    if frame['frame'] == 'header':
        seen, run = 0, []
    if frame['frame'] == 'utterance':
        seen += 1
        frame['loss'] = 1.0
        frame['dlogits'] = tensor(1, 0, sum(frame['id'].encode()) % 7, -1)
        if mode in ('embedded', 'still'):
            width = frame['embedding'][b'shape'][0]
            slope = -1 if mode == 'embedded' else 0
            frame['dembedding'] = tensor(*[slope] * width)
        if seen == 3:
            spoil(frame, mode)
        times = {'drop': 0, 'dropped': 0, 'twice': 2}.get(mode, 1)
        run += [frame] * (times if seen == 3 else 1)
        continue
    if frame['frame'] == 'end':
        for answer in reversed(run) if mode == 'reverse' else run:
            put(answer)
        frame['utterances'] = len(run)
        if mode == 'dropped':
            frame['dropped'] = seen - len(run)
    put(frame)
