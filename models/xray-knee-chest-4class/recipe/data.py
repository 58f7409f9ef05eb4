"""Knees and chests, their labels, and maps of moved copies of the knees."""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parents[2] / "training"))
import chest
from augment import Views, augmented
from branches import ROWS, SIZE, Begin
from prepare import imagenet, resized

CLASSES = ["NoOsteoarthritis", "Osteoarthritis", "NoPneumonia", "Pneumonia"]
GRADES = range(5)  # Kellgren-Lawrence
# Mirrored half of the time: a left knee mirrored looks like a right one.
MOVED = Views(degrees=8, shear=3, shift=0.04, zoom=(0.9, 1.1), mirror=0.5, gamma=0.35, contrast=0.35, brightness=0.08,
              blur=0.15, noise=0.2, noise_level=0.02, patch=0.0)  # fmt: skip
# Each training picture is seen as it is, mirrored, and moved with these seeds.
COPIES = ("plain", "mirrored", 1002, 1003, 1004, 1005, 1009, 1010, 1011, 1012, 1013)


def knees(root, part):
    """uint8 pictures [N, 224, 224], grades [N], paths."""
    paths = [p for grade in GRADES for p in sorted((root / part / str(grade)).glob("*.jpg"))]
    grey = np.stack([np.asarray(Image.open(p).convert("L")) for p in paths])
    return grey, np.array([int(p.parent.name) for p in paths]), paths


def clear_knees(root, part):
    """The same without grade 1, which is left out of the classes."""
    grey, grades, paths = knees(root, part)
    clear = grades != 1
    return grey[clear], grades[clear], [p for p, keep in zip(paths, clear) if keep]


def chests(root):
    """uint8 pictures [N, 224, 224], labels 0 or 1, paths: of train and of validation."""
    sides = chest.split(chest.load(root, "train"))
    return [(np.stack([p.pixels for p in side]), np.array([p.label for p in side]), [root / p.path for p in side]) for side in sides]


def knee_maps(grey, copy, file):
    """What the knee branches start from, float16 [N, 24, 40, 64], for one of COPIES; kept in `file`."""
    if not file.exists():
        begin, parts = Begin().to(memory_format=torch.channels_last), []
        generator = torch.Generator().manual_seed(copy if isinstance(copy, int) else 0)
        for i in range(0, len(grey), 16):
            some = grey[i : i + 16]
            if isinstance(copy, int):
                x = augmented(torch.from_numpy(some), SIZE, MOVED, generator)
            else:
                x = torch.from_numpy(np.stack([resized(g, SIZE) for g in some])).float().div(255)[:, None]
                x = x.flip(3) if copy == "mirrored" else x
            with torch.no_grad():
                x = begin(imagenet(x[:, :, ROWS]).contiguous(memory_format=torch.channels_last))
            parts.append(x.half().contiguous().numpy())
        np.save(file, np.concatenate(parts))
    return np.load(file, mmap_mode="r")
