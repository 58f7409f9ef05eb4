"""Exports a PyTorch classifier as a model folder of Overread, with golden cases. Use `export` from your own script:

    from torch_to_overread import export
    export(model, "folder", ["NORMAL", "PNEUMONIA"], size=(224, 224), tensors=batch, preprocess=[…])

A fastai learner: `export(learn.model, "folder", list(learn.dls.vocab), …)`. `python torch_to_overread.py FOLDER` writes a small
network with random weights, to try it.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import torch

IMAGENET = [
    {"step": "rescale", "factor": 1 / 255},
    {"step": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
]


def export(model, folder, classes, size, tensors=(), preprocess=None, channels=3, opset=17):
    """`tensors`: what the network is fed, float32 `[channels, rows, cols]` each. The model must give logits."""
    folder = pathlib.Path(folder)
    (folder / "golden").mkdir(parents=True, exist_ok=True)
    model = model.cpu().float().eval()
    torch.onnx.export(
        model, torch.zeros(1, channels, *size), str(folder / "model.onnx"), opset_version=opset, dynamo=False,
        input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})
    cases = []
    for number, tensor in enumerate(tensors):
        path = folder / "golden" / f"{number}.npy"
        tensor = torch.as_tensor(tensor, dtype=torch.float32)
        # Golden inputs are [rows, cols, channels].
        np.save(path, np.ascontiguousarray(tensor.permute(1, 2, 0).numpy()))
        with torch.no_grad():
            logits = model(tensor[None])[0].tolist()
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        cases.append({"file": f"golden/{number}.npy", "sha256": sha256, "logits": logits, "tolerance": 1e-3})
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
    resize = [{"step": "to_8bit"}, {"step": "to_rgb", "as": "pillow"},
              {"step": "resize", "size": [64, 64], "filter": "bilinear", "as": "pillow"}]
    export(model, folder, ["NORMAL", "PNEUMONIA"], (64, 64), torch.randn(3, 3, 64, 64), resize + IMAGENET)


if __name__ == "__main__":
    main(*sys.argv[1:])
