"""Numbers for the cards, and their 95 % intervals."""

import numpy as np


def softmax(logits):
    z = np.exp(logits - logits.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)


def log_loss(logits, labels, balanced=True):
    """Mean negative log-likelihood; balanced: every class that occurs weighs the same."""
    z = logits - logits.max(1, keepdims=True)
    loss = np.log(np.exp(z).sum(1)) - z[np.arange(len(labels)), labels]
    return float(np.mean([loss[labels == c].mean() for c in np.unique(labels)]) if balanced else loss.mean())


def auc(score, positive):
    """Area under the ROC curve by ranks, ties counted half."""
    _, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[inverse]
    ones = positive.sum()
    return float((rank[positive == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(positive) - ones)))


def confusion(labels, predicted, classes):
    """Counts [truth, predicted]."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def f1(counts):
    """F1 of each class; 0 where a class is neither there nor called."""
    right = np.diag(counts)
    both = counts.sum(0) + counts.sum(1)
    return np.where(both > 0, 2 * right / np.maximum(both, 1), 0.0)


def macro_f1(counts):
    return float(f1(counts).mean())


def weighted_f1(counts):
    return float((f1(counts) * counts.sum(1)).sum() / counts.sum())


def accuracy(counts):
    return float(np.diag(counts).sum() / counts.sum())


def balanced_accuracy(counts):
    n = counts.sum(1)
    return float((np.diag(counts)[n > 0] / n[n > 0]).mean())


def quadratic_kappa(counts):
    """Cohen's kappa with quadratic weights."""
    grade = np.arange(len(counts))
    weight = (grade[:, None] - grade) ** 2
    chance = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
    return float(1 - (weight * counts).sum() / max((weight * chance).sum(), 1e-12))


def wilson(hits, n, z=1.96):
    p, d = hits / n, 1 + z * z / n
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [float((p + z * z / (2 * n) - half) / d), float((p + z * z / (2 * n) + half) / d)]


def bootstrap(measure, strata, groups=None, rounds=2000):
    """95 % interval of `measure(indices)`, drawn with replacement within each stratum; whole groups where given."""
    rng = np.random.default_rng(0)
    groups = np.arange(len(strata)) if groups is None else np.asarray(groups)
    members = {g: np.flatnonzero(groups == g) for g in np.unique(groups)}
    by_stratum = {}
    for g, i in members.items():
        by_stratum.setdefault(strata[i[0]], []).append(g)
    values = []
    for _ in range(rounds):
        drawn = [g for names in by_stratum.values() for g in rng.choice(names, len(names))]
        values.append(measure(np.concatenate([members[g] for g in drawn])))
    return [float(v) for v in np.percentile(values, [2.5, 97.5])]


def temperature(logits, labels):
    """The divisor of the logits with the smallest balanced log loss (Guo 2017)."""
    grid = np.exp(np.linspace(np.log(0.2), np.log(5), 400))
    return round(float(grid[int(np.argmin([log_loss(logits / t, labels) for t in grid]))]), 4)


def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error of the predicted class, equal-width bins."""
    top, right = probabilities.max(1), probabilities.argmax(1) == labels
    place = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [abs(top[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in np.unique(place)]
    return float(np.sum(gaps))
