"""Trains, checks and exports `xray-knee-chest-4class`.

    OVERREAD=overread python train.py KNEE CHEST CHECKPOINT LITE WORK      runs and maps go to WORK, outside the repository;
                                                                           writes the model folder
    ... --test                                                             then looks at both test splits once

KNEE: train/, val/, test/ with folders 0 to 4. CHEST: train/, test/ with NORMAL/ and PNEUMONIA/. CHECKPOINT: checkpoint.pt
that the recipe of chest-xray-pneumonia writes. LITE: final.pt of chest-xray-pneumonia-lite. A run that was cut off goes on.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent
sys.path.append(str(MODEL.parent / "training"))
import knees as knee_branch
import loop
import metrics
import overread
import package
from augment import Views, augmented
from branches import SIZE, FourClasses, chest_trunks
from data import CLASSES, COPIES, chests, clear_knees, knee_maps, knees
from prepare import Prepared, imagenet_steps, resized

DOMAIN_PICTURES = 400  # of each body part, to tell knees from chests
DOMAIN_SLOPE = 8.0  # no doubt between the body parts
SHIFTED = 3  # random views of the chest validation part, drawn as the lite classifier's training views
VIEWS = Views(degrees=12, shear=6, shift=0.05, zoom=(1.0, 1.15), crop=0.5, mirror=0.2, gamma=0.5, contrast=0.45,
              brightness=0.16, blur=0.4, sharpen=0.2, noise=0.4, margins=0.35, patch=0.25)  # fmt: skip
GAP_EVERY = 10  # of the test pictures, one in so many is also run without the program
SENSITIVITY = 0.95  # of the chest operating point, averaged over plain and shifted views


def ridge(x, y, penalty):
    """(weights, bias) of a ridge regression with free bias; `penalty` in units of the mean square of a row."""
    mean = x.mean(0)
    products = (x - mean) @ (x - mean).T
    dual = np.linalg.solve(products + penalty * np.trace(products) / len(x) * np.eye(len(x)), y - y.mean())
    weights = (x - mean).T @ dual
    return weights, y.mean() - mean @ weights


def logistic(score, positive):
    """Slope and offset of P(positive) = sigmoid(slope * score + offset)."""
    theta, design = np.array([1.0, 0.0]), np.stack([score, np.ones_like(score)], 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ theta))
        second = (design * (p * (1 - p))[:, None]).T @ design + 1e-6 * np.eye(2)
        theta = theta + np.linalg.solve(second, design.T @ (positive - p))
    return theta


def mean_maps(model, grey):
    """Mean chest maps of uint8 pictures, float32 [N, channels]."""
    inputs, parts = Prepared(grey if grey.shape[1:] == SIZE else np.stack([resized(g, SIZE) for g in grey])), []
    with torch.no_grad():
        for i in range(0, len(inputs), 16):
            x = inputs[i : i + 16].contiguous(memory_format=torch.channels_last)
            parts.append(model.chest_maps(x).mean((2, 3)).numpy())
    return np.concatenate(parts)


def domain_score(model, pictures, work):
    """(weights, bias) of a score that is 1 for knees and -1 for chests, by the larger chest classifier's mean map."""
    means, width = [], model.chest_tops[0][0].out_channels
    for name, grey in pictures.items():
        file = work / f"domain_{name}.npy"
        if not file.exists():
            every = np.linspace(0, len(grey) - 1, DOMAIN_PICTURES).round().astype(int)
            np.save(file, mean_maps(model, grey[every])[:, :width])
        means.append(np.load(file).astype(float))
    weights, bias = ridge(np.concatenate(means), np.repeat([1.0, -1.0], DOMAIN_PICTURES), 0.1)
    return np.pad(weights, (0, model.chest_width - width)), bias


def trained_knee(root, work):
    """(branch, record of its run, (weights, bias) of the log-odds of osteoarthritis); slope and offset from validation."""
    (grey, grades, _), (held, held_grades, _) = knees(root, "train"), knees(root, "val")
    copies = [knee_maps(grey, copy, work / f"knees_{copy}.npy") for copy in COPIES]
    held = torch.from_numpy(np.array(knee_maps(held, "plain", work / "knees_validation.npy"))).float()
    model, record = knee_branch.train(copies, grades, held, held_grades, work / "knee")
    clear, score = held_grades != 1, loop.predict(model, held)[:, 1]
    slope, offset = logistic(score[clear], (held_grades[clear] >= 2).astype(float))
    record |= {"slope": float(slope), "offset": float(offset), "validation": knee_branch.numbers(score, held_grades)}
    weights, bias = model.head.weight[1].detach().numpy(), float(model.head.bias[1])
    return model, record, (weights * slope, bias * slope + offset)


def chest_scores(model, weights, bias, pictures, file):
    """Scores [views, N] of validation as it is and of its shifted views; kept in `file`."""
    if not file.exists():
        generator, views = torch.Generator().manual_seed(0), [pictures]
        for _ in range(SHIFTED):
            parts = [augmented(torch.from_numpy(pictures[i : i + 64]), SIZE, VIEWS, generator) for i in range(0, len(pictures), 64)]
            views.append((torch.cat(parts)[:, 0] * 255).round().byte().numpy())
        np.save(file, np.stack([mean_maps(model, view).astype(float) @ weights + bias for view in views]))
    return np.load(file)


