#!/usr/bin/env python3
"""Write nn.f32 beside this file: layers and their gradients by PyTorch.

    tests/golden/nn.py

The file is a sequence of arrays, each a line "name count" followed by that
many little-endian float32.  tests/unit/nn_golden.c reads it.
"""
import os

import torch
import torch.nn.functional as F

torch.backends.mkldnn.enabled = False
torch.manual_seed(1)
out = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'nn.f32'),
           'wb')


def put(name, tensor):
    data = tensor.detach().contiguous().numpy().astype('<f4')
    out.write(b'%s %d\n' % (name.encode(), data.size) + data.tobytes())


def layer(name, forward, **inputs):
    """Put the inputs, the output, a gradient of it, and those it causes."""
    for tensor in inputs.values():
        tensor.requires_grad_()
    y = forward(**inputs)
    dy = torch.randn(y.shape)
    y.backward(dy)
    for key, tensor in inputs.items():
        put('%s.%s' % (name, key), tensor)
        put('%s.d%s' % (name, key), tensor.grad)
    put(name + '.y', y)
    put(name + '.dy', dy)


def conv1d(x, weight, bias):
    """weight [O,k,I] and time-major x, as ours."""
    return F.conv1d(x.T[None], weight.transpose(1, 2), bias, stride=2)[0].T


def depthwise(x, weight, bias):
    k, C = weight.shape
    return F.conv1d(x.T[None], weight.T[:, None], bias,
                    padding=k // 2, groups=C)[0].T


def attention(qkv):
    """torch's own, with identities for its linear layers; four heads."""
    q, k, v = qkv[:, None].chunk(3, dim=2)
    C = q.shape[2]
    eye = torch.eye(C)
    return F.multi_head_attention_forward(
        q, k, v, C, 4, torch.cat([eye] * 3), None, None, None, False, 0.0,
        eye, None, training=False)[0][:, 0]


def groupnorm(x, gain, bias):
    """As many groups as channels, so over time."""
    return F.group_norm(x.T[None], x.shape[1], gain, bias)[0].T


def positional(x, weight_g, weight_v, bias):
    """Two groups of an even kernel; torch's own norm of the weight."""
    weight = torch._weight_norm(weight_v, weight_g[None, None], 2)
    return F.conv1d(x.T[None], weight, bias, padding=weight.shape[2] // 2,
                    groups=2)[0, :, :-1].T


def biased(qkv, gate, relative):
    """WavLM's attention: three heads, a bias for each distance, gated."""
    T, heads = gate.shape
    q, k, v = (part.reshape(T, heads, -1).transpose(0, 1)
               for part in qkv.chunk(3, dim=1))
    place = torch.arange(T)
    bias = relative[:, place[None, :] - place[:, None] + T - 1]
    score = q @ k.transpose(1, 2) / q.shape[2] ** .5
    p = torch.softmax(score + gate.T[:, :, None] * bias, 2)
    return (p @ v).transpose(0, 1).reshape(T, -1)


def pool(score, x):
    weight = torch.softmax(score, 0)[:, None]
    mean = (weight * x).sum(0)
    variance = (weight * (x - mean) ** 2).sum(0)
    return torch.cat([mean, torch.sqrt(variance + 1e-5)])


layer('linear', F.linear, input=torch.randn(9, 24),
      weight=torch.randn(20, 24) / 5, bias=torch.randn(20))
layer('conv1d', conv1d, x=torch.randn(20, 6),
      weight=torch.randn(18, 3, 6) / 4, bias=torch.randn(18))
layer('depthwise', depthwise, x=torch.randn(21, 18),
      weight=torch.randn(7, 18) / 3, bias=torch.randn(18))
layer('layernorm', lambda x, gain, bias: F.layer_norm(x, [24], gain, bias),
      x=3 * torch.randn(9, 24) + 1, gain=torch.randn(24),
      bias=torch.randn(24))
layer('gelu', F.gelu, x=torch.linspace(-8, 8, 161))
layer('softmax', lambda x: F.softmax(x, 1), x=3 * torch.randn(5, 21))
layer('log_softmax', lambda x: F.log_softmax(x, 1), x=3 * torch.randn(5, 21))
layer('attention', attention, qkv=torch.randn(13, 3 * 16))
layer('pool', pool, score=torch.randn(15), x=torch.randn(15, 18))
layer('groupnorm', groupnorm, x=3 * torch.randn(19, 6) + 1,
      gain=torch.randn(6), bias=torch.randn(6))
layer('positional', positional, x=torch.randn(15, 6),
      weight_g=torch.randn(10), weight_v=torch.randn(6, 3, 10),
      bias=torch.randn(6))
layer('biased', biased, qkv=torch.randn(11, 3 * 12), gate=torch.randn(11, 3),
      relative=torch.randn(3, 21))
