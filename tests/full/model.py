#!/usr/bin/python3
"""Models of full size with random weights, and what PyTorch says of them.

    model.py make NAME DIR       a model of FULL, DIR/audio.wav of 5 seconds,
                                DIR/expected.json, its logits, and
                                DIR/rounded.json, with products in bfloat16
    model.py compare DIR DUMP    fails unless DUMP, of framedump --json, has
                                the same logits
    model.py near DIR DUMP       the same within 1.5 % (relative L2), and the
                                same greatest; says how near the rounded are
"""
import json
import os
import sys
import wave

import torch

sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'golden'))
from w2v2 import rounded_logits, save, save_json
from w2v2_net import LAYER_NORM, Model, audio, config

TOLERANCE = 2e-4
BASE = dict(
    hidden_size=768, num_hidden_layers=12, num_attention_heads=12,
    intermediate_size=3072, conv_dim=[512] * 7, classifier_proj_size=256,
    num_conv_pos_embeddings=128, num_conv_pos_embedding_groups=16)
LARGE = dict(
    BASE, **LAYER_NORM, conv_bias=True, hidden_size=1024,
    num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
FULL = {'base': ('Wav2Vec2ForSequenceClassification', BASE),
        'wavlm': ('WavLMForSequenceClassification', BASE),
        'large': ('Wav2Vec2ForSequenceClassification', LARGE)}


def make(name, path):
    architecture, changes = FULL[name]
    model = Model(config(architecture, **changes))
    save(model, path)
    x = (audio(80000) * 32768).round()
    with wave.open(os.path.join(path, 'audio.wav'), 'wb') as f:
        f.setparams((1, 2, 16000, 0, 'NONE', ''))
        f.writeframes(x.to(torch.int16).numpy().astype('<i2').tobytes())
    with torch.no_grad():
        logits, _ = model.forward(x / 32768)
        rounded = rounded_logits(model, x / 32768)
    save_json(path, 'expected.json', logits.tolist())
    save_json(path, 'rounded.json', rounded.tolist())


def told(path, name):
    with open(os.path.join(path, name)) as f:
        return torch.tensor(json.load(f))


def dumped(dump):
    with open(dump) as f:
        return torch.tensor(json.loads(f.readline())['logits'])


def near(path, dump):
    expected, got = told(path, 'expected.json'), dumped(dump)
    off, theirs = ((x - expected).norm() / expected.norm()
                   for x in (got, told(path, 'rounded.json')))
    print("in bfloat16 off by %.2g (relative L2), PyTorch's by %.2g"
          % (off, theirs))
    sys.exit(not (off <= .015 and got.argmax() == expected.argmax()))


def compare(path, dump):
    expected, got = told(path, 'expected.json'), dumped(dump)
    off = ((got - expected).abs() / expected.abs().clamp(min=1)).max()
    print('logits %s, off by %.2g' % (expected.tolist(), off))
    sys.exit(not off <= TOLERANCE)


{'make': make, 'compare': compare, 'near': near}[sys.argv[1]](*sys.argv[2:])
