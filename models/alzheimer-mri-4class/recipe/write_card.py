"""Fills the tables of ../README.md from results.json, which train.py made from the program's output."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
from card import cell, confusion, fill, gap, heatmaps, table
from data import CLASSES

NAMES = {"macro_f1": "macro-F1", "quadratic_kappa": "quadratic kappa", "accuracy": "accuracy", "balanced_accuracy": "balanced accuracy",
         "auc_demented": "AUC, NonDemented against the rest"}  # fmt: skip
PROGRAM = {"macro_f1": "macro F1", "quadratic_kappa": "Cohen's kappa, quadratic", "accuracy": "accuracy", "balanced_accuracy": "balanced accuracy"}


def main():
    r = json.loads((HERE / "results.json").read_text())
    v, t = r["cross_validation"], r["test"]
    columns = {"**held-out people**, slices": t["held_out_people"], "held-out people, mean of 32 slices": t["held_out_people"]["per_group"],
               "official split (leaks)": t["official_test_split_leaks"], "of it: people of train": t["official_test_split_people_of_train"],
               "of it: held-out people": t["official_test_split_held_out_people"]}  # fmt: skip
    of = lambda c, n: cell(c["overall"][PROGRAM[n]] if n in PROGRAM else c["by_class"]["NonDemented"]["auc"])
    spread = lambda part, n: f"{v[part][n]['mean']:.3f} +- {v[part][n]['deviation']:.3f}"
    fill(
        HERE.parent / "README.md",
        validation=table(["cross-validation", "slices", "people, mean of 25 slices"], [[w, spread("slices", n), spread("people", n)] for n, w in NAMES.items()]),
        test=table(["test", *columns], [["cases", *[c["n"] for c in columns.values()]], *[[w, *[of(c, n) for c in columns.values()]] for n, w in NAMES.items()]]),
        confusion=confusion(t["held_out_people"]["confusion"], CLASSES),
        gap=gap(t),
        heatmaps=heatmaps(r["heatmaps"]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
