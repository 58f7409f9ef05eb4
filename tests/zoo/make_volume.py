"""A small network of volumes, a drawn volume, and what PyTorch, nibabel and scipy say of them, for `tests/volume_model.rs`.

    python tests/zoo/make_volume.py tests/fixtures/volume [a T1 in NIfTI]

Needs torch, onnx, nibabel and scipy. The network's weights are random (seed fixed): two blocks of Conv3d, BatchNorm3d and
Relu with a MaxPool3d between, a Conv3d with step 2, AvgPool3d, a global average, a linear layer. Written: `model.onnx`
(NCDHW, TorchScript exporter), `channels_last.onnx` (the same behind a Transpose: NDHWC), `phantom.nii` (axes that run to
inferior, left and anterior, turned by a few degrees), and `pins.json`: the prepared tensor (nibabel's
`as_closest_canonical`, torch's trilinear `interpolate`, numpy's `percentile`, mean and deviation of what is not 0), logits,
Grad-CAM of two layers for each class, and the map at voxels of the scan (scipy's `map_coordinates`). Of the T1 only numbers
are kept.
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy as np
import onnx
import torch
from onnx import helper
from scipy.ndimage import map_coordinates
from torch import nn

SHAPE, CLASSES = (20, 24, 16), 3
# Edge of cell 0 and cells' distance in voxels of the network's input.
LAYERS = {"second": (0.0, 2.0), "third": (-1.0, 4.0)}


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv3d(1, 4, 3, padding=1), nn.BatchNorm3d(4), nn.ReLU(), nn.MaxPool3d(2))
        self.second = nn.Sequential(nn.Conv3d(4, 8, 3, padding=1), nn.BatchNorm3d(8), nn.ReLU())
        self.third = nn.Sequential(nn.Conv3d(8, 8, 3, stride=2, padding=1), nn.ReLU())
        self.pool = nn.AvgPool3d(2, ceil_mode=False)
        self.last = nn.Linear(8, CLASSES)

    def forward(self, x):
        self.maps = {}
        x = self.first(x)
        self.maps["second"] = x = self.second(x)
        self.maps["third"] = x = self.third(x)
        return self.last(self.pool(x).mean((2, 3, 4)))


def network():
    torch.manual_seed(3)
    made = Network()
    for module in made.modules():
        if isinstance(module, nn.BatchNorm3d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
    nn.init.normal_(made.last.weight, 0, 2)
    return made.eval()


def phantom():
    """Blobs in a dark surround; the file's axes run to I, L and A, a little oblique."""
    size = (15, 22, 18)
    i, j, k = np.meshgrid(*[np.arange(length) for length in size], indexing="ij")
    values = np.zeros(size)
    for (ci, cj, ck, width, height) in [(7, 11, 9, 5.5, 900), (4, 7, 6, 1.8, 500), (10, 15, 12, 2.2, -350), (8, 6, 13, 1.5, 700)]:
        values += height * np.exp(-((i - ci) ** 2 + (j - cj) ** 2 + (k - ck) ** 2) / (2 * width**2))
    values = np.where(values < 60, 0, values + (i * 7 + j * 13 + k * 29) % 17).astype(np.int16)
    turn = np.deg2rad(7)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    affine = np.eye(4)
    # Columns: where the file's axes run to, in mm.
    affine[:3, :3] = rotation @ np.array([[0, -1.5, 0], [0, 0, 1.2], [-2.0, 0, 0]])
    affine[:3, 3] = [20, -15, 30]
    image = nibabel.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm")
    return image


def prepared(image):
    """RAS, trilinear, percentiles 1 to 99, mean and deviation of what is not 0."""
    canonical = np.ascontiguousarray(nibabel.as_closest_canonical(image).get_fdata(dtype=np.float32))
    resized = torch.nn.functional.interpolate(torch.tensor(canonical)[None, None], SHAPE, mode="trilinear", align_corners=False)
    values = resized[0, 0].numpy()
    low, high = np.percentile(values, [1, 99])
    values = np.clip(values, low, high).astype(np.float32)
    counts = values != 0
    values[counts] = (values[counts] - values[counts].mean()) / values[counts].std()
    return canonical.shape, values


