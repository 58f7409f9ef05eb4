"""Fits, checks and exports `brain-fdg-pet`: AD against nAD per subject, from seven axial FDG-PET slices.

    python train.py DATA            fit on the train subjects, choose everything by cross-validation there, write the model folder
    OVERREAD=overread python train.py DATA --test     then look at the test subjects once, through the program

DATA holds subjects.csv, axial/ and volumes/ (see the card).
"""

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent
sys.path.append(str(MODEL.parent / "training"))
import metrics
import overread
import package
from cells import cells, shifted
from graph import COLS, ROWS, STEPS, prepared, to_onnx
from places import Places, folds

CLASSES = ["nAD", "AD"]
POSITIONS_MM = (-24, -12, 0, 12, 24, 36, 48)
PENALTY, SHIFT_WEIGHT = 0.3, 0.25  # see places.Places
REPEATS = 10  # of five-fold cross-validation, each with its own seed


def subjects(data, part):
    with open(data / "subjects.csv", newline="") as file:
        return [row for row in csv.DictReader(file) if row["split"] == part]


def slice_files(data, row):
    folder = data / "axial" / row["split"] / row["label"]
    return [folder / f"{row['subject']}_z{mm:+03d}.png" for mm in POSITIONS_MM]


def load(data, rows):
    pictures = [[prepared(np.asarray(Image.open(f)))[0] for f in slice_files(data, row)] for row in rows]
    return np.array(pictures), np.array([CLASSES.index(row["label"]) for row in rows])


def as_logits(score):
    return np.stack([-score / 2, score / 2], -1)


def point(p, labels):
    """An operating point: the middle of the probabilities with the best balanced accuracy, smoothed over +-.05, so that
    no single subject decides."""
    grid = np.arange(5, 96) / 100
    balanced = np.array([((p >= t)[labels == 1].mean() + (p < t)[labels == 0].mean()) / 2 for t in grid])
    smooth = np.convolve(np.pad(balanced, 5, mode="edge"), np.ones(11) / 11, "valid")
    best = grid[smooth >= smooth.max() - 1e-9]
    return round(float(best.mean()), 3)


def nested(held_out, labels, kelvin):
    """Accuracy at 0.5, and at points chosen on the subjects of nine of ten folds for those of the tenth; each repeat."""
    fixed, chosen = [], []
    for seed, score in enumerate(held_out):
        p, fold = metrics.softmax(as_logits(score) / kelvin)[:, 1], folds(labels, 1000 + seed, 10)
        points = [point(p[fold != k], labels[fold != k]) for k in range(10)]
        fixed.append(float(((p >= 0.5) == labels).mean()))
        chosen.append(float(((p >= np.array(points)[fold]) == labels).mean()))
    return {"fixed": fixed, "chosen": chosen}


def choose(held_out, labels):
    """Temperature on the held-out scores of all repeats together; an operating point only where it pays for subjects
    that did not choose it."""
    every = np.tile(labels, len(held_out))
    kelvin = metrics.temperature(as_logits(held_out.ravel()), every)
    found = nested(held_out, labels, kelvin)
    pays = np.mean(found["chosen"]) > np.mean(found["fixed"])
    pooled = point(metrics.softmax(as_logits(held_out.ravel()) / kelvin)[:, 1], every)
    spread = {name: {"mean": float(np.mean(values)), "deviation": float(np.std(values))} for name, values in found.items()}
    return kelvin, pooled if pays else 0.5, spread | {"point": pooled, "pays": bool(pays)}


