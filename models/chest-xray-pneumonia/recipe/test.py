"""The official test split through `overread review`; fills the tables of ../README.md.

    OVERREAD=overread python test.py DATA
"""

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent
sys.path.append(str(MODEL.parent / "training"))
import chest
import metrics
import overread
import package
from card import cell, confusion, fill, gap, heatmaps, table
from prepare import Prepared, resized

SIZE = (128, 128)
PUBLISHED = {"AUC": "0.968", "accuracy": "0.928", "balanced accuracy": "0.917 (mean of the two below)", "sensitivity": "0.932", "specificity": "0.901"}


def look(data):
    held = chest.load(data, "test")
    files, labels = [data / p.path for p in held], [chest.FOLDERS[p.label] for p in held]
    reviewed = overread.review(MODEL, files, labels)
    logits, scores, _ = reviewed.table(files)
    kelvin = json.loads((MODEL / "metadata.json").read_text())["calibration"]["temperature"]
    own = package.logits_of(package.session(MODEL / "model.onnx"), Prepared(np.stack([resized(p.pixels, SIZE) for p in held])))
    return {"gap_to_the_program": {"logits": float(np.abs(own - logits).max()),
                                   "probabilities": float(np.abs(metrics.softmax(own.astype(float) / kelvin) - scores).max())},
            "review": reviewed.numbers()}  # fmt: skip


def main(data):
    results = HERE / "results.json"
    known = json.loads(results.read_text()) if results.exists() else {}
    known["test"] = t = look(data)
    results.write_text(json.dumps(known, indent=2) + "\n")
    overall, ill = t["review"]["overall"], t["review"]["by_class"]["PNEUMONIA"]
    rows = {"AUC": ill["auc"], "accuracy": overall["accuracy"], "balanced accuracy": overall["balanced accuracy"],
            "sensitivity": ill["sensitivity"], "specificity": ill["specificity"]}  # fmt: skip
    blocks = {"test": table(["", "this model", "Kermany et al. 2018, as published"], [[n, cell(found), PUBLISHED[n]] for n, found in rows.items()]),
              "confusion": confusion(t["review"]["confusion"], chest.FOLDERS), "gap": gap(t)}  # fmt: skip
    if "heatmaps" in known:
        blocks["heatmaps"] = heatmaps(known["heatmaps"])
    fill(MODEL / "README.md", **blocks)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
