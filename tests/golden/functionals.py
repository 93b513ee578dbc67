#!/usr/bin/python3
"""Write functionals.f32 beside this file: common/feat/functionals.h by NumPy.

Little-endian float32 after one another, by case: rows, bands, the view
[rows][bands + 3], the functionals.  tests/unit/functionals.c reads it.
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
          (1, .1, 10)]


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


def functionals(x):
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
    raw = np.concatenate([
        moments(s[active]), moments(s[voiced]), change,
        contour(f0, voiced), contour(energy, active),
        contour(voicing, active),
        [np.log(n / 100), voiced.sum() / n], runs(voiced[span]),
        runs(~active[span])])
    centre = np.concatenate([[k[1]] * k[0] for k in KINDS])
    scale = np.concatenate([[k[2]] * k[0] for k in KINDS])
    return (raw - centre) * scale


def view(random, rows, bands):
    """Speech-like: what is loud is voiced, by and by."""
    x = random.standard_normal((rows, bands + 3))
    slow = np.sin(np.arange(rows) / 7 + random.uniform(0, 6))
    x[:, bands] = .3 * slow + .1 * x[:, bands]
    x[:, bands + 1] = np.clip(.5 + .4 * slow + .1 * x[:, bands + 1], 0, 1)
    x[:, bands + 2] = 1.5 * slow + .2 * x[:, bands + 2]
    return x.astype('<f4')


here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(1)
with open(os.path.join(here, 'functionals.f32'), 'wb') as out:
    for rows, bands in (60, 23), (37, 40), (2, 20), (1, 20):
        x = view(random, rows, bands)
        out.write(np.array([rows, bands], '<f4').tobytes() + x.tobytes() +
                  functionals(x.astype(float)).astype('<f4').tobytes())
