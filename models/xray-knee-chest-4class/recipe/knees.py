"""Trains the knee branch on maps of `Begin`.

All grades are ordered targets ("at least 1, 2, 3, 4"): grade 1, which the shipped classes leave out, teaches too. Only
"at least 2" is used afterwards.
"""

import numpy as np
import torch
import torch.nn.functional as F

import loop
import metrics
from branches import Knee

PLAN = loop.Plan(seed=1, epochs=14, per_epoch=1376, rate=1e-3, weight_decay=0.03)
SHARES = [0.34, 0.12, 0.26, 0.18, 0.10]  # how often each grade is drawn
SMOOTHING, DOUBTFUL = 0.05, 0.3  # what grade 1 is told to be worth as "at least 2"
OTHERS = 0.4  # what the targets beside "at least 2" weigh
MIXED = 0.2  # of two maps, by a share from Beta(MIXED, MIXED)


def targets():
    """Targets and weights [grade, step]."""
    steps = torch.tensor([[float(grade >= step) for step in (1, 2, 3, 4)] for grade in range(5)])
    steps[1, 1] = DOUBTFUL
    weights = torch.tensor([OTHERS, 1, OTHERS, OTHERS]).repeat(5, 1)
    weights[1, 1] = 0.5
    return steps * (1 - 2 * SMOOTHING) + SMOOTHING, weights


def numbers(score, grades):
    """Of scores for "at least 2", grade 1 left out."""
    clear = grades != 1
    z, y = score[clear], (grades[clear] >= 2).astype(int)
    return {"loss": metrics.log_loss(np.stack([0 * z, z], 1), y), "auc": metrics.auc(z, y)}


def train(copies, grades, held, held_grades, work):
    """The branch at its best epoch and the record of its run. `copies`: maps of all pictures, one array for each copy."""
    torch.manual_seed(67280421310721)  # torch's own start
    model = Knee()
    rng = np.random.default_rng(PLAN.seed + 77)
    steps, weights = targets()

    def batch_of(numbers, generator):
        copy = rng.integers(len(copies), size=len(numbers))
        x = torch.from_numpy(np.stack([copies[c][i] for c, i in zip(copy, numbers)])).float()
        y, w = steps[grades[numbers]], weights[grades[numbers]]
        share = float(rng.beta(MIXED, MIXED))
        share, other = max(share, 1 - share), torch.from_numpy(rng.permutation(len(numbers)))
        mix = lambda v: share * v + (1 - share) * v[other]
        return mix(x), (mix(y), mix(w))

    def loss_of(z, target):
        return (F.binary_cross_entropy_with_logits(z, target[0], reduction="none") * target[1]).sum() / len(z)

    draw = lambda rng: loop.class_queues(grades, SHARES, rng)
    validate = lambda m: numbers(loop.predict(m, held)[:, 1], held_grades)
    return loop.fit(model, PLAN, draw, batch_of, loss_of, validate, work)
