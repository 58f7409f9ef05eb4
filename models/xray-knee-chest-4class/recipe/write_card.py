"""Fills the tables of ../README.md from results.json, which train.py made from the program's output."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
from card import confusion, fill, gap, heatmaps, number, table

CLASSES = ["NoOsteoarthritis", "Osteoarthritis", "NoPneumonia", "Pneumonia"]


def main():
    r = json.loads((HERE / "results.json").read_text())
    t, v = r["test"], r["validation"]
    i = t["intervals_95"]
    rows = [["weighted F1", number(t["weighted_f1"], i["weighted_f1"]), number(v["weighted_f1"])], ["macro-F1", number(t["macro_f1"]), number(v["macro_f1"])],
            ["accuracy", number(t["accuracy"], i["accuracy"]), number(v["accuracy"])]]  # fmt: skip
    rows += [[f"F1 {c}", number(t["f1"][c], i["f1"][c]), number(v["f1"][c])] for c in CLASSES]
    rows += [[f"sensitivity {c}", number(t["sensitivity"][c][0], t["sensitivity"][c][1:]), number(v["sensitivity"][c][0])] for c in CLASSES]
    rows += [[w, number(t[k]), number(v[k])] for k, w in (("auc_knee", "AUC among knees"), ("auc_chest", "AUC among chests"))]
    rows += [["expected calibration error", number(t["calibration_error"]), number(v["calibration_error"])]]
    fill(
        HERE.parent / "README.md",
        test=table(["", "test, 969 pictures", "validation, 1088"], rows),
        confusion=confusion(t["confusion"], CLASSES),
        gap=gap(t),
        grades=table(["grade", "called Osteoarthritis", "of"], [[g, *n] for g, n in t["called_osteoarthritis_by_grade"].items()]),
        heatmaps=heatmaps(r["heatmaps"]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
