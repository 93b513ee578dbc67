#!/usr/bin/python3
"""Compare Whisper directories with transformers: make golden.

    PATH=bin:$PATH whisper.py [DIRECTORY ...]

Without a directory, random networks of the published tiny and base sizes and
one of 128 bands are made.  The clips in examples/ are the audio.  Prints for
each network the largest difference, relative to the largest value: of logits in
the view `full` (WhisperForAudioClassification itself), and of the mean and the
deviation over time of each layer in the view `clip`.  Fails above 1e-5, or 1e-4
for the statistics of a layer.
"""
import glob
import io
import os
import shutil
import subprocess
import sys
import tempfile

import msgpack
import msgpack_numpy
import numpy as np
import torch
import torch.nn.functional as F
from transformers import (WhisperConfig, WhisperFeatureExtractor,
                          WhisperForAudioClassification)

HERE = os.path.dirname(os.path.abspath(__file__))
CLIPS = sorted(glob.glob(os.path.join(HERE, '../../examples/*.flac')))
SIZES = {'tiny': dict(), 'base': dict(
    d_model=512, encoder_layers=6, encoder_attention_heads=8,
    encoder_ffn_dim=2048), 'tiny, 128 bands': dict(num_mel_bins=128)}


def run(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          **more).stdout


def utterances(stream):
    return [f for f in msgpack.Unpacker(
        io.BytesIO(stream), object_hook=msgpack_numpy.decode,
        max_buffer_size=2 ** 30) if f['frame'] == 'utterance']


def classifier(source, target):
    """A copy of the directory with a random head that reads all layers."""
    run('student-init', '-q', '--from', source, '--layer-sum', '--full',
        '-o', target)
    model = WhisperForAudioClassification.from_pretrained(target)
    torch.manual_seed(1)
    model.layer_weights.data = torch.randn_like(model.layer_weights)
    for part in model.projector, model.classifier:
        part.weight.data = .1 * torch.randn_like(part.weight)
        part.bias.data = .1 * torch.randn_like(part.bias)
    model.save_pretrained(target)
    return model.eval()


def relative(ours, theirs):
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def logits_differ(target, model, frames):
    extractor = WhisperFeatureExtractor.from_pretrained(target)
    worst = 0
    for f in utterances(run('predict', '-q', '--frames', '--max-seconds', '30',
                            '-m', target, input=frames)):
        x = extractor(f['audio'], sampling_rate=16000, return_tensors='pt')
        with torch.no_grad():
            z = model(x.input_features).logits[0].numpy()
        worst = max(worst, relative(f['logits'], z))
    return worst


def states(encoder, x):
    h = F.gelu(encoder.conv2(F.gelu(encoder.conv1(x)))).transpose(1, 2)
    found = [h + encoder.embed_positions.weight[:h.shape[1]]]
    for layer in encoder.layers:
        found.append(layer(found[-1], None))
    found[-1] = encoder.layer_norm(found[-1])
    return [s[0].numpy() for s in found]


def layers_differ(target, model, frames):
    """One figure for each state, of statistics in doubles."""
    extractor = WhisperFeatureExtractor.from_pretrained(target)
    worst = None
    for f in utterances(run('encode', '-q', '-m', target, input=frames)):
        x = extractor._np_extract_fbank_features(f['audio'][None], 'cpu')
        with torch.no_grad():
            theirs = np.array([np.concatenate([s.mean(0), s.std(0)])
                               for s in states(model.encoder,
                                               torch.tensor(x))])
        off = [relative(a, b) for a, b in zip(f['encoding'], theirs)]
        worst = off if worst is None else list(map(max, worst, off))
    return worst


def compare(name, source, work):
    target = os.path.join(work, 'target')
    shutil.rmtree(target, ignore_errors=True)
    model = classifier(source, target)
    frames = run('wavread', *CLIPS)
    logits = logits_differ(target, model, frames)
    layers = layers_differ(target, model, frames)
    print('%s: logits %.1e; layers %s' % (
        name, logits, ' '.join('%.1e' % x for x in layers)), flush=True)
    return logits < 1e-5 and max(layers) < 1e-4


def main():
    good, work = True, tempfile.mkdtemp()
    try:
        named = [(d, d) for d in sys.argv[1:]]
        for name, more in {} if named else SIZES.items():
            path = os.path.join(work, name)
            config = WhisperConfig(**more)
            torch.manual_seed(2)
            WhisperForAudioClassification(config).save_pretrained(path)
            WhisperFeatureExtractor(
                feature_size=config.num_mel_bins).save_pretrained(path)
            named.append((name, path))
        for name, path in named:
            good &= compare(name, path, work)
    finally:
        shutil.rmtree(work)
    sys.exit(not good)


if __name__ == '__main__':
    main()
