"""Numbers of the model card, with 95 % intervals."""

import numpy as np


def wilson(right, total, z=1.959964):
    """Wilson's interval of a share (1927)."""
    if total == 0:
        return None
    share = right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return {"share": round(share, 4), "low": round(middle - half, 4), "high": round(middle + half, 4), "of": int(total)}


def kappa(confusion):
    """Cohen's kappa with quadratic weights."""
    classes = len(confusion)
    weights = (np.arange(classes)[:, None] - np.arange(classes)[None]) ** 2
    expected = np.outer(confusion.sum(1), confusion.sum(0)) / confusion.sum()
    return float(1 - (weights * confusion).sum() / (weights * expected).sum())


def confusion_of(truth, predicted, classes=3):
    table = np.zeros((classes, classes), int)
    np.add.at(table, (truth, predicted), 1)
    return table


def summary(logits, grades, severities):
    """Accuracy, recall of each grade, confusion (rows: truth), kappa, calibration; near and away from a border."""
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    scores = shifted / shifted.sum(1, keepdims=True)
    predicted = scores.argmax(1)
    right = predicted == grades
    near = np.minimum(np.abs(severities - 1), np.abs(severities - 2)) < 0.1
    random = np.random.default_rng(0)
    draws = [random.integers(0, len(grades), len(grades)) for _ in range(2000)]
    spread = [kappa(confusion_of(grades[draw], predicted[draw])) for draw in draws]
    table = confusion_of(grades, predicted)
    bins = np.minimum((scores.max(1) * 10).astype(int), 9)
    gaps = [abs(right[bins == b].mean() - scores.max(1)[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return {
        "accuracy": wilson(right.sum(), len(right)),
        "accuracy_within_0.1_of_a_border": wilson(right[near].sum(), near.sum()),
        "accuracy_elsewhere": wilson(right[~near].sum(), (~near).sum()),
        "recall": [wilson(table[g, g], table[g].sum()) for g in range(3)],
        "confusion_rows_are_truth": table.tolist(),
        "kappa_quadratic": {"value": round(kappa(table), 4), "low": round(float(np.quantile(spread, 0.025)), 4),
                            "high": round(float(np.quantile(spread, 0.975)), 4)},
        "expected_calibration_error": round(float(sum(gaps)), 4),
        "negative_log_likelihood": round(float(-np.log(scores[np.arange(len(grades)), grades]).mean()), 4),
    }