def explained(model, values, layer, unit):
    logits = model(torch.tensor(values)[None, None])
    (gradient,) = torch.autograd.grad(logits[0, unit], model.maps[layer])
    map_ = (gradient.mean((2, 3, 4), keepdim=True) * model.maps[layer]).sum(1)[0]
    return logits[0].detach().numpy(), map_.detach().numpy()


def at_voxels(map_, layer, shape, voxels):
    """The map at voxels (frame, row, col) of the canonical scan seen as DICOM does: columns to L, rows to P, frames to S."""
    start, step = LAYERS[layer]
    found = []
    for frame, row, col in voxels:
        ras = (shape[0] - 1 - col, shape[1] - 1 - row, frame)
        model = [(own + 0.5) * to / have for own, to, have in zip(ras, SHAPE, shape)]
        cells = [[(place - start) / step - 0.5] for place in model]
        found.append(float(map_coordinates(map_, cells, order=1, mode="nearest")[0]))
    return found


def facts(model, image, every):
    shape, values = prepared(image)
    random = np.random.default_rng(4)
    frames, rows, cols = shape[2], shape[1], shape[0]
    voxels = [[int(random.integers(0, end)) for end in (frames, rows, cols)] for _ in range(40)]
    voxels += [[0, 0, 0], [frames - 1, rows - 1, cols - 1], [0, rows - 1, cols // 2]]
    case = {"frames": [frames, rows, cols], "every": every, "prepared": [float(one) for one in values.ravel()[::every]]}
    case["voxels"], case["maps"] = voxels, []
    for layer in LAYERS:
        for unit in range(CLASSES):
            logits, map_ = explained(model, values, layer, unit)
            case["logits"] = logits.tolist()
            best = (np.abs(map_).max(), float(np.maximum(map_, 0).sum()))
            entry = {"layer": layer, "class": unit, "shape": list(map_.shape), "largest": float(best[0])}
            entry["values"] = [float(f"{one:.7g}") for one in map_.ravel()[:: 1 if layer == "third" else 7]]
            entry["at_voxels"] = at_voxels(map_, layer, shape, voxels)
            case["maps"].append(entry)
    print(shape, "logits", case["logits"])
    return case


def behind_transpose(source, target):
    made = onnx.load(source)
    graph = made.graph
    name = graph.input[0].name
    for node in graph.node:
        node.input[:] = ["in_front" if one == name else one for one in node.input]
    graph.node.insert(0, helper.make_node("Transpose", [name], ["in_front"], "to_front", perm=[0, 4, 1, 2, 3]))
    dims = graph.input[0].type.tensor_type.shape.dim
    for dim, length in zip(dims[1:], [*SHAPE, 1]):
        dim.dim_value = length
    onnx.save(made, target)


def main(folder, real):
    folder.mkdir(parents=True, exist_ok=True)
    model = network()
    image = phantom()
    nibabel.save(image, folder / "phantom.nii")
    _, values = prepared(image)
    torch.onnx.export(
        model, (torch.tensor(values)[None, None],), str(folder / "model.onnx"), dynamo=False, opset_version=17,
        input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )
    behind_transpose(folder / "model.onnx", folder / "channels_last.onnx")
    steps = [
        {"step": "orient", "axes": "RAS"},
        {"step": "resize", "size": list(SHAPE)},
        {"step": "clip_percentiles", "low": 1, "high": 99},
        {"step": "zscore", "nonzero": True},
    ]
    names = {str(index): name for index, name in enumerate(["CN", "MCI", "AD"])}
    inputs = {"image": {"num_channels": 1, "spatial_shape": list(SHAPE), "dtype": "float32", "layout": "NCDHW"}}
    outputs = {"pred": {"kind": "logits", "channel_def": names}}
    manifest = {
        "name": "drawn-volume", "version": "1", "task": "classification", "intended_use": "Tests only: random weights",
        "network_data_format": {"inputs": inputs, "outputs": outputs}, "preprocess_volume": steps,
    }
    (folder / "metadata.json").write_text(json.dumps(manifest, indent=2) + "\n")
    pins = {"versions": {"torch": torch.__version__, "nibabel": nibabel.__version__, "numpy": np.__version__}}
    pins["phantom"] = facts(model, image, 13)
    if real:
        pins["t1"] = {"file": Path(real).name, **facts(model, nibabel.load(real), 101)}
    (folder / "pins.json").write_text(json.dumps(pins))


main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
