"""Fits, checks and exports `alzheimer-mri-4class` on whole people, none of them on both sides.

    python train.py DATA WORK            cells of all train slices go to WORK, outside the repository; writes the model folder
    OVERREAD=overread python train.py DATA WORK --test     then looks at the held-out people once, through the program

DATA holds train/ and test/ with four folders each.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent
sys.path.append(str(MODEL.parent / "training"))
import metrics
import package
from data import CLASSES, load, name_hash, people, split
from places import Places
from prepare import imagenet_steps, resized, Prepared
from trunk import SIZE, Graded, Trunk, centred, fit_grades

PENALTY, SLICE_WEIGHT, EVERY = 3.0, 1.0, 2  # see places.Places
REPEATS = 10  # of five-fold cross-validation by person, each with its own seed
# What each class weighs when scores become grades. One person of train is ModerateDemented: too few to weigh the same.
PRIOR = [1.0, 1.0, 1.0, 0.1]


def cells_of(grey, work, name):
    """Cells [N, 80, 8, 7] of slices, float16, kept in WORK."""
    file = work / f"{name}.npy"
    if not file.exists():
        trunk, inputs = Trunk().to(memory_format=torch.channels_last), Prepared(np.stack([resized(g, SIZE) for g in grey]))
        with torch.no_grad():
            parts = [trunk(inputs[i : i + 32].contiguous(memory_format=torch.channels_last)).half().numpy() for i in range(0, len(inputs), 32)]
        np.save(file, np.concatenate(parts))
    return np.load(file).astype(np.float32)


def logits_of_scores(score, slope, levels):
    return np.asarray(score)[..., None] * slope * centred(len(levels)) + levels


def grades(logits, labels, persons=None):
    """Numbers for graded classes; intervals by person where persons are given."""
    p = metrics.softmax(logits)
    called = logits.argmax(1)
    counts = metrics.confusion(labels, called, len(CLASSES))
    measures = {
        "macro_f1": lambda i: metrics.macro_f1(metrics.confusion(labels[i], called[i], len(CLASSES))),
        "quadratic_kappa": lambda i: metrics.quadratic_kappa(metrics.confusion(labels[i], called[i], len(CLASSES))),
        "accuracy": lambda i: float((labels[i] == called[i]).mean()),
        "balanced_accuracy": lambda i: metrics.balanced_accuracy(metrics.confusion(labels[i], called[i], len(CLASSES))),
        "auc_demented": lambda i: metrics.auc(1 - p[i, 0], (labels[i] > 0).astype(int)),
    }
    every = np.arange(len(labels))
    found = {"n": len(labels), **{k: f(every) for k, f in measures.items()}, "f1": dict(zip(CLASSES, metrics.f1(counts).tolist())),
             "confusion": counts.tolist(), "calibration_error": metrics.calibration_error(p, labels)}  # fmt: skip
    if persons is not None:
        found["people"] = int(len(np.unique(persons)))
        found["intervals_95_by_person"] = {k: metrics.bootstrap(f, labels, persons) for k, f in measures.items()}
    return found


def main(data, work, test):
    torch.set_num_threads(1)
    started = time.time()
    work.mkdir(parents=True, exist_ok=True)
    grey, labels, parts, names = load(data)
    groups = people(grey)
    side = split(labels, groups)
    persons = np.unique(groups[side != "test"])
    # [persons, slices]: every person has 32 slices, some of them in the official test split. Those take no part.
    index = np.array([np.flatnonzero(groups == p) for p in persons])
    usable = parts[index] == "train"
    fewest = usable.sum(1).min()
    index = np.array([row[ok][np.linspace(0, ok.sum() - 1, fewest).round().astype(int)] for row, ok in zip(index, usable)])
    person_grade = labels[index[:, 0]]
    cells = cells_of(grey[index.ravel()], work, "cells").reshape(*index.shape, -1, *[s // 16 for s in SIZE])
    print(json.dumps({"people": len(persons), "slices of each": int(fewest), "seconds": round(time.time() - started)}), flush=True)

    problem = Places(cells, np.minimum(person_grade, 2), PENALTY, SLICE_WEIGHT, EVERY)
    whole, single = problem.cross_validate(person_grade, REPEATS)
    # Slope and levels for slices, by the held-out slice scores of all repeats.
    flat, truth = single.ravel(), np.tile(np.repeat(person_grade, fewest), REPEATS)
    slope, levels = fit_grades(flat[::7], truth[::7], len(CLASSES), PRIOR)
    made = lambda score: logits_of_scores(score, slope, levels)
    kelvin = metrics.temperature(made(flat)[truth < 3], truth[truth < 3])
    each = [grades(made(s.ravel()), np.repeat(person_grade, fewest)) for s in single]
    by_person = [grades(made(w), person_grade) for w in whole]
    spread = lambda rows: {k: {"mean": float(np.mean([r[k] for r in rows])), "deviation": float(np.std([r[k] for r in rows]))}
                           for k in ("macro_f1", "quadratic_kappa", "accuracy", "balanced_accuracy", "auc_demented")}  # fmt: skip

    coefficients, bias = problem.solve(np.ones(len(persons), bool))
    model = Graded(Trunk(), *problem.layer(coefficients), bias, slope, levels)
    run, gaps = package.export_torch(model, SIZE, MODEL / "model.onnx")
    some = Prepared(np.stack([resized(g, SIZE) for g in grey[index[:4].ravel()]]))
    wanted = made(problem.slices[:4].reshape(-1, len(coefficients)) @ coefficients + bias)
    gaps["regression"] = float(np.abs(package.logits_of(run, some) - wanted).max())
    assert gaps["regression"] < 0.03, gaps  # the cells were kept in half precision
    cases = package.golden(MODEL, run, [Prepared(p[None])[0:1][0].numpy() for p in package.patterns(SIZE)])
    card = json.loads((HERE / "card.json").read_text())
    package.write_metadata(MODEL, card, (3, *SIZE), CLASSES, imagenet_steps(SIZE), cases, kelvin, ordinal=True)
    results = {"people": {s: [int(len(np.unique(groups[(side == s) & (labels == c)]))) for c in range(4)] for s in ("train", "test")},
               "cross_validation": {"slices": spread(each), "people": spread(by_person)}, "slope": float(slope), "levels": levels.tolist(),
               "temperature": kelvin, "gaps": gaps, "minutes": round((time.time() - started) / 60, 1)}  # fmt: skip
    print(json.dumps(results, indent=1), flush=True)
    (HERE / "held_out_people.txt").write_text("".join(f"{name_hash(n)}\n" for n in sorted(names[side == "test"])))
    if test:
        from test import look

        results["test"] = look(data, run, grey, labels, parts, groups, side, names)
        print(json.dumps(results["test"], indent=1))
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--test" in sys.argv)
