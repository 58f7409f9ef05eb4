"""The manifest's preprocessing in Pillow's and numpy's numbers."""

import numpy as np
import torch
from PIL import Image

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def imagenet_steps(size):
    """The manifest's steps that `resized` and `imagenet` reproduce."""
    return [
        {"step": "to_8bit"},
        {"step": "to_rgb", "as": "pillow"},
        {"step": "resize", "size": list(size), "filter": "bilinear", "as": "pillow"},
        {"step": "rescale", "factor": 1 / 255},
        {"step": "normalize", "mean": MEAN, "std": STD},
    ]


def resized(grey, size):
    """uint8 [rows, cols] to uint8 [*size]; three equal channels would give the same thrice."""
    return np.asarray(Image.fromarray(grey).resize((size[1], size[0]), Image.BILINEAR))


def imagenet(grey):
    """Grey levels 0..1, float tensor [N, 1, rows, cols], to the normalised [N, 3, rows, cols]."""
    return (grey - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


class Prepared:
    """Pictures of the shipped size as a sequence of network inputs, made when they are asked for."""

    def __init__(self, grey):
        self.grey = torch.from_numpy(np.ascontiguousarray(grey))  # uint8 [N, rows, cols]

    def __len__(self):
        return len(self.grey)

    def __getitem__(self, part):
        return imagenet(self.grey[part].float().mul(1 / 255).unsqueeze(1))
