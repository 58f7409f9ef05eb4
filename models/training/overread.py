"""Runs the program itself: the cards' test tables come from its output."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

PROGRAM = os.environ.get("OVERREAD", "overread")


def predict(model, files, *options):
    """{path: line} of `overread predict --json` for these files; a line holds logits, scores, predicted."""
    found = {}
    for start in range(0, len(files), 200):
        command = [PROGRAM, "predict", "--json", "--model", str(model), *options, *map(str, files[start : start + 200])]
        done = subprocess.run(command, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            case = json.loads(line)
            found[case["path"]] = case
    missing = [str(f) for f in files if str(f) not in found]
    assert not missing, f"{len(missing)} files without a result, {missing[0]}: {done.stderr[-500:]}"
    return found


def table(found, files, classes):
    """Logits [N, classes], scores [N, classes] and predicted indices [N], in the order of `files`."""
    lines = [found[str(f)] for f in files]
    scores = np.array([[line["scores"][c] for c in classes] for line in lines])
    return np.array([line["logits"] for line in lines]), scores, np.array([classes.index(line["predicted"]) for line in lines])


def faithfulness(model, files):
    """`overread explain --faithfulness` of these files, as its JSON lines."""
    with tempfile.TemporaryDirectory() as out:
        command = [PROGRAM, "explain", "--json", "--faithfulness", "--model", str(model), "--out", str(Path(out)), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
