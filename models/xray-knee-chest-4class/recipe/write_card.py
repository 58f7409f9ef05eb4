"""Fills the tables of ../README.md from results.json, which train.py made from the program's output."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
from card import cell, confusion, fill, gap, heatmaps, number, table

CLASSES = ["NoOsteoarthritis", "Osteoarthritis", "NoPneumonia", "Pneumonia"]


def main():
    r = json.loads((HERE / "results.json").read_text())
    t, v = r["test"], r["validation"]
    overall, by_class = t["review"]["overall"], t["review"]["by_class"]
    names = (("weighted F1", "weighted F1", "weighted_f1"), ("macro-F1", "macro F1", "macro_f1"), ("accuracy", "accuracy", "accuracy"))
    rows = [[w, cell(overall[k]), number(v[n])] for w, k, n in names]
    rows += [[f"F1 {c}", cell(by_class[c]["f1"]), number(v["f1"][c])] for c in CLASSES]
    rows += [[f"sensitivity {c}", cell(by_class[c]["sensitivity"]), number(v["sensitivity"][c][0])] for c in CLASSES]
    rows += [[w, number(t[k]), number(v[k])] for k, w in (("auc_knee", "AUC among knees"), ("auc_chest", "AUC among chests"))]
    rows += [["expected calibration error", cell(overall["expected calibration error"]), number(v["calibration_error"])]]
    fill(
        HERE.parent / "README.md",
        test=table(["", "test, 969 pictures", "validation, 1088"], rows),
        confusion=confusion(t["review"]["confusion"], CLASSES),
        gap=gap(t),
        grades=table(["grade", "called Osteoarthritis", "of"], [[g, *n] for g, n in t["called_osteoarthritis_by_grade"].items()]),
        heatmaps=heatmaps(r["heatmaps"]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
