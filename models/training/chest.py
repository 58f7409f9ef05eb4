"""Kermany's chest X-rays: pictures, patients, and a validation part that shares no patient with training."""

import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

FOLDERS = ["NORMAL", "PNEUMONIA"]
RUN = 25  # neighbouring patient numbers stay together: they look alike


@dataclass
class Picture:
    path: str
    label: int
    patient: int
    pixels: np.ndarray  # uint8 [224, 224]


def load(root, part):
    """`part` is train or test."""
    pictures = []
    for label, name in enumerate(FOLDERS):
        for path in sorted((root / part / name).glob("*.jpeg")):
            grey = np.asarray(Image.open(path).convert("RGB"))[..., 0]
            number = re.match(r"person(\d+)_" if label else r"(?:NORMAL2-)?IM-(\d+)-", path.name)
            if not number:
                raise ValueError(f"no patient number in {path.name}")
            pictures.append(Picture(path.relative_to(root).as_posix(), label, int(number.group(1)), grey.copy()))
    return pictures


def split(pictures, seed=20, share=0.18):
    """(train, validation): whole runs of patient numbers, the same share of both classes. Series that repeat numbers
    (bacteria and virus, IM and NORMAL2-IM) are held to be the same person."""
    rng = np.random.default_rng(seed)
    held = set()
    for label in range(len(FOLDERS)):
        runs = {}
        for p in pictures:
            if p.label == label:
                runs.setdefault((label, p.patient // RUN), []).append(p)
        wanted, keys, taken = share * sum(map(len, runs.values())), sorted(runs), 0
        for i in rng.permutation(len(keys)):
            if taken + len(runs[keys[i]]) / 2 <= wanted:
                held.add(keys[i])
                taken += len(runs[keys[i]])
    inside = lambda p: (p.label, p.patient // RUN) in held
    return [p for p in pictures if not inside(p)], [p for p in pictures if inside(p)]
