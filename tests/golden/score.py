#!/usr/bin/env python3
"""Writes score.tsv, predictions of nobody, and score.expected, what
scikit-learn and NumPy say of them in the columns of `score -t`.

Run in this directory: python3 score.py (Debian: python3-sklearn; 1.2.1 made
what is committed).
"""
import numpy as np
from sklearn.metrics import (accuracy_score, f1_score, precision_score,
                             recall_score)

CLASSES = ["anger", "happiness", "neutral", "sadness"]
rng = np.random.default_rng(20261122)
rows = []
for i in range(243):
    language = ["en", "fi", "fr"][i % 3]
    # French has no sadness among its labels and Finnish no answer "anger"
    label = rng.choice(CLASSES[:3] if language == "fr" else CLASSES)
    logits = rng.normal(size=4) + 1.4 * (np.array(CLASSES) == label)
    if language == "fi":
        logits[0] = -9
    p = np.exp(logits * 1.6)
    p = np.round(p / p.sum(), 4)
    rows.append([f"u{i:03}", language, f"s{i % 12}", label,
                 CLASSES[p.argmax()], p.max(), *p])

with open("score.tsv", "w") as f:
    print("id", "start", "end", "language", "speaker", "label", "emotion",
          "confidence", *CLASSES, sep="\t", file=f)
    for id, language, speaker, label, emotion, *numbers in rows:
        print(id, "0.000", "2.500", language, speaker, label, emotion,
              *(f"{x:.4f}" for x in numbers), sep="\t", file=f)


def calibration_error(confidence, right):
    edges = np.arange(16) / 15
    total = 0
    for low, high in zip(edges, edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() -
                                        right[inside].mean())
    return total / len(confidence)


def line(by, value, chosen):
    truth = np.array([r[3] for r in chosen])
    answer = np.array([r[4] for r in chosen])
    confidence = np.array([r[5] for r in chosen])
    present = [c for c in CLASSES if c in truth]
    overall = [
        recall_score(truth, answer, labels=present, average="macro"),
        accuracy_score(truth, answer),
        f1_score(truth, answer, labels=present, average="macro"),
        calibration_error(confidence, truth == answer),
    ]
    cells = [by, value, len(chosen), len({r[2] for r in chosen})]
    for x in overall:
        cells += [f"{x:.6f}", "-", "-"]
    for c in CLASSES:
        here, said = (truth == c).sum(), (answer == c).sum()
        one = dict(labels=[c], average="macro", zero_division=0)
        cells += [
            here,
            f"{recall_score(truth, answer, **one):.6f}" if here else "-",
            f"{precision_score(truth, answer, **one):.6f}" if said else "-",
            f"{f1_score(truth, answer, **one):.6f}" if here + said else "-",
        ]
    return "\t".join(map(str, cells))


with open("score.expected", "w") as f:
    heading = ["by", "value", "rows", "clusters"]
    for m in ("uar", "war", "f1", "ece"):
        heading += [m, m + "_low", m + "_high"]
    for c in CLASSES:
        heading += [f"{m}_{c}" for m in ("rows", "recall", "precision", "f1")]
    print(*heading, sep="\t", file=f)
    print(line("-", "all", rows), file=f)
    for language in ("en", "fi", "fr"):
        print(line("language", language,
                   [r for r in rows if r[1] == language]), file=f)
