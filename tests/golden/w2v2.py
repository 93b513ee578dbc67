#!/usr/bin/python3
"""Make the models in w2v2/ and what PyTorch says of them.

    tests/golden/w2v2.py

Each is a directory as Hugging Face saves it, with small random weights, and

    expected.safetensors  logits.N and embedding.N, of audio(N), N samples;
                          bf16.N, logits where products are in bfloat16;
                          losses and losses.frozen before each of STEPS
                          steps of AdamW, and after the last
    grad.safetensors      d loss / d tensor, under the name of the tensor

The loss is the mean cross-entropy of the utterances in BATCH, whose labels
are 0, 1, 2.  Frozen are the convolutions.  Biases and norms do not decay.
tests/unit/w2v2_golden.c reads all this.
"""
import json
import os
import struct

import torch
import torch.nn.functional as F

from w2v2_net import Model, DEFAULTS, LAYER_NORM, audio, config, labels

SAMPLES = [400, 401, 5000, 12345, 16000]
BATCH = [401, 5000, 12345]
STEPS = 10
EMOTIONS = ['calm', 'Fröhlich', 'sad', 'angry', 'fearful', 'disgust',
            'surprised', 'tired', 'proud', 'bored', 'other']


def batch_loss(model):
    logits = torch.stack([model.forward(audio(n))[0] for n in BATCH])
    return F.cross_entropy(logits, torch.arange(len(BATCH)))


def gradients(model):
    for tensor in model.w.values():
        tensor.requires_grad_()
    batch_loss(model).backward()
    return {model.spell(name): torch.zeros_like(t) if t.grad is None
            else t.grad for name, t in model.w.items()}


def losses(model, frozen):
    """Of a model that is trained and then put back."""
    kept, decay, free = model.w, [], []
    model.w = {name: t.detach().clone() for name, t in kept.items()}
    for name, tensor in model.w.items():
        tensor.requires_grad_(
            not (frozen and name.startswith('feature_extractor')))
        plain = not name.endswith(('.bias', 'norm.weight'))
        (decay if plain else free).append(tensor)
    adamw = torch.optim.AdamW(
        [{'params': decay}, {'params': free, 'weight_decay': 0}],
        lr=1e-3, betas=(.9, .999), eps=1e-8, weight_decay=.01)
    told = []
    for step in range(STEPS + 1):
        adamw.zero_grad()
        loss = batch_loss(model)
        told.append(loss.item())
        loss.backward()
        adamw.step()
    model.w = kept
    return torch.tensor(told)


def save_json(path, name, data):
    with open(os.path.join(path, name), 'w') as f:
        json.dump(data, f, indent=2, sort_keys=True)
        f.write('\n')


def save_tensors(path, name, tensors):
    code = {torch.float32: 'F32', torch.float16: 'F16',
            torch.bfloat16: 'BF16'}
    header, at, pieces = {'__metadata__': {'format': 'pt'}}, 0, []
    for key in sorted(tensors):
        t = tensors[key].detach().contiguous()
        raw = t if t.dtype == torch.float32 else t.view(torch.int16)
        pieces.append(raw.numpy().tobytes())
        header[key] = {'dtype': code[t.dtype], 'shape': list(t.shape),
                       'data_offsets': [at, at + len(pieces[-1])]}
        at += len(pieces[-1])
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(os.path.join(path, name), 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text)
        f.writelines(pieces)


def save_shards(path, tensors, count):
    names, index = sorted(tensors), {}
    for i in range(count):
        name = 'model-%05d-of-%05d.safetensors' % (i + 1, count)
        part = names[i::count]
        save_tensors(path, name, {n: tensors[n] for n in part})
        index.update(dict.fromkeys(part, name))
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    save_json(path, 'model.safetensors.index.json',
              {'metadata': {'total_size': size}, 'weight_map': index})


