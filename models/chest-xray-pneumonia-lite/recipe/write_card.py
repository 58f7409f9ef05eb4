"""Fills the tables of ../README.md from results.json, which finish.py made from the program's output."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
from card import cell, confusion, fill, gap, heatmaps, number, table


def main():
    r = json.loads((HERE / "results.json").read_text())
    t, v = r["test"], r["validation"]
    overall, ill = t["review"]["overall"], t["review"]["by_class"]["PNEUMONIA"]
    test = {n: overall[n.replace("_", " ")] for n in ("accuracy", "balanced_accuracy")} | {n: ill[n] for n in ("auc", "sensitivity", "specificity")}
    names = ("auc", "balanced_accuracy", "accuracy", "sensitivity", "specificity")
    fill(
        HERE.parent / "README.md",
        numbers=table(["", "official test, 618 pictures", "validation, plain", "validation, augmented"], [
            [n.replace("auc", "AUC").replace("_", " "), cell(test[n]), number(v["plain"][n][0]), number(v["shifted"][n][0])] for n in names]),
        confusion=confusion(t["review"]["confusion"], ["NORMAL", "PNEUMONIA"]),
        gap=gap(t),
        heatmaps=heatmaps(r["heatmaps"]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