def binary(p, labels, threshold):
    called = (p >= threshold).astype(int)
    counts = metrics.confusion(labels, called, 2)
    (tn, fp), (fn, tp) = counts.tolist()
    return {"n": len(labels), "auc": metrics.auc(p, labels), "accuracy": metrics.accuracy(counts), "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp), "tp": tp, "fn": fn, "fp": fp, "tn": tn}  # fmt: skip


def look_at_test(data, kelvin, threshold):
    rows = subjects(data, "test")
    files = [slice_files(data, row) for row in rows]
    labels = np.array([CLASSES.index(row["label"]) for row in rows])
    flat = [f for some in files for f in some]
    words = lambda repeat: [CLASSES[label] for label in np.repeat(labels, repeat)]
    subjects_seen = overread.review(MODEL, flat, words(len(POSITIONS_MM)))
    slices_seen = overread.review(MODEL, flat, words(len(POSITIONS_MM)), "--slices", "all")
    # A case is known by its first slice, the lowest; frames are in the order of the positions.
    logits, scores, _ = slices_seen.table([(some[0], place) for some in files for place in range(len(POSITIONS_MM))])
    own = package.session(MODEL / "model.onnx")(np.stack([prepared(np.asarray(Image.open(f))) for f in flat]))
    p = subjects_seen.table([some[0] for some in files])[1][:, 1]
    mean = metrics.softmax(own.reshape(len(rows), -1, 2).mean(1, dtype=float) / kelvin)[:, 1]
    result = {"gap_to_the_program": {"logits": float(np.abs(own - logits).max()),
                                     "probabilities": float(np.abs(metrics.softmax(own / kelvin) - scores).max()),
                                     "subjects": float(np.abs(mean - p).max())},
              "subjects": subjects_seen.numbers(), "single_slices": slices_seen.numbers()}  # fmt: skip
    age, sex = np.array([float(row["age"] or "nan") for row in rows]), np.array([row["sex"] for row in rows])
    groups = {"women": sex == "F", "men": sex == "M", "below 65 years": age < 65, "65 to 74 years": (age >= 65) & (age < 75), "75 years and above": age >= 75}
    result["subgroups"] = {name: binary(p[m], labels[m], threshold) if len(set(labels[m])) == 2 else {"n": int(m.sum())} for name, m in groups.items()}
    result["wrong"] = [{"truth": row["label"], "sex": row["sex"], "age": row["age"], "probability_AD": round(float(v), 3)}
                       for row, v, t in zip(rows, p, labels) if (v >= threshold) != t]  # fmt: skip
    volumes = [(data / "volumes" / "test" / row["label"] / f"{row['subject']}.nii.gz", v) for row, v in zip(rows, p)]
    volumes = [(f, v) for f, v in volumes if f.exists()]
    direct = overread.review(MODEL, [f for f, _ in volumes], [f.parent.name for f, _ in volumes])
    _, scores, called = direct.table([f for f, _ in volumes])
    gap = np.abs(scores[:, 1] - [v for _, v in volumes])
    right = sum(CLASSES[c] == f.parent.name for c, (f, _) in zip(called, volumes))
    result["volumes"] = {"n": len(volumes), "right": right, "largest_probability_gap_to_png_slices": float(gap.max())}
    return result


def main(data, test):
    started = time.time()
    slices, labels = load(data, subjects(data, "train"))
    problem = Places(cells(slices), 2 * labels - 1, PENALTY, moved=shifted(slices), moved_weight=SHIFT_WEIGHT)
    whole, single = problem.cross_validate(labels, REPEATS)
    kelvin, threshold, found_point = choose(whole, labels)
    spread = lambda values: {"mean": float(np.mean(values)), "deviation": float(np.std(values))}
    probability = metrics.softmax(as_logits(whole.reshape(-1)) / kelvin)[:, 1].reshape(whole.shape)
    each = [binary(p, labels, threshold) for p in probability]
    validation = {k: spread([e[k] for e in each]) for k in ("auc", "accuracy", "sensitivity", "specificity")}
    validation["operating_point"] = found_point
    validation["slice_auc"] = spread([metrics.auc(s.ravel(), np.repeat(labels, s.shape[1])) for s in single])
    average = probability.mean(0)
    validation["auc_interval_95_of_the_mean_score"] = metrics.bootstrap(lambda i: metrics.auc(average[i], labels[i]), labels)
    coefficients, bias = problem.solve(np.ones(len(labels), bool))
    to_onnx(*problem.layer(coefficients), bias, MODEL / "model.onnx")
    run = package.session(MODEL / "model.onnx")
    direct = problem.scores(coefficients, bias, np.ones(len(labels), bool))[1].ravel()
    flat = slices.reshape(-1, 1, ROWS, COLS)
    made = run(flat)
    gap = float(np.abs(made[:, 1] - made[:, 0] - direct).max())
    mirror = float(np.abs(run(flat[..., ::-1]) - made).max())
    assert max(gap, mirror) < 1e-3, (gap, mirror)
    cases = package.golden(MODEL, run, [prepared(grey) for grey in package.patterns((ROWS * 2, COLS * 2))])
    card = json.loads((HERE / "card.json").read_text())
    package.write_metadata(MODEL, card, (1, ROWS, COLS), CLASSES, STEPS, cases, kelvin, {"AD": threshold} if found_point["pays"] else None, positive="AD")
    results = {"train": {c: int((labels == i).sum()) for i, c in enumerate(CLASSES)}, "cross_validation": validation,
               "temperature": kelvin, "threshold": threshold, "gap_of_the_graph": gap, "gap_of_the_mirror_image": mirror,
               "minutes": round((time.time() - started) / 60, 1)}  # fmt: skip
    if test:
        results["test"] = look_at_test(data, kelvin, threshold)
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--test" in sys.argv)
