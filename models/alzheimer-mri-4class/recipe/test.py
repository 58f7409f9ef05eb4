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
    from train import grades

    wanted = (side == "test") | (parts == "test")
    index = np.flatnonzero(wanted)
    files = [data / names[i] for i in index]
    logits, scores, called = overread.table(overread.predict(MODEL, files), files, CLASSES)
    own = package.logits_of(run, Prepared(np.stack([resized(g, SIZE) for g in grey[index]])))
    kelvin = temperature()
    place = {i: row for row, i in enumerate(index)}
    rows = lambda mask: np.array([place[i] for i in np.flatnonzero(mask)])
    held, official, unseen = rows(side == "test"), rows(parts == "test"), rows((parts == "test") & (side == "test"))
    seen = rows((parts == "test") & (side != "test"))
    at = lambda r, by_person=False: grades(logits[r] / kelvin, labels[index[r]], groups[index[r]] if by_person else None)
    assert (called == logits.argmax(1)).all()
    persons = np.unique(groups[index[held]])
    mean = np.array([logits[[place[i] for i in np.flatnonzero(groups == p)]].mean(0) for p in persons])
    grade = np.array([labels[groups == p][0] for p in persons])
    return {
        "gap_to_the_program": {"logits": float(np.abs(own - logits).max()),
                               "probabilities": float(np.abs(metrics.softmax(own.astype(float) / kelvin) - scores).max())},
        "held_out_people_slices": at(held, True),
        "held_out_people_mean_of_32_slices": grades(mean / kelvin, grade, persons),
        "official_test_split_leaks": at(official),
        "official_test_split_people_of_train": at(seen),
        "official_test_split_held_out_people": at(unseen),
    }  # fmt: skip


def temperature():
    import json

    return json.loads((MODEL / "metadata.json").read_text())["calibration"]["temperature"]
