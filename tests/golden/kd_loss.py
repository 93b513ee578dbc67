#!/usr/bin/env python3
"""Distillation losses by PyTorch's own functions and autograd, in double.

    tests/golden/kd_loss.py >tests/golden/kd_loss.txt

Needs PyTorch; the committed output is what the tests read.  Inputs are
multiples of 1/64, the same in float, double and text.  A case is a batch:

    case WEIGHTING OBJECTIVE EMBEDDING SCOPE REDUCTION
    utterances classes teachers width teacher's-width T LAMBDA TAU SMOOTHING
        BOUND ALPHA BETA
    for each utterance: label, language, logits, embedding; for each teacher
        whether it is there, its language, logits, embedding
    for each utterance: loss, ce, kd; weights (0 where there is no teacher);
        gradient by its logits; gradient of the embeddings' loss by its
        embedding
    the embeddings' loss

EMBEDDING is "-" where there is none, and then there are no embeddings either.
The loss of an utterance here is without that of the embeddings.
"""
import itertools

import torch
import torch.nn.functional as F

torch.manual_seed(20260101)
NAMES = ["en", "fi", "fr", "sv", "de"]
SHARES = [.5, .25, .125, .0625, .0625]


def draw(*shape, scale=3):
    x = torch.randn(*shape, dtype=torch.float64) * scale
    return torch.round(x * 64) / 64


def objective(kind, z, t, y, o):
    T = o["T"]
    if kind == "logit-std" and len(z) > 1:
        z = (z - z.mean()) / (z.std() + 1e-7)
        t = (t - t.mean()) / (t.std() + 1e-7)
    p, log_q = F.softmax(t / T, 0), F.log_softmax(z / T, 0)
    if kind != "dkd" or y < 0:
        return T * T * F.kl_div(log_q, p, reduction="sum")
    q = log_q.exp()
    pair = lambda x: torch.stack([x[y], x.sum() - x[y]])
    others = torch.arange(len(z)) != y
    target = F.kl_div(pair(q).log(), pair(p), reduction="sum")
    rest = F.kl_div(F.log_softmax(z[others] / T, 0),
                    F.softmax(t[others] / T, 0), reduction="sum")
    return T * T * (o["alpha"] * target + o["beta"] * rest)


def quadratic(G, bound):
    """The least a' G a, sum a = 1, 0 <= a <= bound: every active set."""
    n, best, least = len(G), None, float("inf")
    for sides in itertools.product([0, 1, 2], repeat=n):
        a = torch.tensor([bound * (s == 1) for s in sides],
                         dtype=torch.float64)
        free = [i for i in range(n) if sides[i] == 2]
        left = 1 - a.sum()
        if free:
            # stationary on the plane: G a = -m within the free ones
            m = len(free)
            A = torch.ones(m + 1, m + 1, dtype=torch.float64)
            A[:m, :m], A[m, m] = G[free][:, free], 0
            b = torch.cat([-(G @ a)[free], left.reshape(1)])
            try:
                a[free] = torch.linalg.solve(A, b)[:m]
            except RuntimeError:
                continue
        elif abs(left) > 1e-12:
            continue
        if a.min() < -1e-12 or a.max() > bound + 1e-12:
            continue
        if a @ G @ a < least - 1e-12:
            best, least = a, a @ G @ a
    return best


def gradients(u, ks, case, o):
    g = []
    for k in ks:
        z = u["z"].detach().clone().requires_grad_(True)
        objective(case[1], z, u["zt"][k], u["y"], o).backward()
        g.append(z.grad)
    return g


def score(kind, u, k, o):
    z, t, y = u["z"].detach(), u["zt"][k], u["y"]
    if kind == "cosine":
        return F.cosine_similarity(z, t, dim=0) / o["tau"]
    if kind in ("confidence", "best"):
        return F.cross_entropy(t[None], torch.tensor([y]))
    if kind == "entropy":
        return torch.distributions.Categorical(logits=t).entropy()
    others = torch.cat([t[:y], t[y + 1:]])
    return t[y] - others.max()


def weigh(kind, s):
    n = len(s)
    if kind in ("cosine", "margin"):
        return torch.softmax(s, 0)
    if kind == "best":
        return F.one_hot(s.argmin(), n).double()
    if n == 1:
        return torch.ones(1).double()
    share = torch.softmax(s, 0) if kind == "confidence" else s / s.sum()
    return (1 - share) / (n - 1)


