"""Pictures, labels, and the people behind them: slices that look alike belong to one person."""

import hashlib

import numpy as np
import torch
from PIL import Image

CLASSES = ["NonDemented", "VeryMildDemented", "MildDemented", "ModerateDemented"]
ALIKE = 0.97  # correlation of shrunken slices; from here on groups hold exactly 32 slices, see the card
# People of each class held out; train takes the rest.
TEST, VALIDATION = (20, 14, 6, 1), (15, 10, 4, 0)


def load(root):
    """uint8 [N, 208, 176], labels [N], official part [N], file names [N]."""
    grey, labels, parts, names = [], [], [], []
    for part in ("train", "test"):
        for label, folder in enumerate(CLASSES):
            for path in sorted((root / part / folder).glob("*.jpg")):
                grey.append(np.asarray(Image.open(path).convert("L")))
                labels.append(label)
                parts.append(part)
                names.append(path.relative_to(root).as_posix())
    return np.stack(grey), np.array(labels), np.array(parts), np.array(names)


def people(grey, alike=ALIKE):
    """Group number of each slice: connected by correlations above `alike` of the slices at half size, mean taken off."""
    small = np.stack([np.asarray(Image.fromarray(g).resize((88, 104), Image.BOX), np.float32) for g in grey])
    small = small.reshape(len(grey), -1)
    small -= small.mean(1, keepdims=True)
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    small = torch.from_numpy(small)  # its matrix product is quick whatever numpy was built with
    parent = np.arange(len(grey))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for start in range(0, len(grey), 512):
        for i, j in torch.nonzero(small[start : start + 512] @ small.T > alike).tolist():
            a, b = root(start + i), root(j)
            parent[max(a, b)] = min(a, b)
    return np.array([root(i) for i in range(len(grey))])


def split(labels, groups, seed=7):
    """`train`, `validation` or `test` for each slice; nobody is in two of them."""
    rng = np.random.default_rng(seed)
    side = np.full(len(labels), "train", dtype="U10")
    for label in range(len(CLASSES)):
        persons = rng.permutation(np.unique(groups[labels == label]))
        n, m = TEST[label], VALIDATION[label]
        side[np.isin(groups, persons[:n])] = "test"
        side[np.isin(groups, persons[n : n + m])] = "validation"
    return side


def name_hash(name):
    return hashlib.sha256(name.encode()).hexdigest()[:16]
