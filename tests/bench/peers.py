#!/usr/bin/python3
"""Time our encoders beside what others offer, in one run: make bench-peers.

    PYTHON=python3 make bench-peers

needs torch and transformers; onnxruntime (with onnx, onnxscript) and
ctranslate2 are timed where they are installed.  Networks have random weights.
Each line: network, length, threads, precision, then milliseconds of ours and of
each other, and ours as a multiple of the fastest other of that precision.
Whisper reads the utterance alone, of 5 or 30 seconds; the audio's decoding and
its spectrogram count for ours, and not for the others.  Medians of interleaved
runs.  LENGTHS='5 30', THREADS='1 2' and RUNS=5 may be set.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

THREADS = [int(n) for n in os.environ.get('THREADS', '1 2').split()]
LENGTHS = [int(n) for n in os.environ.get('LENGTHS', '5 30').split()]
RUNS = int(os.environ.get('RUNS', 5))
MANY = {5: 8, 30: 2}
warnings.filterwarnings('ignore')


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


class Ours:
    """predict over one utterance and over several: the difference."""

    def __init__(self, work, network, seconds, threads, precision):
        self.many = MANY.get(seconds, 2)
        wav = os.path.join(work, '%d.wav' % seconds)
        if not os.path.exists(wav):
            subprocess.run(['sox', '-R', '-n', '-r', '16000', '-b', '16', wav,
                            'synth', str(seconds), 'pinknoise'], check=True)
        frames = subprocess.run(['wavread', wav], check=True,
                                stdout=subprocess.PIPE).stdout
        self.short, self.long = frames, frames * (1 + self.many)
        self.command = ['predict', '-q', '--max-seconds', '30', '-m',
                        os.path.join(work, network), '-p', precision]
        self.env = dict(os.environ, OMP_NUM_THREADS=str(threads),
                        XDG_CACHE_HOME=os.path.join(work, 'cache'))

    def run(self, frames):
        subprocess.run(self.command, input=frames, check=True, env=self.env,
                       stdout=subprocess.DEVNULL)

    def seconds(self):
        short = timed(lambda: self.run(self.short))
        return (timed(lambda: self.run(self.long)) - short) / self.many


class Torch:
    def __init__(self, run, threads):
        self.run, self.threads = run, threads

    def seconds(self):
        import torch
        torch.set_num_threads(self.threads)
        with torch.inference_mode():
            return timed(self.run)


def whisper_model():
    from transformers import WhisperConfig, WhisperForConditionalGeneration
    import torch
    torch.manual_seed(1)
    return WhisperForConditionalGeneration(WhisperConfig(
        d_model=512, encoder_layers=6, encoder_attention_heads=8,
        encoder_ffn_dim=2048, decoder_layers=6, decoder_attention_heads=8,
        decoder_ffn_dim=2048)).eval()


def clip_encoder(encoder):
    import torch
    gelu = torch.nn.functional.gelu

    class Clip(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = encoder

        def forward(self, x):
            e = self.encoder
            h = gelu(e.conv2(gelu(e.conv1(x)))).transpose(1, 2)
            h = h + e.embed_positions.weight[:h.shape[1]]
            for layer in e.layers:
                h = layer(h, None)
            return e.layer_norm(h)
    return Clip()


def wav2vec2_model():
    from transformers import Wav2Vec2Config, Wav2Vec2Model
    return Wav2Vec2Model(Wav2Vec2Config()).eval()


def onnx_sessions(work, name, module, x, threads):
    """ONNX Runtime, fp32 and int8."""
    import onnxruntime
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    path = os.path.join(work, '%s-%d.onnx' % (name, x.shape[-1]))
    small = path.replace('.onnx', '-int8.onnx')
    if not os.path.exists(path):
        torch.onnx.export(module, (x,), path, dynamo=True, verbose=False)
        quantize_dynamic(path, small, weight_type=QuantType.QInt8)
    for precision, file in ('fp32', path), ('int8', small):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            file, options, providers=['CPUExecutionProvider'])
        feed = {session.get_inputs()[0].name: x.numpy()}
        yield precision, lambda s=session, f=feed: s.run(None, f)


def ctranslate_sessions(work, model, x, threads):
    import ctranslate2
    from ctranslate2.converters import TransformersConverter
    folder = os.path.join(work, 'whisper-full')
    if not os.path.exists(folder):
        model.save_pretrained(folder)
    for precision in 'float32', 'int8':
        target = os.path.join(work, 'ct2-' + precision)
        if not os.path.exists(target):
            TransformersConverter(folder).convert(target,
                                                  quantization=precision)
        whisper = ctranslate2.models.Whisper(
            target, compute_type=precision, intra_threads=threads)
        view = ctranslate2.StorageView.from_array(x.numpy())
        yield ('int8' if precision == 'int8' else 'fp32',
               lambda w=whisper, v=view: w.encode(v, to_cpu=True))


class Plain:
    def __init__(self, run):
        self.run = run

    def seconds(self):
        return timed(self.run)


def attempt(name, make, found):
    try:
        for precision, run in make():
            found.setdefault(precision, {})[name] = Plain(run)
    except Exception as e:  # noqa: BLE001 - a peer may be missing
        print('# %s: %s' % (name, str(e).split('\n')[0][:100]),
              file=sys.stderr)


def compare(work, name, network, make, seconds, threads):
    import torch
    module, model, x = make(seconds)
    found = {'fp32': {}, 'bf16': {}, 'int8': {}}
    for precision in found:
        found[precision]['tunne'] = Ours(work, network, seconds, threads,
                                         precision)
    found['fp32']['torch'] = Torch(lambda: module(x), threads)
    half, low = make(seconds)[0].to(torch.bfloat16), x.to(torch.bfloat16)
    found['bf16']['torch'] = Torch(lambda: half(low), threads)
    attempt('onnxruntime',
            lambda: onnx_sessions(work, name, module, x, threads), found)
    if model is not None:
        attempt('ctranslate2',
                lambda: ctranslate_sessions(work, model, x, threads), found)
    for precision, who in found.items():
        if precision == 'bf16' and not fast_bf16():
            continue
        times = {n: [] for n in who}
        for _ in range(RUNS + 1):
            for n, peer in who.items():
                times[n].append(peer.seconds())
        ms = {n: 1000 * statistics.median(t[1:]) for n, t in times.items()}
        others = [v for n, v in ms.items() if n != 'tunne']
        print('%-9s %3d s  %d threads  %s ' % (name, seconds, threads,
                                               precision) +
              '  '.join('%s %.0f' % item for item in ms.items()) +
              ('  ratio %.2f' % (ms['tunne'] / min(others))
               if others else ''), flush=True)


def fast_bf16():
    with open('/proc/cpuinfo') as f:
        return 'avx512_bf16' in f.read()


def make_whisper(seconds):
    import torch
    model = whisper_model()
    return (clip_encoder(model.get_encoder()), model,
            torch.randn(1, 80, 100 * seconds))


def make_wav2vec2(seconds):
    import torch
    return wav2vec2_model(), None, torch.randn(1, 16000 * seconds)


def peak(threads):
    """Largest rate of a product of matrices, GFLOP/s in fp32."""
    import torch
    torch.set_num_threads(threads)
    a, b = torch.randn(1536, 1536), torch.randn(1536, 1536)
    best = min(timed(lambda: a @ b) for _ in range(8))
    return 2 * 1536 ** 3 / best / 1e9


def main():
    work = tempfile.mkdtemp()
    try:
        for size, name in ('whisper-base', 'w'), ('w2v2-base', 'v'):
            subprocess.run(['student-init', '-q', '-a', size, '-o',
                            os.path.join(work, name)], check=True)
        for threads in THREADS:
            print('# %d threads: torch multiplies at %.0f GFLOP/s'
                  % (threads, peak(threads)), flush=True)
            for seconds in LENGTHS:
                compare(work, 'whisper', 'w', make_whisper, seconds, threads)
            compare(work, 'wav2vec2', 'v', make_wav2vec2, 5, threads)
    finally:
        shutil.rmtree(work)


if __name__ == '__main__':
    main()
