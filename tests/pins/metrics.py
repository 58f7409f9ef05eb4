"""Writes metrics.json, the pinned numbers of tests/metrics_numbers.rs: what scikit-learn, statsmodels and scipy say about
random predictions. DeLong and the calibration error, which none of them has, are computed here by their definitions.

    python metrics.py > metrics.json
"""

import json
import sys
import warnings

import numpy as np
import scipy
import scipy.optimize
import scipy.stats
import sklearn
import sklearn.metrics as m
import statsmodels
from sklearn.calibration import calibration_curve
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
BINS = 10


def number(value):
    """None where a library has no number."""
    value = float(value)
    return value if np.isfinite(value) else None


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def nll(logits, truth, t):
    return float(np.mean(scipy.special.logsumexp(logits / t, axis=1) - (logits / t)[np.arange(len(truth)), truth]))


def ece(stated, hits):
    """Equal-width bins, (low, high], by the definition of Guo et al. 2017."""
    edges = np.linspace(0, 1, BINS + 1)
    total = 0.0
    for b in range(BINS):
        inside = (stated > edges[b]) & (stated <= edges[b + 1]) | ((b == 0) & (stated == 0))
        if inside.any():
            total += inside.sum() * abs(hits[inside].mean() - stated[inside].mean())
    return total / len(stated)


def components(scores, positive):
    """DeLong's structural components by every pair: psi = 1, 1/2 or 0."""
    x, y = scores[positive], scores[~positive]
    psi = np.array([[1.0 if a > b else 0.5 if a == b else 0.0 for b in y] for a in x])
    return psi.mean(), psi.mean(axis=1), psi.mean(axis=0)


def delong(a, b, positive):
    """Variances of both areas, their difference b - a and its two-sided p (DeLong et al. 1988)."""
    (area_a, va, wa), (area_b, vb, wb) = components(a, positive), components(b, positive)
    s10, s01 = np.cov(va, vb), np.cov(wa, wb)
    s = s10 / positive.sum() + s01 / (~positive).sum()
    variance = s[0, 0] + s[1, 1] - 2 * s[0, 1]
    # Both rank every case alike: there is no test.
    z = (area_b - area_a) / np.sqrt(variance) if variance > 1e-16 else None
    if z is None:
        return {"variance_a": s[0, 0], "untested": True}
    return {"area_a": area_a, "area_b": area_b, "variance_a": s[0, 0], "variance_b": s[1, 1], "variance": variance,
            "z": z, "p": 2 * scipy.stats.norm.sf(abs(z))}


def of_matrix(truth, predicted, k):
    labels = list(range(k))
    matrix = m.confusion_matrix(truth, predicted, labels=labels)
    report = m.classification_report(truth, predicted, output_dict=True)
    out = {"confusion": matrix.tolist(), "report": report, "report_text": m.classification_report(truth, predicted),
           "row_shares": m.confusion_matrix(truth, predicted, labels=labels, normalize="true").tolist(),
           "column_shares": m.confusion_matrix(truth, predicted, labels=labels, normalize="pred").tolist(),
           "accuracy": m.accuracy_score(truth, predicted),
           "balanced_accuracy": m.balanced_accuracy_score(truth, predicted),
           "matthews": m.matthews_corrcoef(truth, predicted),
           "kappa": {name or "unweighted": m.cohen_kappa_score(truth, predicted, labels=labels, weights=name)
                     for name in (None, "linear", "quadratic")}}
    correct, n = int(np.trace(matrix)), len(truth)
    out["wilson"] = [list(proportion_confint(h, o, method="wilson")) for h, o in
                     [(correct, n)] + [(int(matrix[c, c]), int(matrix[c].sum())) for c in labels if matrix[c].sum()]]
    majority = matrix.sum(axis=1).max() / n
    out["p_above_majority"] = scipy.stats.binomtest(correct, n, majority, alternative="greater").pvalue
    rates = []
    for c in labels:
        t, p = truth == c, predicted == c
        tn, fp, fn, tp = m.confusion_matrix(t, p, labels=[False, True]).ravel().tolist()
        rates.append({"sensitivity": number(m.recall_score(t, p, zero_division=np.nan)),
                      "specificity": number(m.recall_score(~t, ~p, zero_division=np.nan)),
                      "ppv": number(m.precision_score(t, p, zero_division=np.nan)),
                      "npv": number(m.precision_score(~t, ~p, zero_division=np.nan)),
                      "counts": [tp, fp, fn, tn]})
    out["rates"] = rates
    return out


def of_scores(truth, probabilities, k):
    labels = list(range(k))
    out = {"log_loss": m.log_loss(truth, probabilities, labels=labels)}
    out["brier"] = m.brier_score_loss(truth, probabilities, labels=labels)
    top = probabilities.argmax(axis=1)
    out["ece"] = ece(probabilities.max(axis=1), top == truth)
    classes = []
    for c in labels:
        t, s = truth == c, probabilities[:, c]
        share, stated = calibration_curve(t, s, n_bins=BINS)
        one = {"calibration": [share.tolist(), stated.tolist()]}
        if 0 < t.sum() < len(t):
            fpr, tpr, thresholds = m.roc_curve(t, s, drop_intermediate=False)
            precision, recall, _ = m.precision_recall_curve(t, s)
            one |= {"auc": m.roc_auc_score(t, s), "roc": [fpr.tolist(), tpr.tolist(), thresholds[1:].tolist()],
                    "pr": [precision.tolist(), recall.tolist()],
                    "average_precision": m.average_precision_score(t, s)}
            if min(t.sum(), (~t).sum()) > 1:
                one["auc_variance"] = delong(s, np.arange(len(s)) % 3 / 3, t)["variance_a"]
        classes.append(one)
    out["classes"] = classes
    if len(np.unique(truth)) == k and k > 2:
        for average in ("macro", "weighted"):
            out[f"{average}_auc"] = m.roc_auc_score(truth, probabilities, multi_class="ovr", average=average)
    return out


