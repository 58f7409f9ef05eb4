"""The look at the held-out people and at the official test split, through the program."""

import sys
from pathlib import Path

import numpy as np

MODEL = Path(__file__).resolve().parent.parent
sys.path.append(str(MODEL.parent / "training"))
import metrics
import overread
import package
from data import CLASSES
from prepare import Prepared, resized
from trunk import SIZE


def look(data, run, grey, labels, parts, groups, side, names):
    wanted = (side == "test") | (parts == "test")
    index = np.flatnonzero(wanted)
    files = [data / names[i] for i in index]
    words, persons = [CLASSES[labels[i]] for i in index], [f"person {groups[i]}" for i in index]
    place = {i: row for row, i in enumerate(index)}
    rows = lambda mask: np.array([place[i] for i in np.flatnonzero(mask)])

    def reviewed(mask):
        """The program's review of some of these slices, whole people drawn for its intervals."""
        at = rows(mask)
        pick = lambda values: [values[i] for i in at]
        return overread.review(MODEL, pick(files), pick(words), people=pick(persons))

    held, official = side == "test", parts == "test"
    logits, scores, called = reviewed(wanted).table(files)
    assert (called == logits.argmax(1)).all()
    own = package.logits_of(run, Prepared(np.stack([resized(g, SIZE) for g in grey[index]])))
    return {
        "gap_to_the_program": {"logits": float(np.abs(own - logits).max()),
                               "probabilities": float(np.abs(metrics.softmax(own.astype(float) / temperature()) - scores).max())},
        "held_out_people": reviewed(held).numbers(),
        "official_test_split_leaks": reviewed(official).numbers(),
        "official_test_split_people_of_train": reviewed(official & ~held).numbers(),
        "official_test_split_held_out_people": reviewed(official & held).numbers(),
    }  # fmt: skip


def temperature():
    import json

    return json.loads((MODEL / "metadata.json").read_text())["calibration"]["temperature"]
