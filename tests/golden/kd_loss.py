#!/usr/bin/env python3
"""Distillation losses by PyTorch's own functions and autograd, in double.

    tests/golden/kd_loss.py >tests/golden/kd_loss.txt

Needs PyTorch; the committed output is what the tests read.  Inputs are
multiples of 1/64, the same in float, double and text.  A case is

    case WEIGHTING CLASSES TEACHERS T LAMBDA TAU SMOOTHING LABEL LANGUAGE
    student logits; then for each teacher: its language and its logits
    loss, ce and kd; weights; gradient

and the last lines are the loss of a batch as the published code reckons it:
KLDivLoss(reduction="mean"), which divides by the classes too.
"""
import torch
import torch.nn.functional as F

torch.manual_seed(20260101)
LANGUAGES = ["en", "fi", "fr", "en", "de"]


def draw(*shape, scale=3):
    x = torch.randn(*shape, dtype=torch.float64) * scale
    return torch.round(x * 64) / 64


def weigh(kind, z, teachers, languages, language, tau):
    n = len(teachers)
    if kind == "uniform":
        return torch.full((n,), 1 / n, dtype=torch.float64)
    if kind == "cosine":
        c = torch.stack([F.cosine_similarity(z, t, dim=0) for t in teachers])
        return torch.softmax(c.detach() / tau, 0)
    speaks = torch.tensor([float(l == language) for l in languages]).double()
    return speaks / speaks.sum().clamp(min=1)


def numbers(x):
    print(*("%.10g" % v for v in x))


def case(kind, classes, teachers, T, lam, tau, smoothing, label, language,
         scale=3):
    z = draw(classes, scale=scale).requires_grad_(True)
    zt = draw(teachers, classes, scale=scale)
    languages = LANGUAGES[:teachers]
    w = weigh(kind, z, zt, languages, language, tau)
    kd = sum(w[k] * T * T * F.kl_div(F.log_softmax(z / T, 0),
                                     F.softmax(zt[k] / T, 0), reduction="sum")
             for k in range(teachers))
    used = 1 if label < 0 else lam if w.sum() > 0 else 0
    ce = torch.zeros((), dtype=torch.float64)
    if label >= 0:
        ce = F.cross_entropy(z[None], torch.tensor([label]),
                             label_smoothing=smoothing)
    loss = (1 - used) * ce + used * kd
    loss.backward()
    print("case", kind, classes, teachers, T, lam, tau, smoothing, label,
          language)
    numbers(z.tolist())
    for name, t in zip(languages, zt):
        print(name, end=" ")
        numbers(t.tolist())
    numbers([loss.item(), ce.item(), float(kd)])
    numbers(w.tolist())
    numbers(z.grad.tolist())


def published(batch=6, classes=4, teachers=3, T=5.0, lam=0.25):
    z, zt = draw(batch, classes), draw(teachers, batch, classes)
    y = torch.randint(0, classes, (batch,))
    kl = torch.nn.KLDivLoss(reduction="mean")
    kd = sum(kl(F.log_softmax(z / T, -1), F.softmax(t / T, -1)) * T * T
             for t in zt) / teachers
    loss = (1 - lam) * F.cross_entropy(z, y) + lam * kd
    print("published", batch, classes, teachers, T, lam)
    for i in range(batch):
        print(y[i].item())
        numbers(z[i].tolist())
        for t in zt:
            numbers(t[i].tolist())
    numbers([loss.item()])


for kind in ["uniform", "language", "cosine"]:
    case(kind, 4, 3, 5, 0.25, 0.25, 0, 2, "fi")
    case(kind, 4, 3, 1, 0.75, 0.5, 0.125, 0, "fr")
    case(kind, 7, 5, 2, 0.5, 0.125, 0.25, 6, "en")
    case(kind, 4, 1, 5, 1, 0.25, 0, 1, "en")
    case(kind, 4, 3, 5, 0.25, 0.25, 0, -1, "en")
    case(kind, 2, 2, 1000, 0.25, 0.25, 0, 1, "fi", scale=40)
    case(kind, 5, 3, 0.125, 0.25, 0.0625, 0.5, 4, "en", scale=40)
case("language", 4, 3, 5, 0.25, 0.25, 0, 3, "pl")
case("uniform", 4, 3, 5, 0, 0.25, 0, 3, "pl")
published()
