"""Fills the tables of ../README.md from results.json, which train.py made from the program's output."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
from card import confusion, fill, gap, heatmaps, number, table
from data import CLASSES

NAMES = {"macro_f1": "macro-F1", "quadratic_kappa": "quadratic kappa", "accuracy": "accuracy", "balanced_accuracy": "balanced accuracy",
         "auc_demented": "AUC, NonDemented against the rest"}  # fmt: skip


def main():
    r = json.loads((HERE / "results.json").read_text())
    v, t = r["cross_validation"], r["test"]
    columns = {"held_out_people_slices": "**held-out people**, slices", "held_out_people_mean_of_32_slices": "held-out people, mean of 32 slices",
               "official_test_split_leaks": "official split (leaks)", "official_test_split_people_of_train": "of it: people of train",
               "official_test_split_held_out_people": "of it: held-out people"}  # fmt: skip
    cell = lambda c, n: number(t[c][n], t[c].get("intervals_95_by_person", {}).get(n))
    spread = lambda part, n: f"{v[part][n]['mean']:.3f} +- {v[part][n]['deviation']:.3f}"
    fill(
        HERE.parent / "README.md",
        validation=table(["cross-validation", "slices", "people, mean of 25 slices"], [[w, spread("slices", n), spread("people", n)] for n, w in NAMES.items()]),
        test=table(["test", *columns.values()], [["cases", *[t[c]["n"] for c in columns]], *[[w, *[cell(c, n) for c in columns]] for n, w in NAMES.items()]]),
        confusion=confusion(t["held_out_people_slices"]["confusion"], CLASSES),
        gap=gap(t),
        heatmaps=heatmaps(r["heatmaps"]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
