#!/usr/bin/python3
"""Write student.safetensors and student.f32 beside this file: the compact
student by PyTorch.

    bin/student-init --width 16 --heads 2 --blocks ca \
        -f 'fbank10+pitch 16000/400/160' -o fresh.safetensors
    tests/golden/student.py fresh.safetensors

The weights are student-init's, moved a little so that no gain is 1 and no
bias 0.  student.f32 is a sequence of arrays, each a line "name count" and
that many little-endian float32: utterances of several lengths, what the
network makes of each, and the gradient of sum(logits * dlogits) over all of
them by every tensor; then AdamW's ten steps on that loss.
tests/unit/student_golden.c reads it.
"""
import json
import os
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.backends.mkldnn.enabled = False
torch.manual_seed(1)
HEADS, ROWS = 2, [1, 2, 3, 5, 37, 100]
here = os.path.dirname(os.path.abspath(__file__))
out = open(os.path.join(here, 'student.f32'), 'wb')


def put(name, tensor):
    data = tensor.detach().contiguous().numpy().astype('<f4')
    out.write(b'%s %d\n' % (name.encode(), data.size) + data.tobytes())


def load(path):
    """The file's header, and its tensors by name."""
    data = open(path, 'rb').read()
    length = struct.unpack('<Q', data[:8])[0]
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, about in header.items():
        if name != '__metadata__':
            a, b = (8 + length + at for at in about['data_offsets'])
            tensors[name] = torch.from_numpy(
                np.frombuffer(data[a:b], '<f4').reshape(about['shape']).copy())
    return header, tensors


def save(path, header, tensors):
    """The same header again: only the values differ."""
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    names = sorted(tensors, key=lambda n: header[n]['data_offsets'])
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text)
        for name in names:
            f.write(tensors[name].numpy().astype('<f4').tobytes())


def linear(x, w, name):
    return F.linear(x, w[name + '.weight'], w[name + '.bias'])


def norm(x, w, name):
    return F.layer_norm(x, x.shape[-1:], w[name + '.weight'],
                        w[name + '.bias'])


def strided(x, w, name):
    weight = w[name + '.weight'].transpose(1, 2)
    return F.conv1d(x.T[None], weight, w[name + '.bias'], stride=2,
                    padding=weight.shape[2] // 2)[0].T


def depthwise(x, w, name):
    weight = w[name + '.weight']
    k, d = weight.shape
    return F.conv1d(x.T[None], weight.T[:, None], w[name + '.bias'],
                    padding=k // 2, groups=d)[0].T


def mlp(x, w, name):
    h = norm(x, w, name + '.norm')
    return linear(F.gelu(linear(h, w, name + '.wide')), w, name + '.narrow')


def attention(x, w, name):
    d = x.shape[1]
    qkv = linear(norm(x, w, name + '.norm'), w, name + '.qkv')
    q, k, v = (part.reshape(-1, HEADS, d // HEADS).transpose(0, 1)
               for part in qkv.split(d, 1))
    p = torch.softmax(q @ k.transpose(1, 2) / (d // HEADS) ** .5, 2)
    return linear((p @ v).transpose(0, 1).reshape(-1, d), w, name + '.out')


def student(x, w, blocks):
    """Logits and embedding of one utterance [T,M]."""
    for layer in range(2):
        x = F.gelu(strided(x, w, 'front.%d' % layer))
    for i, letter in enumerate(blocks):
        name = 'blocks.%d.' % i
        if letter == 'a':
            x = x + attention(x, w, name + 'attention')
            x = x + mlp(x, w, name + 'mlp')
        else:
            x = x + mlp(depthwise(x, w, name + 'depthwise'), w, name + 'mlp')
    x = norm(x, w, 'norm')
    score = linear(torch.tanh(linear(x, w, 'pool.score')), w, 'pool.out')
    p = torch.softmax(score, 0)
    mean = (p * x).sum(0)
    deviation = torch.sqrt((p * (x - mean) ** 2).sum(0) + 1e-5)
    embedding = torch.cat([mean, deviation])
    return linear(embedding, w, 'classifier'), embedding


header, w = load(sys.argv[1])
for tensor in w.values():
    tensor += .2 * torch.randn(tensor.shape)
save(os.path.join(here, 'student.safetensors'), header, w)
blocks = header['__metadata__']['blocks']
xs = [torch.randn(rows, w['front.0.weight'].shape[2]) for rows in ROWS]
dlogits = torch.randn(len(ROWS), 4)
for tensor in w.values():
    tensor.requires_grad_()


def loss(record):
    total = 0
    for i, x in enumerate(xs):
        logits, embedding = student(x, w, blocks)
        if record:
            put('x.%d' % ROWS[i], x)
            put('logits.%d' % ROWS[i], logits)
            put('embedding.%d' % ROWS[i], embedding)
        total = total + (logits * dlogits[i]).sum()
    return total


put('dlogits', dlogits)
loss(True).backward()
for name, tensor in w.items():
    put('d' + name, tensor.grad)

# Biases and gains do not decay.  A large epsilon, since Adam makes whole
# steps of gradients that are 0 but for rounding (the keys' bias, pool.out's).
free = [t for t in w.values() if t.dim() == 1]
rest = [t for t in w.values() if t.dim() > 1]
adamw = torch.optim.AdamW([{'params': rest},
                           {'params': free, 'weight_decay': 0}],
                          lr=1e-2, betas=(.9, .98), eps=1e-3, weight_decay=.1)
for step in range(10):
    adamw.zero_grad()
    # a bounded loss, lest ten steps run away
    torch.tanh(loss(False) / 10).backward()
    adamw.step()
for name, tensor in w.items():
    put('w10.' + name, tensor)
