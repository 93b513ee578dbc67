#!/usr/bin/python3
"""Write functionals.f32: common/student/functionals.h in NumPy.

Little-endian float32 after one another, by case: rows, bands, rate, raw
features [rows][bands + 3], what stands for their view, the functionals.
tests/unit/functionals.c reads it.
"""
import os

import numpy as np

GROUPS, CEPSTRA = 20, 12
QUANTILES = np.array([.05, .2, .5, .8, .95])
SPECTRAL = GROUPS + CEPSTRA
KINDS = [(SPECTRAL, 0, 3), (SPECTRAL, .7, 5), (SPECTRAL, 0, 2),
         (SPECTRAL, .7, 5), (SPECTRAL, .2, 10)]
KINDS += 3 * [(1, 0, 1), (1, .3, 5), (5, 0, 1), (1, 0, 50), (1, .1, 15),
              (1, .05, 30), (1, 0, 2), (1, 1, 1)]
KINDS += [(1, .8, 3), (1, .4, 6), (1, 3, 1), (1, .12, 15), (1, .5, 2),
          (1, .1, 10), (12, 0, 6)]
FORMANTS = np.array([525, 1600, 2700, 3800])


def projection(bands):
    means = np.zeros((GROUPS, bands))
    for g in range(GROUPS):
        a, b = g * bands // GROUPS, (g + 1) * bands // GROUPS
        means[g, a:b] = 1 / (b - a)
    k = np.arange(1, CEPSTRA + 1)[:, None]
    cosines = np.cos(np.pi * k * (np.arange(bands) + .5) / bands)
    return np.vstack([means, cosines * np.sqrt(2 / bands)])


def quantiles(values, shares):
    return np.sort(values)[(shares * (len(values) - 1) + .5).astype(int)]


def mean(values):
    return values.mean() if len(values) else 0


def moments(rows):
    if len(rows) == 0:
        return np.zeros(2 * rows.shape[1])
    return np.concatenate([rows.mean(0), rows.std(0)])


def contour(x, mask):
    if not mask.any():
        return np.zeros(12)
    values = x[mask]
    change = np.diff(x)[mask[1:] & mask[:-1]]
    t = np.nonzero(mask)[0].astype(float)
    t = (t - t.mean()) / 100
    slope = (t * values).sum() / ((t * t).sum() + 1e-2)
    return np.concatenate([
        [values.mean(), values.std()], quantiles(values, QUANTILES),
        [mean(change), change.std() if len(change) else 0,
         mean(np.abs(change)), slope, len(values) / 100]])


def runs(mask):
    edges = np.diff(np.concatenate([[0], mask.astype(int), [0]]))
    length = np.nonzero(edges == -1)[0] - np.nonzero(edges == 1)[0]
    return [len(length) / len(mask) * 100, mean(length) / 100]


def hertz(mel):
    return 700 * np.expm1(mel / 1127)


def formants(row, rate):
    """As formants.h says, by a dense solver and a polynomial's values."""
    top = min(5500, rate / 2)
    order = int(14 * top / 5500)
    edges = hertz(np.linspace(1127 * np.log1p(20 / 700),
                              1127 * np.log1p(rate / 1400), len(row) + 2))
    density = row - np.log((edges[2:] - edges[:-2]) / 2) + np.log(edges[1:-1])
    at = (np.arange(64) + .5) / 64
    p = np.interp(at * top, edges[1:-1], density)
    p = np.exp(p - p.max())
    r = np.array([(p * np.cos(np.pi * k * at)).sum()
                  for k in range(order + 1)])
    r[0] *= 1.0001
    lags = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
    a = np.concatenate([[1], np.linalg.solve(r[lags], -r[1:])])
    w = np.pi * (np.arange(128) + .5) / 128
    s = 2 * np.log(np.abs(np.polyval(a, np.exp(1j * w))))
    found = []
    for i in range(1, 127):
        if s[i] < s[i - 1] and s[i] <= s[i + 1]:
            shift = (s[i - 1] - s[i + 1]) / 2 / (s[i - 1] - 2 * s[i] + s[i + 1])
            found.append((i + .5 + shift) * top / 128)
    return [f for f in found if 200 < f < top - 100][:4]


def resonances(raw, rate):
    found = [formants(row, rate) for row in raw]
    out = np.zeros((3, 4))
    for k in range(4):
        values = np.array([f[k] for f in found if len(f) > k])
        if len(values):
            out[:, k] = quantiles(np.log(values / FORMANTS[k]),
                                  np.array([.2, .5, .8]))
    return out.ravel()


def functionals(raw, x, rate):
    bands = x.shape[1] - 3
    f0, voicing, energy = x[:, bands:].T
    floor = quantiles(energy, np.array([.98]))[0] - np.float32(2.2)
    active = energy > floor
    voiced = active & (voicing > np.float32(.6))
    s = x[:, :bands] @ projection(bands).T
    change = np.abs(np.diff(s, axis=0)).mean(0) if len(s) > 1 else \
        np.zeros(SPECTRAL)
    at = np.nonzero(active)[0]
    span = slice(at[0], at[-1] + 1)
    n = at[-1] + 1 - at[0]
    out = np.concatenate([
        moments(s[active]), moments(s[voiced]), change,
        contour(f0, voiced), contour(energy, active),
        contour(voicing, active),
        [np.log(n / 100), voiced.sum() / n], runs(voiced[span]),
        runs(~active[span]), resonances(raw[voiced, :bands], rate)])
    centre = np.concatenate([[k[1]] * k[0] for k in KINDS])
    scale = np.concatenate([[k[2]] * k[0] for k in KINDS])
    return (out - centre) * scale


def view(random, rows, bands):
    """Speech-like: what is loud is voiced, by and by."""
    x = random.standard_normal((rows, bands + 3))
    slow = np.sin(np.arange(rows) / 7 + random.uniform(0, 6))
    x[:, bands] = .3 * slow + .1 * x[:, bands]
    x[:, bands + 1] = np.clip(.5 + .4 * slow + .1 * x[:, bands + 1], 0, 1)
    x[:, bands + 2] = 1.5 * slow + .2 * x[:, bands + 2]
    return x.astype('<f4')


def spectra(random, rows, bands):
    """Log energies with bumps that wander, falling by and by."""
    at = np.arange(bands) / bands
    x = -6 * at + .3 * random.standard_normal((rows, bands + 3))[:, :bands]
    for centre in .15, .35, .55, .8:
        peak = centre + .05 * random.standard_normal((rows, 1))
        x = x + 4 * np.exp(-((at - peak) / .04) ** 2)
    return np.hstack([x, np.zeros((rows, 3))]).astype('<f4')


here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(1)
with open(os.path.join(here, 'functionals.f32'), 'wb') as out:
    for rows, bands, rate in ((60, 23, 16000), (37, 40, 8000), (2, 20, 16000),
                              (1, 20, 16000), (60, 80, 48000)):
        x = view(random, rows, bands)
        raw = spectra(random, rows, bands)
        out.write(np.array([rows, bands, rate], '<f4').tobytes() +
                  raw.tobytes() + x.tobytes() +
                  functionals(raw.astype(float), x.astype(float),
                              rate).astype('<f4').tobytes())
