"""Exports a PyTorch classifier as a model folder of Overread, with golden cases. Use `export` from your own script:

    from torch_to_overread import export
    export(model, "folder", ["NORMAL", "PNEUMONIA"], size=(224, 224), prepare=prepare, preprocess=[…])

`prepare` is your own preprocessing, from the path of a picture to what the network is fed: `overread golden verify folder` then
proves that Overread prepares pictures as you do. With `tensors` instead, it proves the network only. A fastai learner:
`export(learn.model, "folder", list(learn.dls.vocab), …, prepare=lambda path: learn.dls.test_dl([path]).one_batch()[0][0])`.
`python torch_to_overread.py FOLDER` writes a small network with random weights, to try it.
"""

import hashlib
import json
import pathlib
import shutil
import sys

import numpy as np
import torch

IMAGENET = [
    {"step": "rescale", "factor": 1 / 255},
    {"step": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
]


def draw(path, channels=3):
    """A picture that tells preprocessings apart: not square, fine and coarse, another one in each colour."""
    from PIL import Image

    y, x = np.mgrid[0:300, 0:240]
    disc = 200 * (np.hypot(x - 90, y - 180) < 70) + 40
    colours = [disc, (3 * x + y) % 256, 128 + 100 * np.sin(x * y / 900)]
    grey = 0.6 * disc + 0.4 * colours[2]
    picture = np.stack(colours, -1) if channels == 3 else grey
    Image.fromarray(picture.astype(np.uint8)).save(path)


def export(model, folder, classes, size, tensors=(), preprocess=None, channels=3, opset=17, pictures=(), prepare=None):
    """`tensors`: what the network is fed, float32 `[channels, rows, cols]` each. `prepare`: makes such a tensor of the path of
    a picture; golden cases are then the `pictures` themselves (copied into the folder: no patients' images where it is given
    away), or a drawn one. The model must give logits."""
    folder = pathlib.Path(folder)
    (folder / "golden").mkdir(parents=True, exist_ok=True)
    model = model.cpu().float().eval()
    torch.onnx.export(
        model, torch.zeros(1, channels, *size), str(folder / "model.onnx"), opset_version=opset, dynamo=False,
        input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})

    def saved(name, tensor):
        tensor = torch.as_tensor(tensor, dtype=torch.float32).cpu()
        # Golden inputs are [rows, cols, channels].
        np.save(folder / "golden" / name, np.ascontiguousarray(tensor.permute(1, 2, 0).numpy()))
        with torch.no_grad():
            return stated(name), model(tensor[None])[0].tolist()

    def stated(name):
        sha256 = hashlib.sha256((folder / "golden" / name).read_bytes()).hexdigest()
        return {"file": f"golden/{name}", "sha256": sha256}

    cases = []
    for number, tensor in enumerate(tensors):
        array, logits = saved(f"{number}.npy", tensor)
        cases.append({**array, "logits": logits, "tolerance": 1e-3, "class_names": classes})
    for number, path in enumerate(pictures or [None] if prepare else []):
        name = f"picture-{number}{pathlib.Path(path).suffix if path else '.png'}"
        copy = folder / "golden" / name
        shutil.copyfile(path, copy) if path else draw(copy, channels)
        array, logits = saved(f"picture-{number}.prepared.npy", prepare(str(copy)))
        cases.append({"pictures": [stated(name)], "prepared": [array], "logits": logits, "tolerance": 1e-3, "class_names": classes})
    metadata = {
        "name": folder.name,
        "task": "classification",
        "network_data_format": {"outputs": {"pred": {
            "kind": "logits", "channel_def": {str(i): name for i, name in enumerate(classes)}}}},
        "golden_cases": cases,
    }
    if preprocess is not None:
        metadata["preprocess"] = preprocess
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2, ensure_ascii=False), encoding="utf-8")


def main(folder):
    torch.manual_seed(1)
    layers = torch.nn
    model = layers.Sequential(
        layers.Conv2d(3, 8, 3, 2), layers.BatchNorm2d(8), layers.ReLU(), layers.Dropout(0.5), layers.AdaptiveAvgPool2d(1),
        layers.Flatten(), layers.Linear(8, 2))
    steps = [{"step": "to_8bit"}, {"step": "to_rgb", "as": "pillow"},
             {"step": "resize", "size": [64, 64], "filter": "bilinear", "as": "pillow"}, *IMAGENET]

    def prepare(path):
        from PIL import Image

        values = np.asarray(Image.open(path).convert("RGB").resize((64, 64), Image.BILINEAR), np.float32) / 255
        return torch.from_numpy((values - IMAGENET[1]["mean"]) / IMAGENET[1]["std"]).permute(2, 0, 1).float()

    export(model, folder, ["NORMAL", "PNEUMONIA"], (64, 64), torch.randn(3, 3, 64, 64), steps, prepare=prepare)


if __name__ == "__main__":
    main(*sys.argv[1:])
