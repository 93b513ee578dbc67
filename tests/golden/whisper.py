#!/usr/bin/python3
"""Make the models in whisper/ and what transformers says of them.

    tests/golden/whisper.py        needs transformers 5 and torch

Each is a directory that transformers wrote, with small random weights, and
expected.safetensors and grad.safetensors as w2v2.py has them.  The view `full`
is WhisperForAudioClassification itself.  The view `clip` is the same modules
on the spectrogram of the utterance alone, with its first positions.  Their
spectrogram.N is the network's input.  `statistics` and `attention` pool the
mean and the deviation over time, of all rows or of weighted ones, which
transformers does not have.  `lora` has adapters of rank 5 on the queries and
values, which are trained with the head alone.  `generation` and `model` have a
decoder and no head; their embedding.N is the mean of the encoder's last state.
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import (WhisperConfig, WhisperFeatureExtractor,
                          WhisperForAudioClassification,
                          WhisperForConditionalGeneration, WhisperModel)

from w2v2 import rounding
from w2v2_net import audio

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = [400, 401, 5000, 12345, 16000]
BATCH = [401, 5000, 12345]
STEPS = 10
CLASSES = ['anger', 'happiness', 'neutral', 'sadness']


class Pooling(torch.nn.Module):
    """Mean and deviation of x [1,T,H], weighted by softmax(x attention)."""

    def __init__(self, states, width):
        super().__init__()
        self.attention = torch.nn.Parameter(torch.randn(states, width))

    def forward(self, x, n):
        weight = torch.softmax(x @ self.attention[n], 1)[..., None]
        mean = (weight * x).sum(1)
        variance = (weight * (x - mean[:, None]) ** 2).sum(1)
        return torch.cat([mean, torch.sqrt(variance + 1e-5)], 1)


class Statistics:
    def __call__(self, x, n):
        return torch.cat([x.mean(1), torch.sqrt(
            x.var(1, unbiased=False) + 1e-5)], 1)


class Adapted:
    """The forward pass of a linear layer whose weight is W + B A."""

    def __init__(self, linear, rank):
        out, width = linear.weight.shape
        self.linear = linear
        linear.lora_A = torch.nn.Parameter(torch.randn(rank, width) / 5)
        linear.lora_B = torch.nn.Parameter(torch.randn(out, rank) / 5)

    def __call__(self, x):
        w = self.linear
        return F.linear(x, w.weight + w.lora_B @ w.lora_A, w.bias)


def adapt(model, rank):
    for name, p in model.encoder.named_parameters():
        p.requires_grad = False
    for layer in model.encoder.layers:
        for linear in layer.self_attn.q_proj, layer.self_attn.v_proj:
            linear.forward = Adapted(linear, rank)


def network(layer_sum, kind=WhisperForAudioClassification):
    torch.manual_seed(7)
    config = WhisperConfig(
        d_model=24, encoder_layers=2, encoder_attention_heads=3,
        encoder_ffn_dim=32, decoder_layers=1, decoder_attention_heads=3,
        decoder_ffn_dim=32, vocab_size=8, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, decoder_start_token_id=1, num_mel_bins=16,
        max_source_positions=100, classifier_proj_size=12,
        use_weighted_layer_sum=layer_sum,
        begin_suppress_tokens=None, id2label=dict(enumerate(CLASSES)),
        label2id={c: i for i, c in enumerate(CLASSES)})
    model = kind(config).eval()
    for name, p in model.named_parameters():
        if name.endswith('layer_norm.weight'):
            p.data = 1 + .2 * torch.randn(p.shape)
        elif p.ndim == 1:
            p.data = .2 * torch.randn(p.shape)
        elif 'embed_positions' not in name:
            p.data = torch.randn(p.shape) * (2 / p[0].numel()) ** .5
    return model


def clip_logits(model, x):
    encoder = model.encoder
    h = F.gelu(encoder.conv2(F.gelu(encoder.conv1(x)))).transpose(1, 2)
    h = h + encoder.embed_positions.weight[:h.shape[1]]
    states = [h]
    for layer in encoder.layers:
        states.append(layer(states[-1], None))
    states[-1] = encoder.layer_norm(states[-1])
    if hasattr(model, 'pooling'):
        states = [model.pooling(x, n) for n, x in enumerate(states)] \
            if model.config.use_weighted_layer_sum \
            else [model.pooling(states[-1], 0)]
    if model.config.use_weighted_layer_sum:
        share = torch.softmax(model.layer_weights, 0)
        states.append(sum(s * x for s, x in zip(share, states)))
    z = model.projector(states[-1])
    z = z if hasattr(model, 'pooling') else z.mean(1)
    return model.classifier(z), z


def full_logits(model, x):
    kept = []
    hook = model.projector.register_forward_hook(
        lambda module, arguments, z: kept.append(z.mean(1)))
    logits = model(x).logits
    hook.remove()
    return logits, kept[0]


def spectrogram(extractor, view, samples):
    x = audio(samples).float().numpy()
    if view == 'full':
        x = np.pad(x, (0, extractor.n_samples - samples))
    return torch.tensor(
        extractor._np_extract_fbank_features(x[None], 'cpu')).double()


def rounded(forward):
    """With linear layers and convolutions in bfloat16."""
    exact = F.linear, F.conv1d
    F.linear, F.conv1d = map(rounding, exact)
    result = forward()
    F.linear, F.conv1d = exact
    return result


def losses(model, forward, frozen):
    """Of a model that is trained and then put back."""
    kept = {n: p.detach().clone() for n, p in model.state_dict().items()}
    decay, free = [], []
    for name, p in model.named_parameters():
        if 'embed_positions' in name or (frozen and '.conv' in name) \
                or not p.requires_grad:
            continue
        plain = not name.endswith(('.bias', 'norm.weight'))
        (decay if plain else free).append(p)
    adamw = torch.optim.AdamW(
        [{'params': decay}, {'params': free, 'weight_decay': 0}],
        lr=1e-3, betas=(.9, .999), eps=1e-8, weight_decay=.01)
    found = []
    for _ in range(STEPS + 1):
        model.zero_grad()
        loss = forward()
        found.append(loss.item())
        loss.backward()
        adamw.step()
    model.load_state_dict(kept)
    return torch.tensor(found)


def make(name, view, layer_sum, pooling=None, rank=None):
    path = os.path.join(HERE, 'whisper', name)
    model, logits = network(layer_sum), globals()[view + '_logits']
    if pooling:
        model.pooling = pooling
        model.projector = torch.nn.Linear(48, 12)
    if rank:
        adapt(model, rank)
    extractor = WhisperFeatureExtractor(feature_size=16, chunk_length=2)
    model.save_pretrained(path)
    extractor.save_pretrained(path)
    with open(os.path.join(path, 'config.json')) as f:
        config = json.load(f)
    if view == 'clip':
        config['tunne_view'] = 'clip'
    if pooling:
        config['tunne_pooling'] = name
    if rank:
        config['tunne_lora'] = rank
    with open(os.path.join(path, 'config.json'), 'w') as f:
        json.dump(config, f, indent=2, sort_keys=True)
        f.write('\n')
    model = model.double()

    def batch_loss():
        z = torch.cat([logits(model, spectrogram(extractor, view, n))[0]
                       for n in BATCH])
        return F.cross_entropy(z, torch.arange(len(BATCH)))

    expected = {}
    with torch.no_grad():
        for n in SAMPLES:
            x = spectrogram(extractor, view, n)
            z, embedding = logits(model, x)
            expected['logits.%d' % n] = z[0]
            expected['embedding.%d' % n] = embedding[0]
            expected['bf16.%d' % n] = rounded(lambda: logits(model, x)[0][0])
            if n in (401, 5000):
                expected['spectrogram.%d' % n] = x[0].T
    expected['losses'] = losses(model, batch_loss, False)
    expected['losses.frozen'] = losses(model, batch_loss, True)
    model.zero_grad()
    batch_loss().backward()
    gradient = {n: torch.zeros_like(p) if p.grad is None else p.grad
                for n, p in model.named_parameters()}
    save(path, 'expected', expected)
    save(path, 'grad', gradient)


def save(path, name, tensors):
    save_file({n: t.float().contiguous() for n, t in tensors.items()},
              os.path.join(path, name + '.safetensors'))


def make_headless(name, kind, dtype, size):
    path = os.path.join(HERE, 'whisper', name)
    model = network(False, kind).to(dtype)
    extractor = WhisperFeatureExtractor(feature_size=16, chunk_length=2)
    model.save_pretrained(path, max_shard_size=size)
    extractor.save_pretrained(path)
    encoder, expected = model.get_encoder().double(), {}
    with torch.no_grad():
        for n in SAMPLES:
            x = spectrogram(extractor, 'full', n)
            expected['embedding.%d' % n] = encoder(x)[0][0].mean(0)
    save(path, 'expected', expected)


if __name__ == '__main__':
    make('full', 'full', False)
    make('clip', 'clip', True)
    make('statistics', 'clip', False, Statistics())
    make('attention', 'clip', True, Pooling(3, 24))
    make_headless('generation', WhisperForConditionalGeneration,
                  torch.bfloat16, '20KB')
    make_headless('model', WhisperModel, torch.float16, '1MB')
    make('lora', 'clip', True, rank=5)
