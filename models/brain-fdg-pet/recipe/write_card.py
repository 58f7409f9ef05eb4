"""Fills the tables of ../README.md from results.json, which train.py made from the program's output."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
from card import cell, confusion, fill, heatmaps, number, table


def main():
    r = json.loads((HERE / "results.json").read_text())
    v, t = r["cross_validation"], r["test"]
    names = ("auc", "accuracy", "sensitivity", "specificity")
    of = lambda part, n: cell(t[part]["overall"]["accuracy"] if n == "accuracy" else t[part]["by_class"]["AD"][n])
    both = lambda n: [of("subjects", n), of("single_slices", n)]
    fill(
        HERE.parent / "README.md",
        validation=table(["cross-validation, 134 subjects", "mean of 10 repeats", "deviation"], [
            *[[n if n != "auc" else "AUC", number(v[n]["mean"]), number(v[n]["deviation"])] for n in names],
            ["AUC of single slices", number(v["slice_auc"]["mean"]), number(v["slice_auc"]["deviation"])]]),
        test=table(["58 test subjects", "subjects", "single slices (406)"], [
            ["AUC", *both("auc")], *[[n, *both(n)] for n in names[1:]]]) + "\n\n" + confusion(t["subjects"]["confusion"], ["nAD", "AD"]),
        gap=f"{t['gap_to_the_program']['logits']:.1e}, the probabilities by {t['gap_to_the_program']['probabilities']:.1e}",
        subgroups=table(["test subjects", "n", "AUC", "accuracy", "sensitivity", "specificity"], [
            [name, g["n"], *[number(g[n]) if n in g else "" for n in names]] for name, g in t["subgroups"].items()]),
        heatmaps=heatmaps(r["heatmaps"]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