def chest_score(model, trunks, pictures, labels, file):
    """(weights, bias) of the log-odds of pneumonia, 0 at the operating point: the mean of both classifiers' logits."""
    weights = torch.cat([m.head.weight[1] - m.head.weight[0] for m in trunks]).numpy().astype(float) / 2
    bias = float(sum(m.head.bias[1] - m.head.bias[0] for m in trunks)) / 2
    score = chest_scores(model, weights, bias, pictures, file)
    kelvin = metrics.temperature(np.stack([0 * score.ravel(), score.ravel()], 1), np.tile(labels, len(score)))
    p = 1 / (1 + np.exp(-score / kelvin))
    grid = np.arange(50, 951) / 1000
    kept = np.array([np.mean([(q[labels == 1] >= t).mean() for q in p]) for t in grid])
    point = float(grid[np.flatnonzero(kept >= SENSITIVITY)[-1]])
    found = {"temperature": kelvin, "point": round(point, 3), "auc_by_view": [metrics.auc(s, labels) for s in score]}
    return (weights / kelvin, bias / kelvin - np.log(point / (1 - point))), found


def aucs(logits, labels):
    """Within each body part."""
    knee, chest = labels < 2, labels >= 2
    return {"auc_knee": metrics.auc(logits[knee, 1] - logits[knee, 0], labels[knee]),
            "auc_chest": metrics.auc(logits[chest, 3] - logits[chest, 2], labels[chest] - 2)}  # fmt: skip


def numbers(logits, labels):
    p, called = metrics.softmax(logits), logits.argmax(1)
    counts = metrics.confusion(labels, called, len(CLASSES))
    of = lambda f: (lambda i: f(metrics.confusion(labels[i], called[i], len(CLASSES))))
    right = np.diag(counts)
    return {
        "n": len(labels), "weighted_f1": metrics.weighted_f1(counts), "macro_f1": metrics.macro_f1(counts),
        "accuracy": metrics.accuracy(counts), **aucs(logits, labels), "f1": dict(zip(CLASSES, metrics.f1(counts).tolist())),
        "sensitivity": {c: [right[i] / counts[i].sum(), *metrics.wilson(right[i], counts[i].sum())] for i, c in enumerate(CLASSES)},
        "intervals_95": {"weighted_f1": metrics.bootstrap(of(metrics.weighted_f1), labels), "accuracy": metrics.wilson(right.sum(), len(labels)),
                         "f1": {c: metrics.bootstrap(of(lambda m, k=k: metrics.f1(m)[k]), labels, rounds=500) for k, c in enumerate(CLASSES)}},
        "confusion": counts.tolist(), "calibration_error": metrics.calibration_error(p, labels),
    }  # fmt: skip


def look_at_test(knee_root, chest_root, run, kelvin):
    _, grades, files = clear_knees(knee_root, "test")
    chest_files = [sorted((chest_root / "test" / name).glob("*.jpeg")) for name in ("NORMAL", "PNEUMONIA")]
    labels = np.concatenate([(grades > 0).astype(int), [2] * len(chest_files[0]), [3] * len(chest_files[1])])
    files = [*files, *chest_files[0], *chest_files[1]]
    reviewed = overread.review(MODEL, files, [CLASSES[i] for i in labels])
    logits, scores, _ = reviewed.table(files)
    some = np.arange(0, len(files), GAP_EVERY)
    grey = [np.asarray(Image.open(files[i]).convert("RGB"))[..., 0] for i in some]
    own = package.logits_of(run, Prepared(np.stack([resized(g, SIZE) for g in grey])), 8)
    called = logits.argmax(1)[: len(grades)]
    return {
        "gap_to_the_program": {"pictures": len(some), "logits": float(np.abs(own - logits[some]).max()),
                               "probabilities": float(np.abs(metrics.softmax(own.astype(float) / kelvin) - scores[some]).max())},
        "review": reviewed.numbers(), **aucs(logits, labels),
        "called_osteoarthritis_by_grade": {str(g): [int((called[grades == g] == 1).sum()), int((grades == g).sum())] for g in (0, 2, 3, 4)},
    }  # fmt: skip


def main(knee_root, chest_root, checkpoint, lite_checkpoint, work, test):
    torch.set_num_threads(1)
    started = time.time()
    work.mkdir(parents=True, exist_ok=True)
    branch, record, knee = trained_knee(knee_root, work)
    trunks = chest_trunks(checkpoint, lite_checkpoint)
    model = FourClasses(trunks, branch).to(memory_format=torch.channels_last)
    (chest_train, _, _), (held, held_labels, held_files) = chests(chest_root)
    chest, found_chest = chest_score(model, trunks, held, held_labels, work / "chest_scores.npy")
    weights, bias = domain_score(model, {"knee": clear_knees(knee_root, "train")[0], "chest": chest_train}, work)
    model.set_head((DOMAIN_SLOPE * weights, DOMAIN_SLOPE * bias), chest, knee)
    run, gaps = package.export_torch(model, SIZE, MODEL / "model.onnx", half=True)

    drawn = list(package.patterns(SIZE))
    cases = package.golden(MODEL, run, [Prepared(p[None])[0:1][0].numpy() for p in drawn], drawn)
    card = json.loads((HERE / "card.json").read_text())
    with_temperature = lambda t: package.write_metadata(MODEL, card, (3, *SIZE), CLASSES, imagenet_steps(SIZE), cases, t)
    with_temperature(1.0)
    _, grades, files = clear_knees(knee_root, "val")
    labels, files = np.concatenate([(grades > 0).astype(int), held_labels + 2]), [*files, *held_files]
    z, _, _ = overread.review(MODEL, files, [CLASSES[i] for i in labels]).table(files)
    kelvin = metrics.temperature(z, labels)
    with_temperature(kelvin)
    results = {"validation": numbers(z / kelvin, labels), "knee": record, "chest": found_chest,
               "temperature": kelvin, "gaps": gaps, "minutes": round((time.time() - started) / 60, 1)}  # fmt: skip
    if test:
        results["test"] = look_at_test(knee_root, chest_root, run, kelvin)
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:6]), "--test" in sys.argv)