def weights(batch, i, case, o):
    """Of utterance i: a weight for each of its teachers."""
    kind, u = case[0], batch[i]
    ks, n = u["have"], len(u["have"])
    scope = batch if case[3] else [u]
    if kind == "uniform":
        return torch.ones(n).double() / n
    if kind == "language":
        w = torch.tensor([float(NAMES[k] == u["language"]) for k in ks])
        return w.double() / max(float(w.sum()), 1)
    if kind.startswith("fixed"):
        w = torch.tensor([SHARES[k] for k in ks]).double()
        return w / w.sum()
    if kind == "aekd":
        G = torch.zeros(n, n).double()
        for v in scope:
            g = dict(zip(v["have"], gradients(v, v["have"], case, o)))
            for a, b in itertools.product(range(n), repeat=2):
                if ks[a] in g and ks[b] in g:
                    G[a, b] += g[ks[a]] @ g[ks[b]]
        return quadratic(G, max(o["bound"], 1 / n))
    if kind in ("confidence", "best", "margin"):
        scope = [v for v in scope if v["y"] >= 0]
    if not scope:
        return torch.ones(n).double() / n
    return weigh(kind, torch.stack([torch.stack(
        [score(kind, v, k, o) for v in scope if k in v["have"]]).mean()
        for k in ks]))


def rkd(x, y):
    def distances(e):
        d = (e[:, None] - e[None]).norm(dim=2)
        return d / d[d > 0].mean()

    def angles(e):
        v = F.normalize(e[None] - e[:, None], dim=2)
        return torch.bmm(v, v.transpose(1, 2))

    # the norm of a point's distance to itself has no gradient
    eye = torch.eye(len(x)).bool()
    d = (x[:, None] - x[None] + eye[..., None] * 1.0).norm(dim=2)
    d = d.masked_fill(eye, 0)
    d = d / d[~eye].mean()
    return (25 * F.smooth_l1_loss(d, distances(y)) +
            50 * F.smooth_l1_loss(angles(x), angles(y)))


def sp(x, y):
    s, t = F.normalize(x @ x.T, dim=1), F.normalize(y @ y.T, dim=1)
    return 3000 * (s - t).square().sum() / len(x) ** 2


def transport(a, b, eps=.01):
    n = len(a)
    C = (a[:, None] - b[None]).square().sum(2) / 2
    f = g = torch.zeros(n).double()
    log_n = torch.log(torch.tensor(n).double())
    for _ in range(20000):
        g = -eps * torch.logsumexp((f[:, None] - C.detach()) / eps - log_n, 0)
        f = -eps * torch.logsumexp((g[None] - C.detach()) / eps - log_n, 1)
    mass = torch.exp((f[:, None] + g[None] - C) / eps).mean()
    return f.mean() + g.mean() - eps * (mass - 1)


def ot(x, y):
    S, T = (F.cosine_similarity(e[:, None], e[None], dim=2) for e in (x, y))
    S, T = S - S.min(), T - T.min()
    at = T.argsort(dim=1, stable=True)[:, :30]
    S, T = S.gather(1, at), T.gather(1, at)
    return transport(S, T) - transport(S, S) / 2 - transport(T, T) / 2


EMBEDDING = {"rkd": rkd, "sp": sp, "ot": ot}


def numbers(x):
    print(*("%.12g" % v for v in x))


def embedding_loss(batch, case):
    if case[2] == "-":
        return torch.zeros(())
    total = 0
    for k in range(len(NAMES)):
        who = [u for u in batch if k in u["have"]]
        if len(who) < 2:
            continue
        W = sum(u["w"][u["have"].index(k)] for u in who) / len(batch)
        total += W * EMBEDDING[case[2]](
            torch.stack([u["x"] for u in who]),
            torch.stack([u["xt"][k] for u in who]))
    total.backward()
    return total