def save(model, path, terse=False, shards=1):
    """terse: config.json leaves out what has its default."""
    os.makedirs(path, exist_ok=True)
    save_json(path, 'config.json',
              {k: v for k, v in model.config.items()
               if not (terse and v == DEFAULTS.get(k))})
    save_json(path, 'preprocessor_config.json', {
        'do_normalize': model.normalize,
        'feature_extractor_type': 'Wav2Vec2FeatureExtractor',
        'feature_size': 1, 'padding_side': 'right', 'padding_value': 0.0,
        'return_attention_mask': model.c['feat_extract_norm'] == 'layer',
        'sampling_rate': 16000})
    tensors = {model.spell(name): t.to(model.dtype)
               for name, t in model.w.items()}
    if shards == 1:
        save_tensors(path, 'model.safetensors', tensors)
    else:
        save_shards(path, tensors, shards)


def rounding(product):
    """The product of what is rounded to bfloat16; not of bare audio."""
    def rounded(x, weight, *more, **named):
        if product is F.conv1d and x.shape[1] == 1:
            return product(x, weight, *more, **named)
        x, weight = (t.bfloat16().to(t.dtype) for t in (x, weight))
        return product(x, weight, *more, **named)
    return rounded


def rounded_logits(model, x):
    """Linear layers and convolutions in bfloat16, all else as it was."""
    exact = F.linear, F.conv1d
    F.linear, F.conv1d = map(rounding, exact)
    logits, _ = model.forward(x)
    F.linear, F.conv1d = exact
    return logits


def expected(model):
    told = {}
    for n in SAMPLES:
        with torch.no_grad():
            logits, embedding = model.forward(audio(n))
            if logits is not None:
                told['logits.%d' % n] = logits
                told['bf16.%d' % n] = rounded_logits(model, audio(n))
        told['embedding.%d' % n] = embedding
    return told


def tiny(name, architecture, train=False, terse=False, shards=1,
         model={}, **changes):
    made = Model(config(architecture, **changes), **model)
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, 'w2v2', name)
    save(made, path, terse, shards)
    told = expected(made)
    if train:
        told['losses'] = losses(made, False)
        told['losses.frozen'] = losses(made, True)
        save_tensors(path, 'grad.safetensors',
                     {n: g.float() for n, g in gradients(made).items()})
    save_tensors(path, 'expected.safetensors',
                 {n: t.float() for n, t in told.items()})


if __name__ == '__main__':
    tiny('base', 'Wav2Vec2ForSequenceClassification', train=True)
    tiny('large', 'Wav2Vec2ForSequenceClassification', train=True,
         **LAYER_NORM, conv_bias=True, use_weighted_layer_sum=True,
         tie_last_hidden_states=True,
         layer_norm_eps=.05, conv_dim=[8, 10, 12, 8, 8, 6, 12],
         model=dict(parametrized=True))
    tiny('hubert', 'HubertForSequenceClassification', train=True,
         feat_proj_layer_norm=False, num_conv_pos_embeddings=13,
         conv_pos_batch_norm=False, layer_norm_eps=.02)
    tiny('wavlm', 'WavLMForSequenceClassification', train=True,
         num_buckets=16, max_bucket_distance=16,
         model=dict(normalize=False))
    tiny('wavlm-large', 'WavLMForSequenceClassification', train=True,
         **LAYER_NORM, num_buckets=32, max_bucket_distance=20,
         use_weighted_layer_sum=True, tie_last_hidden_states=True,
         model=dict(parametrized=True))
    tiny('dense', 'Wav2Vec2ForSpeechClassification', train=True,
         **LAYER_NORM, conv_bias=True, classifier_proj_size=None,
         pooling_mode='mean')
    tiny('regression', 'Wav2Vec2ForSpeechClassification', **LAYER_NORM,
         conv_bias=True, problem_type='regression', pooling_mode='mean',
         **labels(['arousal', 'dominance', 'valence']))
    tiny('labels', 'Wav2Vec2ForSequenceClassification', **labels(EMOTIONS),
         classifier_proj_size=40, model=dict(dtype=torch.float16))
    tiny('sharded', 'HubertForSequenceClassification', terse=True, shards=2,
         model=dict(dtype=torch.bfloat16))
    tiny('bare', 'Wav2Vec2Model', id2label=None, label2id=None,
         model=dict(dtype=torch.float16))
    tiny('pretraining', 'Wav2Vec2ForPreTraining', id2label=None,
         label2id=None, model=dict(dtype=torch.float16))
