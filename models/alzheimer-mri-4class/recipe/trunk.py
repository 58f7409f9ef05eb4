"""The first eight blocks of EfficientNet-Lite0, then weights by place and one ordinal head."""

import numpy as np
import torch
from network import Lite
from torch import nn

SIZE = (128, 112)
BLOCKS = 8  # map of 80 x 8 x 7


class Trunk(nn.Module):
    """ImageNet weights, never trained further: [N, 3, 128, 112] to cells [N, 80, 8, 7]."""

    def __init__(self):
        super().__init__()
        whole = Lite(1).load_imagenet()
        self.stem, self.blocks = whole.stem, whole.blocks[:BLOCKS]
        self.eval().requires_grad_(False)

    def forward(self, x):
        return self.blocks(self.stem(x))


class Graded(nn.Module):
    """Logit of grade k: (k - middle) * slope * score + level[k], the adjacent-categories model of an ordered outcome.

    Counting grades from their middle changes no probability; it gives the lowest grade a map of its own.
    """

    def __init__(self, trunk, mean, weights, bias, slope, levels):
        super().__init__()
        self.trunk = trunk
        buffer = lambda x: torch.tensor(np.asarray(x), dtype=torch.float32)
        self.register_buffer("mean", buffer(mean)[None])
        self.register_buffer("weights", buffer(weights)[None])
        channels, rows, cols = weights.shape
        grade = torch.from_numpy(centred(len(levels))).float()
        self.head = nn.Linear(channels, len(levels))
        self.head.weight.data = (grade * slope * rows * cols)[:, None].repeat(1, channels)
        self.head.bias.data = grade * float(slope * bias) + buffer(levels)

    def forward(self, x):
        features = (self.trunk(x) - self.mean) * self.weights
        return self.head(features.mean((2, 3)))


def centred(count):
    """Grades counted from their middle."""
    return np.arange(count) - (count - 1) / 2


def fit_grades(score, grade, classes, balanced_prior):
    """Slope and levels of the adjacent-categories model by Newton steps on the weighted likelihood.

    `balanced_prior[k]` is what class k weighs in all. Levels start at 0 for grade 0.
    """
    weight = np.array([balanced_prior[k] / max((grade == k).sum(), 1) for k in range(classes)])[grade]
    weight = weight / weight.sum() * len(grade)
    k = np.arange(classes)
    theta = np.zeros(classes)  # slope, level 1, level 2, ...
    design = np.zeros((len(score), classes, classes))  # [case, class, parameter]
    design[:, :, 0] = score[:, None] * k
    for c in range(1, classes):
        design[:, c, c] = 1
    ridge = 1e-3 * np.eye(classes)
    for _ in range(60):
        z = design @ theta
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        mean = np.einsum("nk,nkj->nj", p, design)
        gradient = (weight[:, None] * (design[np.arange(len(grade)), grade] - mean)).sum(0) - ridge @ theta
        second = np.einsum("n,nk,nki,nkj->ij", weight, p, design, design) - np.einsum("n,ni,nj->ij", weight, mean, mean)
        theta = theta + np.linalg.solve(second + ridge, gradient)
    return theta[0], np.concatenate([[0.0], theta[1:]])
