"""Runs the program itself: the cards' test numbers are those of `overread review`."""

import csv
import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

PROGRAM = os.environ.get("OVERREAD", "overread")
RESAMPLES = 2000  # of the program's bootstrap intervals


# Of all measures that metrics.json has, those that the cards show.
OVERALL = ("accuracy", "balanced accuracy", "macro F1", "weighted F1", "Cohen's kappa, quadratic", "macro AUC", "log loss", "expected calibration error")


class Review:
    """What `overread review` found: `metrics` (its metrics.json) and a record for each case, by the case's first file."""

    def __init__(self, classes, metrics, records):
        self.classes, self.metrics, self.records = classes, metrics, records

    def table(self, files):
        """Logits [N, classes], scores [N, classes] and predicted indices [N], in the order of `files`."""
        found = [self.records[f] for f in files]
        column = lambda key: np.array([record[key] for record in found])
        return column("logits"), column("scores"), column("predicted")

    def numbers(self):
        """What of metrics.json the cards show: {measure: [value, low, high]}, and the confusion matrix."""
        return trimmed(self.metrics) | {"per_group": trimmed(self.metrics["per_group"]) if self.metrics.get("per_group") else None}


def estimate(found):
    """[value, low, high] of an estimate in metrics.json; without an interval only [value]; None where undefined."""
    if found.get("value") is None:
        return None
    interval = found.get("interval") or {}
    return [round(v, 6) for v in (found["value"], interval.get("low"), interval.get("high")) if v is not None]


def trimmed(metrics):
    of_class = lambda row: {k: estimate(row[k]) for k in ("sensitivity", "specificity", "f1", "auc")}
    return {"n": metrics["n"], "confusion": metrics["confusion"]["counts"], "overall": {k: estimate(metrics["overall"][k]) for k in OVERALL if k in metrics["overall"]},
            "by_class": {row["class"]: of_class(row) for row in metrics["by_class"]}}  # fmt: skip


def review(model, files, labels, *options, people=None):
    """`overread review` of `files` with a label (a class name) each; of `people`, where given, one name each.

    The program sees them as links in folders named by their label, each file's own name kept: no name may come twice
    there. A case of several files is known by its first.
    """
    with tempfile.TemporaryDirectory() as home:
        home, links = Path(home), {}
        for file, label in zip(files, labels):
            link = home / "cases" / label / Path(file).name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(Path(file).resolve())
            links[f"{label}/{link.name}"] = file
        if people is not None:
            with open(home / "people.csv", "w", newline="") as table:
                rows = [(key, label, person) for key, label, person in zip(links, labels, people)]
                csv.writer(table).writerows([("path", "label", "patient"), *rows])
            options = (*options, "--truth", str(home / "people.csv"))
        command = [PROGRAM, "review", str(home / "cases"), "--model", str(model), "--out", str(home / "out"), "--explain", "0",
                   "--resamples", str(RESAMPLES), "--json", *options]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
        classes = json.loads((home / "out" / "run.json").read_text())["model"]["classes"]
        lines = [json.loads(line) for line in (home / "out" / "cases.jsonl").read_text().splitlines()]
    records = {}
    for line in lines:
        file, scored = links[line["path"]], line["outcome"]["scored"]
        records[file if line["key"] == line["path"] else (file, scored["slices"][0])] = scored
    return Review(classes, json.loads(done.stdout), records)


def faithfulness(model, files, *options):
    """`overread explain --faithfulness` of these files, as its JSON lines."""
    with tempfile.TemporaryDirectory() as out:
        command = [PROGRAM, "explain", "--json", "--faithfulness", "--model", str(model), "--out", str(Path(out)), *options, *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
