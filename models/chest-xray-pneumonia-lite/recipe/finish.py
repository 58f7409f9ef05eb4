"""Exports and measures chest-xray-pneumonia-lite after train.py.

    python finish.py DATA WORK            temperature and operating point on validation; writes the model folder
    OVERREAD=overread python finish.py DATA WORK --test     then looks at the official test split once, through the program
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent
sys.path.append(str(MODEL.parent / "training"))
import chest
import metrics
import overread
import package
from augment import augmented
from prepare import Prepared, imagenet_steps, resized
from train import CLASSES, SIZE, VIEWS, network

SENSITIVITY = 0.95  # what the operating point keeps on average over the plain and the shifted views
SHIFTED = 6  # random training views of the whole validation part


def numbers(p, labels, threshold):
    called = p >= threshold
    tp, fn = int((called & (labels == 1)).sum()), int((~called & (labels == 1)).sum())
    fp, tn = int((called & (labels == 0)).sum()), int((~called & (labels == 0)).sum())
    balanced = lambda i: ((p[i] >= threshold)[labels[i] == 1].mean() + (p[i] < threshold)[labels[i] == 0].mean()) / 2
    return {
        "auc": [metrics.auc(p, labels), *metrics.bootstrap(lambda i: metrics.auc(p[i], labels[i]), labels)],
        "accuracy": [(tp + tn) / len(p), *metrics.wilson(tp + tn, len(p))],
        "balanced_accuracy": [float(balanced(np.arange(len(p)))), *metrics.bootstrap(lambda i: float(balanced(i)), labels)],
        "sensitivity": [tp / (tp + fn), *metrics.wilson(tp, tp + fn)],
        "specificity": [tn / (tn + fp), *metrics.wilson(tn, tn + fp)],
        "confusion": [[tn, fp], [fn, tp]],
    }  # fmt: skip


def look_at_test(data, run, kelvin):
    files = [f for name in CLASSES for f in sorted((data / "test" / name).glob("*.jpeg"))]
    reviewed = overread.review(MODEL, files, [f.parent.name for f in files])
    logits, scores, _ = reviewed.table(files)
    own = package.logits_of(run, Prepared(np.stack([resized(x.pixels, SIZE) for x in chest.load(data, "test")])))
    return {"gap_to_the_program": {"logits": float(np.abs(own - logits).max()),
                                   "probabilities": float(np.abs(metrics.softmax(own.astype(float) / kelvin) - scores).max())},
            "review": reviewed.numbers()}  # fmt: skip


def main(data, work, test):
    torch.set_num_threads(1)
    model = network()
    model.load_state_dict(torch.load(work / "best.pt", map_location="cpu"))
    run, gaps = package.export_torch(model, SIZE, MODEL / "model.onnx")
    _, held = chest.split(chest.load(data, "train"))
    labels = np.array([p.label for p in held])
    pictures = torch.from_numpy(np.stack([p.pixels for p in held]))
    generator = torch.Generator().manual_seed(0)
    views = [np.stack([resized(p.pixels, SIZE) for p in held])]
    for _ in range(SHIFTED):
        parts = [augmented(pictures[i : i + 64], SIZE, VIEWS, generator) for i in range(0, len(pictures), 64)]
        views.append((torch.cat(parts)[:, 0] * 255).round().byte().numpy())
    z = [package.logits_of(run, Prepared(v)) for v in views]
    kelvin = metrics.temperature(np.concatenate(z), np.tile(labels, len(z)))
    p = [metrics.softmax(v / kelvin)[:, 1] for v in z]
    grid = np.arange(50, 951) / 1000
    kept = np.array([np.mean([(q[labels == 1] >= t).mean() for q in p]) for t in grid])
    threshold = round(float(grid[np.flatnonzero(kept >= SENSITIVITY)[-1]]), 3)
    cases = package.golden(MODEL, run, [Prepared(g[None])[0:1][0].numpy() for g in package.patterns(SIZE)])
    card = json.loads((HERE / "card.json").read_text())
    package.write_metadata(MODEL, card, (3, *SIZE), CLASSES, imagenet_steps(SIZE), cases, kelvin, {"PNEUMONIA": threshold})
    state = torch.load(work / "last.pt", map_location="cpu")["state"]
    results = {"training": {"log": state["log"], "epoch_kept": state["best"][1], "minutes": round(state["seconds"] / 60, 1)},
               "temperature": kelvin, "threshold": threshold, "gaps": gaps,
               "validation": {"plain": numbers(p[0], labels, threshold), "shifted": numbers(np.concatenate(p[1:]), np.tile(labels, SHIFTED), threshold)}}  # fmt: skip
    if test:
        results["test"] = look_at_test(data, run, kelvin)
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--test" in sys.argv)
