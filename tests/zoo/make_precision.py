"""Half-precision and quantised exports of one small network, and what their frameworks say of them.

    python tests/zoo/make_precision.py tests/fixtures/precision

The network (random weights, seed fixed): Conv 3x3, Relu, MaxPool, Conv 3x3, Relu, GlobalAveragePool, Gemm. Written: it in
float16 throughout (inputs and outputs too), quantised with QuantizeLinear/DequantizeLinear pairs (onnxruntime's
`quantize_static`, calibrated on drawn pictures; a scale per tensor, and one per channel), and quantised as it runs
(`quantize_dynamic`). `pins.json` holds two pictures, the scores of ONNX Runtime (its CPU provider), and Grad-CAM maps from
torch, which runs the same ONNX nodes with `torch.fake_quantize_per_tensor_affine` for each pair (its gradient is the
straight-through estimator: 1 inside the range, 0 outside; of the model quantised as it runs with its scales held).
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

SIDE, CLASSES = 24, 3


def network():
    random = np.random.default_rng(20)
    weights = {
        "conv1.w": random.normal(0, 0.5, (6, 1, 3, 3)),
        "conv1.b": random.normal(0, 0.2, 6),
        "conv2.w": random.normal(0, 0.25, (8, 6, 3, 3)) * random.uniform(0.3, 2, (8, 1, 1, 1)),
        "conv2.b": random.normal(0, 0.1, 8),
        "fc.w": random.normal(0, 0.8, (CLASSES, 8)),
        "fc.b": random.normal(0, 0.1, CLASSES),
    }
    padded = {"pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["x", "conv1.w", "conv1.b"], ["conv1"], "conv1", **padded),
        helper.make_node("Relu", ["conv1"], ["relu1"], "relu1"),
        helper.make_node("MaxPool", ["relu1"], ["pool1"], "pool1", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["pool1", "conv2.w", "conv2.b"], ["conv2"], "conv2", **padded),
        helper.make_node("Relu", ["conv2"], ["relu2"], "relu2"),
        helper.make_node("GlobalAveragePool", ["relu2"], ["mean"], "mean"),
        helper.make_node("Flatten", ["mean"], ["flat"], "flat"),
        helper.make_node("Gemm", ["flat", "fc.w", "fc.b"], ["logits"], "fc", transB=1),
    ]
    return nodes, {name: values.astype(np.float32) for name, values in weights.items()}


def model(dtype):
    nodes, weights = network()
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", kind, ["batch", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", kind, ["batch", CLASSES])],
        [numpy_helper.from_array(values.astype(dtype), name) for name, values in weights.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(made)
    return made


def pictures(count, seed):
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    found = []
    for _ in range(count):
        picture = random.normal(0, 0.1, (SIDE, SIDE))
        for _ in range(4):
            cy, cx, width, height = *random.uniform(0, 1, 2), random.uniform(0.05, 0.3), random.uniform(-1.5, 2)
            picture += height * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / width**2)
        found.append(np.round(picture, 3))
    return np.asarray(found, np.float32)[:, None]


class Calibration(CalibrationDataReader):
    def __init__(self):
        # Narrower than what is shown later, so that some values are clipped.
        self.batches = iter([{"x": one[None] * 0.6} for one in pictures(16, 5)])

    def get_next(self):
        return next(self.batches, None)


def fake(x, scale, zero, low, high):
    return torch.fake_quantize_per_tensor_affine(x, float(scale), int(zero), low, high)


def in_torch(path, picture, maps):
    """Runs the nodes of a file; `maps` are the values whose gradients are kept."""
    graph = onnx.load(path).graph
    values = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
    values["x"] = torch.tensor(picture[None])
    half = values[graph.initializer[0].name].dtype == torch.float16
    if half:
        # The arithmetic in float32, each result rounded to half: the gradient ignores the rounding.
        values = {name: value.float() if value.dtype == torch.float16 else value for name, value in values.items()}
        values["x"] = values["x"].half().float()
    quantised = {}
    for node in graph.node:
        own = [values.get(name) for name in node.input]
        option = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        if node.op_type == "QuantizeLinear":
            low, high = (-128, 127) if own[2].dtype == torch.int8 else (0, 255)
            quantised[node.output[0]] = fake(own[0], own[1], own[2], low, high)
            continue
        if node.op_type == "DynamicQuantizeLinear":
            x = own[0]
            low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
            scale = np.float32(np.float32(high - low) / np.float32(255))
            zero = float(np.clip(np.round(np.float32(0) - np.float32(low) / scale), 0, 255))
            level = x / float(scale) + zero
            whole = torch.clamp(torch.round(x / float(scale)) + zero, 0, 255)
            # The straight-through estimator; the scale is held.
            values[node.output[0]] = level + (whole - level).detach()
            values[node.output[1]], values[node.output[2]] = torch.tensor(float(scale)), torch.tensor(zero)
            continue
        if node.op_type in ("ConvInteger", "MatMulInteger"):
            x, weights = own[0] - own[2], own[1].float() - own[3].float()
            found = torch.nn.functional.conv2d(x, weights, padding=1) if node.op_type == "ConvInteger" else x @ weights
        elif node.op_type == "Cast":
            found = own[0].float()
        elif node.op_type in ("Mul", "Add"):
            found = own[0] * own[1] if node.op_type == "Mul" else own[0] + own[1]
        elif node.op_type == "Reshape":
            found = own[0].reshape([int(length) for length in own[1]])
        elif node.op_type == "DequantizeLinear":
            if node.input[0] in quantised:
                found = quantised[node.input[0]]
            else:
                scale, zero = own[1], own[2]
                if scale.ndim and scale.numel() > 1:
                    shape = [-1 if axis == option.get("axis", 1) else 1 for axis in range(own[0].ndim)]
                    scale, zero = scale.reshape(shape), zero.reshape(shape)
                found = (own[0].to(torch.float64) - zero.to(torch.float64)).float() * scale
        elif node.op_type == "Conv":
            found = torch.nn.functional.conv2d(own[0], own[1], own[2], padding=1)
        elif node.op_type == "Relu":
            found = torch.relu(own[0])
        elif node.op_type == "MaxPool":
            found = torch.nn.functional.max_pool2d(own[0], 2, 2)
        elif node.op_type == "GlobalAveragePool":
            found = own[0].mean((2, 3), keepdim=True)
        elif node.op_type == "Flatten":
            found = own[0].flatten(1)
        elif node.op_type == "Gemm":
            weights = own[1].T if option.get("transB") else own[1]
            found = own[0] @ weights + own[2]
        else:
            raise ValueError(node.op_type)
        if half:
            found = found + (found.half().float() - found).detach()
        if node.output[0] in maps:
            if not found.requires_grad:
                found.requires_grad_(True)
            found.retain_grad()
        values[node.output[0]] = found
    return values


def gradcam(path, picture, layer, unit):
    values = in_torch(path, picture, [layer])
    values[graph_output(path)][0, unit].backward()
    map_ = values[layer]
    return (map_.grad.mean((2, 3), keepdim=True) * map_).sum(1)[0].detach().numpy(), values


def graph_output(path):
    return onnx.load(path).graph.output[0].name


def scores(path, picture, dtype=np.float32):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": picture[None].astype(dtype)})[0][0].astype(np.float32)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    plain = Path(tempfile.mkdtemp()) / "plain.onnx"
    onnx.save(model(np.float32), plain)
    onnx.save(model(np.float16), folder / "half.onnx")
    shared = dict(quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    quantize_static(plain, folder / "qdq.onnx", Calibration(), **shared)
    quantize_static(plain, folder / "qdq_channel.onnx", Calibration(), per_channel=True, **shared)
    # Symmetric, so that each Relu stays and a pair follows it.
    signed = dict(shared, activation_type=QuantType.QInt8, extra_options={"ActivationSymmetric": True})
    quantize_static(plain, folder / "qdq_signed.onnx", Calibration(), per_channel=True, **signed)
    quantize_dynamic(plain, folder / "dynamic.onnx", weight_type=QuantType.QUInt8)
    shown = pictures(2, 9)
    pins = {"versions": {"onnxruntime": onnxruntime.__version__, "torch": torch.__version__, "onnx": onnx.__version__}}
    pins["pictures"] = [[float(f"{value:.3f}") for value in one.ravel()] for one in shown]
    pins["models"] = []
    for file in ["half.onnx", "qdq.onnx", "qdq_channel.onnx", "qdq_signed.onnx", "dynamic.onnx"]:
        path = folder / file
        graph = onnx.load(path).graph
        names = {node.op_type for node in graph.node}
        dtype = np.float16 if file == "half.onnx" else np.float32
        before_mean = [node.input[0] for node in graph.node if node.op_type == "GlobalAveragePool"]
        convolved = [node.output[0] for node in graph.node if node.op_type == "Conv"][-1:]
        # In front of the last convolution of whole numbers, where there is one.
        pooled = [node.output[0] for node in graph.node if node.op_type == "MaxPool" and "ConvInteger" in names]
        layers = [*before_mean, *convolved, *pooled]
        cases = []
        for picture in shown:
            found = scores(path, picture, dtype)
            unit = int(found.argmax())
            case = {"scores": found.tolist(), "maps": {}}
            for layer in layers:
                case["maps"][layer] = {}
                for chosen in sorted({unit, 0}):
                    map_, values = gradcam(path, picture, layer, chosen)
                    case["maps"][layer][str(chosen)] = [float(f"{value:.7g}") for value in map_.ravel()]
                off = np.abs(values[graph_output(path)].detach().numpy()[0] - found).max()
                print(file, layer, "unit", unit, "torch against ONNX Runtime", off, "scores", found)
            cases.append(case)
        pins["models"].append({"file": file, "cases": cases})
        print(file, path.stat().st_size, "bytes", sorted(names))
    (folder / "pins.json").write_text(json.dumps(pins))


main(Path(sys.argv[1]))
