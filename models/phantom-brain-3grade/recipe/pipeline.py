"""The preprocessing of metadata.json, in the libraries whose numbers it names."""

import numpy as np
from PIL import Image

ROWS, COLS = 104, 88
STEPS = [
    {"step": "to_8bit", "window": "header"},
    {"step": "to_gray", "as": "pillow"},
    {"step": "resize", "size": [ROWS, COLS], "filter": "bilinear", "as": "pillow"},
    {"step": "rescale", "factor": 0.00392156862745098},
]


def resized(picture):
    """uint8 [rows, cols] to uint8 [104, 88]; Pillow's bilinear filter widens when it shrinks."""
    return np.asarray(Image.fromarray(picture).resize((COLS, ROWS), Image.Resampling.BILINEAR))


def scaled(picture):
    """uint8 to float32, the manifest's last step."""
    return picture.astype(np.float32) * np.float32(1 / 255)


def opened(path):
    """A demo file as uint8 [rows, cols]: PNG by Pillow, DICOM through its header's window (PS3.3 C.11.2.1.2.1)."""
    if path.suffix == ".png":
        return np.asarray(Image.open(path).convert("L"))
    import pydicom

    file = pydicom.dcmread(path)
    values = file.pixel_array * float(file.RescaleSlope) + float(file.RescaleIntercept)
    middle, span = float(file.WindowCenter) - 0.5, float(file.WindowWidth) - 1
    return np.rint(np.clip((values - middle) / span + 0.5, 0, 1) * 255).astype(np.uint8)


def prepared(path):
    """A demo file as the model's input, float32 [1, 1, 104, 88]."""
    return scaled(resized(opened(path)))[None, None]