def temperature(truth, logits):
    """The best T by two unlike searches that must agree; None where the loss falls without end as T grows."""
    slope = lambda b: float(np.mean((softmax(logits * b) * logits).sum(axis=1) - logits[np.arange(len(truth)), truth]))
    if slope(1e-6) >= 0:
        return None
    t = 1 / scipy.optimize.brentq(slope, 1e-4, 1e3, xtol=1e-15, rtol=1e-14)
    other = np.exp(scipy.optimize.minimize_scalar(lambda u: nll(logits, truth, np.exp(u)), bounds=(-6, 6),
                                                  method="bounded", options={"xatol": 1e-12}).x)
    assert abs(t / other - 1) < 1e-6, (t, other)
    stated = [softmax(logits / x) for x in (1.0, t)]
    return {"temperature": t, "nll": [nll(logits, truth, 1.0), nll(logits, truth, t)],
            "ece": [ece(p.max(axis=1), p.argmax(axis=1) == truth) for p in stated]}


def mid_p(b, c):
    """Fagerland, Lydersen, Laake 2013."""
    if b + c == 0:
        return 1.0
    pmf = scipy.stats.binom.pmf(min(b, c), b + c, 0.5)
    return 1 - pmf / 2 if b == c else 2 * scipy.stats.binom.cdf(min(b, c), b + c, 0.5) - pmf


def comparison(truth, a, b, pa, pb, k):
    right_a, right_b = a == truth, b == truth
    table = [[int((x & y).sum()) for y in (right_b, ~right_b)] for x in (right_a, ~right_a)]
    tests = [delong(pa[:, c], pb[:, c], truth == c) if 1 < (truth == c).sum() < len(truth) - 1 else None
             for c in range(k)]
    return {"table": table, "p": mcnemar(table, exact=True).pvalue, "p_mid": mid_p(table[0][1], table[1][0]),
            "delong": [None if test is None or "untested" in test else test for test in tests]}


def case(name, rng, n, k, shares, strength, digits=None, never=None, absent=None, ordinal=False):
    shares = np.array(shares, float)
    if absent is not None:
        shares[absent] = 0
    truth = rng.choice(k, n, p=shares / shares.sum())
    def model(strength):
        logits = rng.normal(0, 1.3, (n, k))
        if ordinal:
            logits -= strength * abs(np.arange(k)[None] - truth[:, None])
        else:
            logits[np.arange(n), truth] += strength
        if never is not None:
            logits[:, never] -= 30
        logits = np.round(logits, 6)
        p = np.round(softmax(logits), 9)
        if digits is not None:
            p = np.round(p[:, :-1], digits)
            p = np.concatenate([p, np.round(1 - p.sum(axis=1, keepdims=True), digits).clip(0)], axis=1)
        return logits, p
    (la, pa), (_, pb) = model(strength), model(strength * 1.4)
    a, b = pa.argmax(axis=1), pb.argmax(axis=1)
    out = {"name": name, "classes": k, "truth": truth.tolist(), "predicted": a.tolist(), "predicted_b": b.tolist(),
           "logits": la.ravel().tolist(), "probabilities": pa.ravel().tolist(), "probabilities_b": pb.ravel().tolist()}
    out["matrix"] = of_matrix(truth, a, k)
    out["scores"] = of_scores(truth, pa, k)
    out["temperature"] = temperature(truth, la)
    out["comparison"] = comparison(truth, a, b, pa, pb, k)
    return out


def main():
    rng = np.random.default_rng(20250101)
    cases = [case("binary, balanced", rng, 120, 2, [1, 1], 1.2),
             case("binary, ties in the scores", rng, 150, 2, [3, 1], 1.0, digits=1),
             case("four classes, imbalanced", rng, 160, 4, [70, 20, 7, 3], 1.5),
             case("a class never predicted", rng, 90, 3, [5, 3, 2], 1.0, never=1),
             case("a class absent in truth", rng, 80, 4, [1, 1, 1, 1], 1.0, absent=2),
             case("ordinal grades", rng, 140, 5, [3, 3, 2, 2, 1], 0.8, ordinal=True)]
    tests = [{"b": b, "c": c, "p": mcnemar([[5, b], [c, 7]], exact=True).pvalue, "p_mid": mid_p(b, c)}
             for b, c in [(0, 0), (1, 0), (0, 9), (5, 5), (3, 17), (40, 61), (1000, 1100), (1, 2)]]
    wilson = [{"hits": h, "of": n, "interval": list(proportion_confint(h, n, method="wilson"))}
              for h, n in [(0, 1), (1, 1), (0, 12), (11, 12), (122, 152), (99999, 100000)]]
    json.dump({"versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
                            "statsmodels": statsmodels.__version__},
               "cases": cases, "mcnemar": tests, "wilson": wilson}, sys.stdout, separators=(",", ":"), allow_nan=False)


if __name__ == "__main__":
    main()
