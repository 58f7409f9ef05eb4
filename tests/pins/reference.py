"""Pinned distances of src/review/reference/depths.rs. scikit-learn 1.9.1, numpy 2.4.6."""

import numpy as np
from sklearn.covariance import LedoitWolf

MASK = (1 << 64) - 1


def split_mix(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def vectors(count, dims, seed):
    random = split_mix(seed)
    rows = [
        [np.float32(next(random) >> 40) / np.float32(16777216) * np.float32(1 + col) for col in range(dims)]
        for _ in range(count)
    ]
    return np.array(rows, np.float32)


def depth(fitted, queries):
    """Distances of the cases, each left out, and of the queries."""
    x = fitted.astype(np.float64)
    n, dims = x.shape
    model = LedoitWolf().fit(x)
    shrinkage, ridge = model.shrinkage_, model.shrinkage_ * np.var(x, axis=0).mean()
    own = []
    for left in range(n):
        rest = np.delete(x, left, axis=0)
        centre = rest.mean(axis=0)
        # The same weight for each vector and the same ridge as with all of them.
        scatter = (rest - centre).T @ (rest - centre)
        covariance = (1 - shrinkage) * scatter / n + ridge * np.eye(dims)
        away = x[left] - centre
        own.append(np.sqrt(away @ np.linalg.solve(covariance, away)))
    own = np.array(own)
    asked = np.sqrt(model.mahalanobis(queries.astype(np.float64)))
    return (own - own.mean()) / own.std(), (asked - own.mean()) / own.std()


everything = vectors(33, 9, 11)
queries = np.stack([everything[30], everything[31] * np.float32(3)])
parts = [depth(everything[:30, part], queries[:, part]) for part in (slice(0, 4), slice(4, 9))]
own = np.mean([part[0] for part in parts], axis=0)
asked = np.mean([part[1] for part in parts], axis=0)
print(repr([float(v) for v in (own[0], own[29], asked[0], asked[1])]))
