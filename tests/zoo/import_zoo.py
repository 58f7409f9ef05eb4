"""What both import scripts share: two pictures, and the list of what a framework said of them.

`make_import_keras.py` and `make_import_torch.py` write small exports of each family to `tests/zoo/models` (they are in the
repository), and beside them `keras.json` and `torch.json`, which `tests/zoo_import.rs` holds the program to:

    {"versions": {...}, "families": [{"family", "path", "classes", "preset", "reference", "pictures":
        [{"file", "probabilities", "class", "gradcam": {"rows", "cols", "values"}}]}]}

`classes` are given by the person, unless null (then the export carries them); `preset` only where a person must choose one.
`gradcam` is the framework's own map of `class` at the layer that the program takes by default: raw, signed, unresized.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

MODELS = Path(__file__).parent / "models"
PICTURES = MODELS / "pictures"
COLOUR, GREY = PICTURES / "colour.png", PICTURES / "grey.png"
NAMES = ["normal", "mild", "moderate", "severe"]


def synthetic(rows, cols, channels, seed):
    """Blobs, an edge and stripes: 8-bit, `[rows, cols, channels]`."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:cols]
    y, x = y / rows, x / cols
    found = np.zeros((rows, cols, channels))
    for channel in range(channels):
        for _ in range(7):
            cy, cx, width = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.04, 0.3)
            found[..., channel] += random.uniform(-1, 1) * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / width**2)
    found[np.abs(y - 0.4) + np.abs(x - 0.6) < 0.2] += 0.8
    found += 0.1 * np.sign(np.sin(60 * x + 25 * y))[..., None]
    found -= found.min()
    return np.rint(found / found.max() * 255).astype(np.uint8)


def write_pictures():
    """One is larger than a network's input, the other smaller; neither is square."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for file, values in [(COLOUR, synthetic(270, 340, 3, 5)), (GREY, synthetic(190, 150, 1, 6)[..., 0])]:
        if not file.exists():
            Image.fromarray(values).save(file, optimize=True)


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


class List:
    """Writes the framework's list after each family; those of earlier runs stay."""

    def __init__(self, framework, versions):
        MODELS.mkdir(parents=True, exist_ok=True)
        write_pictures()
        self.path, self.versions = MODELS / f"{framework}.json", versions
        self.families = json.loads(self.path.read_text())["families"] if self.path.exists() else []

    def add(self, family, path, reference, said, classes=NAMES, preset=None):
        """`said`: `{picture: (probabilities [K], class, map [rows, cols])}`. `reference`: who prepared the pictures."""
        pictures = []
        for file, (probabilities, chosen, values) in said.items():
            numbers = [float(f"{value:.7g}") for value in np.asarray(values).ravel()]
            gradcam = {"rows": values.shape[0], "cols": values.shape[1], "values": numbers}
            scores = [float(f"{value:.7g}") for value in probabilities]
            pictures.append({"file": file.name, "probabilities": scores, "class": int(chosen), "gradcam": gradcam})
            print(f"{family} {file.name}: {np.round(probabilities, 3)} map {values.shape} to {np.abs(values).max():.3g}", flush=True)
        where = path.relative_to(MODELS).as_posix()
        size = sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
        print(f"  {where}: {size / 1024:.0f} KiB", flush=True)
        entry = dict(family=family, path=where, classes=classes, preset=preset, reference=reference, pictures=pictures)
        self.families = [one for one in self.families if one["family"] != family] + [entry]
        content = dict(versions=self.versions, families=self.families)
        self.path.write_text(json.dumps(content, ensure_ascii=False).replace('{"family"', '\n{"family"') + "\n")
