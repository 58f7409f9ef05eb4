"""The test phantoms through `overread review`, compared with what train.py found; fills the card's table.

    OVERREAD=overread python test.py DATA

DATA holds test/ as for train.py.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent
sys.path.append(str(MODEL.parent / "training"))
import heatmaps as explained
import overread
from card import cell, confusion, fill, heatmaps, table
from metrics import wilson

CLASSES = ["grade-0", "grade-1", "grade-2"]


def main(data):
    pictures = np.load(data / "test" / "images.npy", mmap_mode="r")
    rows = (data / "test" / "labels.csv").read_text().splitlines()
    at = {name: rows[0].split(",").index(name) for name in ("grade", "severity")}
    grades = [int(row.split(",")[at["grade"]]) for row in rows[1:]]
    severities = np.array([float(row.split(",")[at["severity"]]) for row in rows[1:]])
    with tempfile.TemporaryDirectory() as home:
        files = [Path(home) / CLASSES[g] / f"{i:03}.png" for i, g in enumerate(grades)]
        for file, picture in zip(files, pictures):
            file.parent.mkdir(exist_ok=True)
            Image.fromarray(picture).save(file)
        of_grade = [[f for f, g in zip(files, grades) if g == grade] for grade in range(len(CLASSES))]
        explained.main(MODEL, [some[i] for some in of_grade for i in np.linspace(0, len(some) - 1, 4).round().astype(int)])
        reviewed = overread.review(MODEL, files, [CLASSES[g] for g in grades])
        called = reviewed.table(files)[2]
    results = HERE / "results.json"
    known = json.loads(results.read_text())
    known["review"] = found = reviewed.numbers()
    right, near = called == grades, np.minimum(np.abs(severities - 1), np.abs(severities - 2)) < 0.1
    shares = {name: wilson(right[mask].sum(), mask.sum()) for name, mask in (("near", near), ("elsewhere", ~near))}
    part = lambda share: cell([share["share"], share["low"], share["high"]])
    assert found["confusion"] == known["test"]["confusion_rows_are_truth"], "the program calls other grades than train.py found"
    results.write_text(json.dumps(known, indent=2) + "\n")
    overall = found["overall"]
    lines = [["accuracy", cell(overall["accuracy"])],
             [f"accuracy, severity within 0.1 of a border ({near.sum()} phantoms)", part(shares["near"])],
             [f"accuracy elsewhere ({(~near).sum()} phantoms)", part(shares["elsewhere"])],
             *[[f"recall {c}", cell(found["by_class"][c]["sensitivity"])] for c in CLASSES],
             ["quadratic kappa", cell(overall["Cohen's kappa, quadratic"])],
             ["macro AUC", cell(overall["macro AUC"])],
             ["expected calibration error, 10 bins, temperature 0.71", cell(overall["expected calibration error"])]]  # fmt: skip
    blocks = {"test": table(["", "600 test phantoms"], lines), "confusion": confusion(found["confusion"], CLASSES)}
    blocks["heatmaps"] = heatmaps(known["heatmaps"])
    fill(MODEL / "README.md", **blocks)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
