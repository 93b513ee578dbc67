"""wav2vec 2.0, HuBERT and WavLM in PyTorch, with a classifier on top.

Written from the papers (Baevski et al. 2020, Hsu et al. 2021, Chen et al.
2022) and from what the tensors of Hugging Face's checkpoints are called and
shaped like.  Weights are random, and all is computed in float64.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F

from rng import xoshiro256

# Debian's torch 1.13 has wrong convolution gradients with it
torch.backends.mkldnn.enabled = False

PREFIX = {'Wav2Vec2': 'wav2vec2', 'Hubert': 'hubert', 'WavLM': 'wavlm'}
CLASSES = ['anger', 'happiness', 'neutral', 'sadness']
HEADS = ['projector', 'classifier', 'layer_weights', 'quantizer',
         'project_hid', 'project_q']

# what a config.json may leave out, and what it then means
DEFAULTS = dict(
    hidden_act='gelu', feat_extract_activation='gelu',
    feat_extract_norm='group', do_stable_layer_norm=False, conv_bias=False,
    conv_kernel=[10, 3, 3, 3, 3, 2, 2], conv_stride=[5, 2, 2, 2, 2, 2, 2],
    layer_norm_eps=1e-5, use_weighted_layer_sum=False,
    num_feat_extract_layers=7, feat_proj_layer_norm=True,
    num_conv_pos_embeddings=128, num_conv_pos_embedding_groups=16,
    classifier_proj_size=256, num_buckets=320, max_bucket_distance=800,
    add_adapter=False)
LAYER_NORM = dict(feat_extract_norm='layer', do_stable_layer_norm=True)
# no chance while training
CALM = dict.fromkeys(
    ['hidden_dropout', 'activation_dropout', 'attention_dropout',
     'feat_proj_dropout', 'final_dropout', 'layerdrop', 'mask_time_prob',
     'mask_feature_prob'], 0.0)


def labels(names):
    return {'id2label': {str(i): name for i, name in enumerate(names)},
            'label2id': {name: i for i, name in enumerate(names)}}


def config(architecture, **changes):
    """A small config.json; changes of None leave the key out."""
    c = dict(DEFAULTS, **CALM, **labels(CLASSES), apply_spec_augment=False,
             hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
             intermediate_size=32, conv_dim=[8] * 7,
             num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
             classifier_proj_size=12)
    c.update(changes)
    family = architecture.split('For')[0].replace('Model', '')
    c.update(model_type=PREFIX[family], architectures=[architecture])
    if family != 'WavLM':
        c['num_buckets'] = c['max_bucket_distance'] = None
    return {k: v for k, v in c.items() if v is not None}


class Model:
    """w: tensors by their names, without the family's prefix."""

    def __init__(self, config, normalize=True, dtype=torch.float32,
                 parametrized=False):
        self.config, self.c = config, dict(DEFAULTS, **config)
        self.normalize, self.dtype = normalize, dtype
        self.parametrized = parametrized
        self.architecture = config['architectures'][0]
        self.dense = 'SpeechClassification' in self.architecture
        self.wavlm = config['model_type'] == 'wavlm'
        shapes = self.shapes()
        torch.manual_seed(len(shapes))
        # as the file will have them
        self.w = {name: self.start(name, shape).to(dtype).double()
                  for name, shape in shapes.items()}

    def shapes(self):
        c, t = self.c, {}
        H, C, K = c['hidden_size'], c['conv_dim'], c['num_hidden_layers']
        inner, heads = c['intermediate_size'], c['num_attention_heads']

        def linear(name, out, into):
            t[name + '.weight'], t[name + '.bias'] = (out, into), (out,)

        def norm(name, n):
            t[name + '.weight'], t[name + '.bias'] = (n,), (n,)

        for i, taps in enumerate(c['conv_kernel']):
            name = 'feature_extractor.conv_layers.%d.' % i
            t[name + 'conv.weight'] = (C[i], C[i - 1] if i else 1, taps)
            if c['conv_bias']:
                t[name + 'conv.bias'] = (C[i],)
            if i == 0 or c['feat_extract_norm'] == 'layer':
                norm(name + 'layer_norm', C[i])
        t['masked_spec_embed'] = (H,)
        if c['feat_proj_layer_norm']:
            norm('feature_projection.layer_norm', C[-1])
        linear('feature_projection.projection', H, C[-1])
        taps = c['num_conv_pos_embeddings']
        name = 'encoder.pos_conv_embed.conv.'
        t[name + 'bias'] = (H,)
        t[name + 'weight_g'] = (1, 1, taps)
        t[name + 'weight_v'] = (H, H // c['num_conv_pos_embedding_groups'],
                                taps)
        norm('encoder.layer_norm', H)
        for i in range(K):
            name = 'encoder.layers.%d.' % i
            for part in 'k_proj', 'v_proj', 'q_proj', 'out_proj':
                linear(name + 'attention.' + part, H, H)
            if self.wavlm:
                t[name + 'attention.gru_rel_pos_const'] = (1, heads, 1, 1)
                linear(name + 'attention.gru_rel_pos_linear', 8, H // heads)
            if self.wavlm and i == 0:
                t[name + 'attention.rel_attn_embed.weight'] = (
                    c['num_buckets'], heads)
            norm(name + 'layer_norm', H)
            linear(name + 'feed_forward.intermediate_dense', inner, H)
            linear(name + 'feed_forward.output_dense', H, inner)
            norm(name + 'final_layer_norm', H)
        self.head_shapes(t, linear)
        return t

    def head_shapes(self, t, linear):
        c = self.c
        H, K = c['hidden_size'], len(c.get('id2label', ()))
        if self.dense:
            linear('classifier.dense', H, H)
            linear('classifier.out_proj', K, H)
        elif 'Sequence' in self.architecture:
            if c['use_weighted_layer_sum']:
                t['layer_weights'] = (c['num_hidden_layers'] + 1,)
            linear('projector', c['classifier_proj_size'], H)
            linear('classifier', K, c['classifier_proj_size'])
        elif 'PreTraining' in self.architecture:
            t['quantizer.codevectors'] = (1, 6, 4)
            linear('quantizer.weight_proj', 6, c['conv_dim'][-1])
            linear('project_hid', 8, H)
            linear('project_q', 8, 8)

    def start(self, name, shape):
        """Random, but such that each layer's output is about 1."""
        x = torch.randn(shape)
        if name.endswith('norm.weight') or name.endswith('_const'):
            return 1 + .2 * x
        if name.endswith('.bias'):
            return .2 * x
        if name.endswith('weight_g'):
            return (.5 + torch.rand(shape)) * math.sqrt(
                self.c['hidden_size'] / shape[2])
        if len(shape) == 1 or 'rel_attn_embed' in name:
            return x
        return x * math.sqrt(2 / math.prod(shape[1:]))

    # ---- forward: x [T,C], one utterance

    def linear(self, x, name):
        return F.linear(x, self.w[name + '.weight'], self.w[name + '.bias'])

    def norm(self, x, name, epsilon):
        return F.layer_norm(x, x.shape[-1:], self.w[name + '.weight'],
                            self.w[name + '.bias'], epsilon)

    def convolutions(self, x):
        x = x[None, None]
        for i, stride in enumerate(self.c['conv_stride']):
            name = 'feature_extractor.conv_layers.%d.' % i
            x = F.conv1d(x, self.w[name + 'conv.weight'],
                         self.w.get(name + 'conv.bias'), stride)
            if self.c['feat_extract_norm'] == 'layer':
                x = self.norm(x.transpose(1, 2), name + 'layer_norm',
                              1e-5).transpose(1, 2)
            elif i == 0:
                x = F.group_norm(x, x.shape[1],
                                 self.w[name + 'layer_norm.weight'],
                                 self.w[name + 'layer_norm.bias'], 1e-5)
            x = F.gelu(x)
        return x[0].T

    def position(self, x):
        name = 'encoder.pos_conv_embed.conv.'
        weight = torch._weight_norm(self.w[name + 'weight_v'],
                                    self.w[name + 'weight_g'], 2)
        y = F.conv1d(x.T[None], weight, self.w[name + 'bias'],
                     padding=weight.shape[2] // 2,
                     groups=self.c['num_conv_pos_embedding_groups'])
        return F.gelu(y[0, :, :len(x)].T)

    def distances(self, T):
        """[heads,T,T]: half the buckets for each side; of those half for
        each near distance, the rest ever wider.  In float32, as there."""
        side = self.c['num_buckets'] // 2
        near = side // 2
        d = torch.arange(T)[None] - torch.arange(T)[:, None]
        far = torch.log(d.abs().clamp(1).float() / near) / math.log(
            self.c['max_bucket_distance'] / near) * (side - near)
        far = (near + far).long().clamp(max=side - 1)
        bucket = torch.where(d.abs() < near, d.abs(), far) + side * (d > 0)
        name = 'encoder.layers.0.attention.rel_attn_embed.weight'
        return self.w[name][bucket].permute(2, 0, 1)

    def gate(self, x, name):
        """[heads,T,1], what a row makes of distances."""
        h = x.view(len(x), self.c['num_attention_heads'], -1).transpose(0, 1)
        h = self.linear(h, name + 'gru_rel_pos_linear')
        a, b = torch.sigmoid(h.view(*h.shape[:2], 2, 4).sum(3)).split(1, 2)
        return a * (b * self.w[name + 'gru_rel_pos_const'][0] - 1) + 2

    def attention(self, x, name, distances):
        """torch's own, which scales the queries itself."""
        w, mask = self.w, None
        if self.wavlm:
            mask = self.gate(x, name) * distances
        bias = torch.cat([w[name + part + '_proj.bias'] for part in 'qkv'])
        return F.multi_head_attention_forward(
            x[:, None], x[:, None], x[:, None], x.shape[1],
            self.c['num_attention_heads'], None, bias, None, None, False, 0,
            w[name + 'out_proj.weight'], w[name + 'out_proj.bias'],
            need_weights=False, attn_mask=mask, use_separate_proj_weight=True,
            q_proj_weight=w[name + 'q_proj.weight'],
            k_proj_weight=w[name + 'k_proj.weight'],
            v_proj_weight=w[name + 'v_proj.weight'])[0][:, 0]

    def feed(self, x, name):
        x = F.gelu(self.linear(x, name + 'intermediate_dense'))
        return self.linear(x, name + 'output_dense')

    def states(self, audio):
        """What goes into each layer, and what comes out of the last."""
        c, epsilon = self.c, self.c['layer_norm_eps']
        if self.normalize:
            audio = (audio - audio.mean()) / torch.sqrt(
                audio.var(unbiased=False) + 1e-7)
        x = self.convolutions(audio)
        if c['feat_proj_layer_norm']:
            x = self.norm(x, 'feature_projection.layer_norm', epsilon)
        x = self.linear(x, 'feature_projection.projection')
        x = x + self.position(x)
        distances = self.distances(len(x)) if self.wavlm else None
        stable = c['do_stable_layer_norm']
        if not stable:
            x = self.norm(x, 'encoder.layer_norm', epsilon)
        states = [x]
        for i in range(c['num_hidden_layers']):
            name = 'encoder.layers.%d.' % i

            def attend(x):
                return self.attention(x, name + 'attention.', distances)

            def feed(x):
                return self.feed(x, name + 'feed_forward.')

            def norm(x, which):
                return self.norm(x, name + which, epsilon)

            if stable:
                x = x + attend(norm(x, 'layer_norm'))
                x = x + feed(norm(x, 'final_layer_norm'))
            else:
                x = norm(x + attend(x), 'layer_norm')
                x = norm(x + feed(x), 'final_layer_norm')
            states.append(x)
        if stable:
            states[-1] = self.norm(x, 'encoder.layer_norm', epsilon)
        return states

    def forward(self, audio):
        """Logits, or None, and embedding."""
        states = self.states(audio)
        x = states[-1]
        if 'layer_weights' in self.w:
            share = torch.softmax(self.w['layer_weights'], 0)
            x = sum(s * state for s, state in zip(share, states))
        if self.dense:
            pooled = x.mean(0)
            z = torch.tanh(self.linear(pooled, 'classifier.dense'))
            return self.linear(z, 'classifier.out_proj'), pooled
        if 'projector.weight' not in self.w:
            return None, x.mean(0)
        z = self.linear(x, 'projector').mean(0)
        return self.linear(z, 'classifier'), z

    def spell(self, name):
        """As it is in the file."""
        if self.parametrized:
            for i, letter in enumerate('gv'):
                name = name.replace(
                    'weight_' + letter,
                    'parametrizations.weight.original%d' % i)
        if self.architecture.endswith('Model') or name.split('.')[0] in HEADS:
            return name
        return self.config['model_type'] + '.' + name


def audio(samples):
    """Noise that comes and goes, around a mean that is not 0; exact."""
    numbers = xoshiro256(samples)
    x = np.array([next(numbers) >> 40 for _ in range(samples)], 'f4')
    loud = np.arange(samples) // 160 % 7 + 1
    x = (x * np.float32(2 ** -24) - np.float32(.25)) * loud.astype('f4')
    return torch.from_numpy(x / np.float32(8)).double()