def case(weighting, objective_, embedding="-", scope=0, mean=0, utterances=4,
         classes=4, teachers=3, width=6, other=5, T=4, lam=.25, tau=.25,
         smoothing=0, bound=.6, alpha=1, beta=8, scale=3, unlabelled=(),
         missing=()):
    spec = (weighting, objective_, embedding, scope, mean)
    o = dict(T=T, tau=tau, bound=bound, alpha=alpha, beta=beta)
    batch = []
    for i in range(utterances):
        y = torch.randint(0, classes, ()).item()
        u = dict(y=-1 if i in unlabelled else y, language=NAMES[i % 4])
        u["z"] = draw(classes, scale=scale).requires_grad_(True)
        u["zt"] = draw(teachers, classes, scale=scale)
        u["have"] = [k for k in range(teachers) if (i, k) not in missing]
        u["x"] = draw(width, scale=1).requires_grad_(True)
        u["xt"] = draw(teachers, other, scale=1)
        batch.append(u)
    print("case", *spec)
    print(utterances, classes, teachers, width, other, T, lam, tau, smoothing,
          bound, alpha, beta)
    for i, u in enumerate(batch):
        print(u["y"], u["language"])
        numbers(u["z"].tolist())
        if embedding != "-":
            numbers(u["x"].tolist())
        for k in range(teachers):
            print(int(k in u["have"]), NAMES[k])
            numbers(u["zt"][k].tolist())
            if embedding != "-":
                numbers(u["xt"][k].tolist())
        u["w"] = weights(batch, i, spec, o)
    for u in batch:
        kd = sum(w * objective(objective_, u["z"], u["zt"][k], u["y"], o)
                 for w, k in zip(u["w"], u["have"]))
        kd = kd / classes if mean else kd
        used = 1 if u["y"] < 0 else lam if u["w"].sum() > 0 else 0
        ce = torch.zeros(())
        if u["y"] >= 0:
            ce = F.cross_entropy(u["z"][None], torch.tensor([u["y"]]),
                                 label_smoothing=smoothing)
        u["loss"] = (1 - used) * ce + used * kd
        u["loss"].backward()
        u["parts"] = [u["loss"].item(), ce.item(), float(kd)]
    E = embedding_loss(batch, spec)
    for u in batch:
        numbers(u["parts"])
        w = dict(zip(u["have"], u["w"].tolist()))
        numbers([w.get(k, 0) for k in range(teachers)])
        numbers(u["z"].grad.tolist())
        if embedding != "-":
            numbers(u["x"].grad.tolist())
    numbers([E.item()])


def published(batch=6, classes=4, teachers=3, T=5.0, lam=0.25, tau=.25):
    """A batch as the published code reckons it."""
    z, zt = draw(batch, classes), draw(teachers, batch, classes)
    z.requires_grad_(True)
    y = torch.randint(0, classes, (batch,))
    kl = torch.nn.KLDivLoss(reduction="mean")
    w = F.softmax(torch.tensor([F.cosine_similarity(z, t, dim=1).mean()
                                for t in zt]).double() / tau, -1)
    kd = sum(v * kl(F.log_softmax(z / T, -1), F.softmax(t / T, -1)) * T * T
             for v, t in zip(w, zt))
    loss = (1 - lam) * F.cross_entropy(z, y) + lam * kd
    loss.backward()
    print("published", batch, classes, teachers, T, lam, tau)
    for i in range(batch):
        print(y[i].item())
        numbers(z[i].tolist())
        for t in zt:
            numbers(t[i].tolist())
    numbers([loss.item()])
    numbers(w.tolist())
    numbers(z.grad.flatten().tolist())


FIXED = "fixed:" + ",".join("%s=%g" % x for x in zip(NAMES, SHARES))
WEIGHTINGS = ["cosine", "language", "uniform", "confidence", "entropy", "best",
              "margin", "aekd", FIXED]
for weighting in WEIGHTINGS:
    for kind in ["hinton", "dkd", "logit-std"]:
        for scope in [0, 1]:
            case(weighting, kind, scope=scope, mean=scope)
    for scope in [0, 1]:
        case(weighting, "hinton", scope=scope, mean=1 - scope, T=1, lam=.75,
             tau=.5, smoothing=.125, classes=7, teachers=5, missing=[(1, 2)])
        label = {"unlabelled": [1]} if weighting != "language" else {}
        case(weighting, "dkd", scope=scope, T=2, alpha=2, beta=.5, bound=.4,
             teachers=2, scale=1, **label)
    if weighting != "language":
        case(weighting, "hinton", teachers=1, lam=1, utterances=2)
    case(weighting, "hinton", classes=2, teachers=2, T=1000, scale=40,
         utterances=2)
    case(weighting, "logit-std", classes=5, T=.125, tau=.0625, smoothing=.5,
         scale=40)
for kind in EMBEDDING:
    case("uniform", "hinton", kind)
    case("confidence", "dkd", kind, scope=1, utterances=9, width=3, other=8)
    case("cosine", "logit-std", kind, utterances=2, teachers=1)
    case("fixed:en=.5,fi=.25,fr=.125", "hinton", kind, utterances=6,
         missing=[(1, 0), (2, 0), (3, 2)])
case("uniform", "hinton", "ot", utterances=33, teachers=1)
published()
