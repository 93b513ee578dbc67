#!/usr/bin/python3
"""Make fbank.f32 and fbank_mfcc.f32: what torchaudio says of made-up signals.

    tests/golden/fbank.py          writes both beside itself

Each file is a run of cases, all float32, little-endian:
    header   rate, bands, shape, samples, rows, columns
    audio    [samples]
    single   [rows][columns]   torchaudio in float32
    double   [rows][columns]   the same in float64 (floor still that of float32)
shape is enum window_shape.  The last column of fbank.f32 is the raw log energy.
"""
import os

import numpy
import torch
import torchaudio.compliance.kaldi as kaldi

SHAPES = ["povey", "hamming", "hanning", "rectangular"]
HERE = os.path.dirname(os.path.abspath(__file__))
kaldi._get_epsilon = lambda device, dtype: torch.tensor(
    torch.finfo(torch.float32).eps, device=device, dtype=dtype)


def signals(samples=2000, rate=16000):
    random = numpy.random.default_rng(20250101)
    t = numpy.arange(samples) / rate
    noise = random.standard_normal(samples)
    tone = numpy.sin(2 * numpy.pi * 1000 * t)
    return {
        "silence": 0 * t,
        "offset": 0 * t + 0.3,
        "offset and noise": 0.7 + 0.01 * noise,
        "noise": 0.1 * noise,
        "faint noise": 1e-6 * noise,
        "square": numpy.where(numpy.arange(samples) // 40 % 2, 1, -1),
        "impulses": numpy.arange(samples) % 331 == 0,
        "tone": tone,
        "tone at 16 bits": numpy.round(32767 * tone),
        "chirp": 0.5 * numpy.sin(2 * numpy.pi * (50 * t + 30000 * t * t)),
        "noise at 16 bits": numpy.round(9000 * noise).clip(-32768, 32767),
        "square at 16 bits": 32767 * numpy.sign(tone + 1e-9),
    }


def case(function, audio, rate, bands, shape, **more):
    both = []
    for dtype in torch.float32, torch.float64:
        wave = torch.tensor(audio.astype("f4"), dtype=dtype)[None]
        both.append(function(wave, dither=0, num_mel_bins=bands,
                             sample_frequency=rate, window_type=SHAPES[shape],
                             **more).numpy())
    rows, columns = both[0].shape
    head = [rate, bands, shape, len(audio), rows, columns]
    return b"".join(numpy.asarray(part, "<f4").tobytes()
                    for part in [head, audio] + both)


def write(name, cases):
    with open(os.path.join(HERE, name), "wb") as out:
        out.write(b"".join(cases))


def main():
    energy = dict(use_energy=True, energy_floor=0.0, htk_compat=True)
    made = signals()
    noise = made["noise"]
    grid = [(8000, 23, 0), (16000, 40, 1), (16000, 128, 2), (22050, 64, 0),
            (48000, 80, 0), (16000, 23, 3)]
    write("fbank.f32",
          [case(kaldi.fbank, audio, 16000, 80, 0, **energy)
           for audio in made.values()] +
          [case(kaldi.fbank, noise, *options, **energy) for options in grid])
    write("fbank_mfcc.f32",
          [case(kaldi.mfcc, made[name], 16000, bands, 0)
           for name, bands in [("noise", 23), ("tone", 23), ("silence", 23),
                               ("impulses", 40), ("noise at 16 bits", 80)]])


main()
