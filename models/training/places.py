"""Ridge regression on the cells of a feature map, for pictures that lie in one space (registered scans).

From each cell the average map is taken and the rest is weighted by place; the sum is the score. As a network: Sub, Mul
(giving `features`), global mean, one linear layer, so every cell's share of a logit is known exactly. Rows of the
regression are whole subjects (mean over their slices), single slices, and whatever moved copies a recipe adds.
Everything is made mirror-symmetric, left to right.
"""

import numpy as np


def mirrored(x):
    """Mean with the left-right mirror image."""
    return (x + x[..., ::-1]) / 2


class Places:
    """All rows of the regression, so that folds can be cut by subject."""

    def __init__(self, cells, target, penalty, slice_weight=1.0, every=1, moved=(), moved_weight=0.0):
        """`cells` [N, S, channels, rows, cols]; `target` [N]; `penalty` in units of the mean square of a subject's
        row; `slice_weight` of all slices of a subject together, beside 1 for its mean, from each `every`-th slice;
        `moved`: more cells, each entering as the subject's mean."""
        self.mean = mirrored(cells.mean((0, 1), dtype=np.float64))
        self.scale = np.sqrt(np.mean([((c - self.mean) ** 2).mean((0, 2, 3)) for c in cells], 0))[:, None, None]
        n = len(cells)
        self.slices = self.flat(cells)
        some = self.slices[:, ::every]
        k = some.shape[1]
        rows, owner = [self.slices.mean(1), some.reshape(n * k, -1)], [np.arange(n), np.repeat(np.arange(n), k)]
        weight = [np.ones(n), np.full(n * k, slice_weight / k)]
        for other in moved:
            rows.append(self.flat(other).mean(1))
            owner.append(np.arange(n))
            weight.append(np.full(n, moved_weight))
        self.rows, self.owner, self.weight = map(np.concatenate, (rows, owner, weight))
        self.target = np.asarray(target, float)
        self.products = self.rows @ self.rows.T
        self.penalty = penalty * np.trace(self.products[:n, :n]) / n

    def flat(self, cells):
        return (mirrored(cells - self.mean) / self.scale).reshape(*cells.shape[:2], -1)

    def solve(self, chosen):
        """Coefficients and bias from the subjects `chosen` (a boolean mask)."""
        here = np.flatnonzero(chosen[self.owner])
        weight, target = self.weight[here], self.target[self.owner[here]]
        share = weight / weight.sum()
        centre = np.eye(len(here)) - share[None, :]
        middle = share @ target
        root = np.sqrt(weight)
        system = root[:, None] * (centre @ self.products[np.ix_(here, here)] @ centre.T) * root
        dual = root * np.linalg.solve(system + self.penalty * np.eye(len(here)), root * (target - middle))
        coefficients = (centre.T @ dual) @ self.rows[here]
        return coefficients, middle - coefficients @ (share @ self.rows[here])

    def scores(self, coefficients, bias, chosen):
        """Scores of subjects [n] and of their slices [n, S]."""
        each = self.slices[chosen] @ coefficients + bias
        return each.mean(1), each

    def cross_validate(self, labels, repeats, count=5):
        """Held-out scores of subjects [repeats, N] and of slices [repeats, N, S]."""
        whole, single = [], []
        for seed in range(repeats):
            fold = folds(labels, seed, count)
            a, b = np.empty(len(labels)), np.empty(self.slices.shape[:2])
            for k in range(count):
                a[fold == k], b[fold == k] = self.scores(*self.solve(fold != k), fold == k)
            whole.append(a)
            single.append(b)
        return np.array(whole), np.array(single)

    def layer(self, coefficients):
        """(average map, weights), each [channels, rows, cols], for the network's Sub and Mul."""
        return self.mean, mirrored(coefficients.reshape(self.mean.shape) / self.scale)


def folds(labels, seed, count=5):
    """Fold number of each subject, every class spread evenly."""
    rng = np.random.default_rng(seed)
    fold = np.empty(len(labels), int)
    for c in np.unique(labels):
        members = np.flatnonzero(labels == c)
        fold[rng.permutation(members)] = np.arange(len(members)) % count
    return fold
