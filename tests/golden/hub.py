#!/usr/bin/python3
"""Make the models in w2v2/ that transformers itself computes.

    tests/golden/hub.py [NAME...]

w2v2.py has a network of its own, written from the papers.  The models here
are transformers' own, as its version saves and computes them: what depends on
a version, and families that w2v2.py does not know.  The files are those that
w2v2.py describes.  Needs torch and transformers (5.24 was used).
"""
import math
import os
import sys

import torch
import torch.nn.functional as F
import transformers

from w2v2 import BATCH, SAMPLES, STEPS, rounding, save_json, save_tensors
from w2v2_net import CALM, LAYER_NORM, audio, labels

HERE = os.path.dirname(os.path.abspath(__file__))
EMOTIONS = ['anger', 'happiness', 'neutral', 'sadness']
TINY = dict(CALM, **labels(EMOTIONS), apply_spec_augment=False,
            hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
            intermediate_size=32, conv_dim=[8] * 7, classifier_proj_size=12,
            num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
            layer_norm_eps=1e-5, num_labels=4)
PREPROCESSOR = dict(
    do_normalize=True, feature_extractor_type='Wav2Vec2FeatureExtractor',
    feature_size=1, padding_side='right', padding_value=0.0,
    return_attention_mask=False, sampling_rate=16000)


def start(name, shape):
    """Random, but such that each layer's output is about 1."""
    x = torch.randn(shape)
    if name.endswith(('norm.weight', 'running_var')):
        return 1 + .2 * x
    if name.endswith(('.bias', 'running_mean')):
        return .2 * x
    if name.endswith('original0'):
        return (.5 + torch.rand(shape)) * math.sqrt(TINY['hidden_size'] /
                                                    shape[2])
    if len(shape) == 1:
        return x
    return x * math.sqrt(2 / math.prod(shape[1:]))


def make(kind, **changes):
    config = getattr(transformers, kind + 'Config')(**dict(TINY, **changes))
    model = getattr(transformers, kind + 'ForSequenceClassification')(config)
    model.eval()
    torch.manual_seed(7)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(start(name, tensor.shape).abs()
                             if name.endswith('running_var')
                             else start(name, tensor.shape))
    return model


def normal(samples):
    x = audio(samples)
    return (x - x.mean()) / torch.sqrt(x.var(unbiased=False) + 1e-7)


def forward(model, samples):
    """Logits, and what the classifier reads."""
    kept = []
    hook = model.projector.register_forward_hook(
        lambda module, x, y: kept.append(y))
    logits = model(normal(samples)[None]).logits[0]
    hook.remove()
    return logits, kept[0][0].mean(0)


def rounded_logits(model, samples):
    exact = F.linear, F.conv1d
    F.linear, F.conv1d = map(rounding, exact)
    torch.nn.Conv1d._conv_forward, plain = (
        lambda self, x, weight, bias: F.conv1d(
            x, weight, bias, self.stride, self.padding, self.dilation,
            self.groups)), torch.nn.Conv1d._conv_forward
    logits, _ = forward(model, samples)
    torch.nn.Conv1d._conv_forward = plain
    F.linear, F.conv1d = exact
    return logits


def expected(model):
    said = {}
    with torch.no_grad():
        for n in SAMPLES:
            said['logits.%d' % n], said['embedding.%d' % n] = forward(model, n)
            said['bf16.%d' % n] = rounded_logits(model, n)
    return said


def batch_loss(model):
    logits = torch.stack([forward(model, n)[0] for n in BATCH])
    return F.cross_entropy(logits, torch.arange(len(BATCH)))


def gradients(model):
    model.zero_grad()
    batch_loss(model).backward()
    return {name: torch.zeros_like(t) if t.grad is None else t.grad
            for name, t in model.state_dict(keep_vars=True).items()
            if t.is_floating_point()}


def losses(model, frozen):
    """Of a model that is trained and then put back."""
    kept = {name: t.detach().clone() for name, t in model.state_dict().items()}
    decay, free = [], []
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(not (frozen and 'feature_extractor' in name))
        plain = not name.endswith(('.bias', 'norm.weight'))
        (decay if plain else free).append(tensor)
    adamw = torch.optim.AdamW(
        [{'params': decay}, {'params': free, 'weight_decay': 0}],
        lr=1e-3, betas=(.9, .999), eps=1e-8, weight_decay=.01)
    said = []
    for step in range(STEPS + 1):
        adamw.zero_grad()
        loss = batch_loss(model)
        said.append(loss.item())
        loss.backward()
        adamw.step()
    model.load_state_dict(kept)
    for tensor in model.parameters():
        tensor.requires_grad_(True)
    return torch.tensor(said)


def tiny(name, kind, train=False, **changes):
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        return
    path = os.path.join(HERE, 'w2v2', name)
    model = make(kind, **changes)
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(path)
    save_json(path, 'preprocessor_config.json', PREPROCESSOR)
    save_tensors(path, 'model.safetensors',
                 {n: t for n, t in model.state_dict().items()
                  if t.is_floating_point()})
    model.double()
    said = expected(model)
    if train:
        said['losses'] = losses(model, False)
        said['losses.frozen'] = losses(model, True)
        save_tensors(path, 'grad.safetensors',
                     {n: g.float() for n, g in gradients(model).items()})
    save_tensors(path, 'expected.safetensors',
                 {n: t.float() for n, t in said.items()})


if __name__ == '__main__':
    tiny('untied', 'Wav2Vec2', train=True, **LAYER_NORM, conv_bias=True,
         use_weighted_layer_sum=True)
    tiny('unispeech', 'UniSpeech')
    tiny('unispeech-sat', 'UniSpeechSat', **LAYER_NORM)
    tiny('hubert-batch', 'Hubert', train=True, conv_pos_batch_norm=True)
    tiny('data2vec', 'Data2VecAudio', train=True, num_conv_pos_embeddings=3,
         conv_pos_kernel_size=7)
