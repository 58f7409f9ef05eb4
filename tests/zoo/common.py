"""What both frameworks' scripts share: pictures, maps, and which tensor of an export is which layer.

Beside the exports, a script writes `<framework>.json`:

    {"versions": {...}, "exports": [{"family", "file", "exporter", "opset", "reference", "layers": {layer: tensor}}]}

and one `<reference>.npz` per network: `pictures [n, rows, cols, channels]`, `scores [n, K]`, `logits [n, K]`, `classes`
(units whose maps are there), `<layer>|fmap [n, C, h, w]`, and
`<layer>|<logit or prob>|<unit>|<gradcam, gradcam++ or hirescam> [n, h, w]`: raw, signed, unresized.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

# Outputs of these hold their input's values.
COPIES = {"Identity", "Dropout", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten"}


def pictures(rows, cols, count=2, channels=3, seed=1):
    """Smooth blobs, edges and a little noise: float32 in 0..1, `[count, rows, cols, channels]`."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:cols]
    y, x = y / rows, x / cols
    found = np.zeros((count, rows, cols, channels))
    for picture in found:
        for channel in range(channels):
            for _ in range(6):
                cy, cx, width = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.05, 0.3)
                picture[..., channel] += random.uniform(-1, 1) * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / width**2)
        cy, cx = random.uniform(0.2, 0.8, 2)
        picture[np.abs(y - cy) + np.abs(x - cx) < 0.15] += random.uniform(0.5, 1)
        picture += random.normal(0, 0.05, picture.shape)
        picture -= picture.min()
        picture /= picture.max()
    return found.astype(np.float32)


def jittered(shown, count=3):
    """The pictures with their last bits changed."""
    random = np.random.default_rng(11)
    return [(shown * (1 + 3e-7 * random.choice([-1, 1], shown.shape))).astype(np.float32) for _ in range(count)]


def maps(activations, gradients):
    """`{method: [n, h, w]}` of `[n, C, h, w]`, by the papers' equations (Grad-CAM++ with powers of the gradient, and with
    the 1e-6 of pytorch-grad-cam)."""
    a, g = activations.astype(np.float64), gradients.astype(np.float64)
    weights = g.mean((2, 3), keepdims=True)
    g2, g3 = g**2, g**3
    alpha = g2 / (2 * g2 + a.sum((2, 3), keepdims=True) * g3 + 1e-6)
    plus = (alpha * np.maximum(g, 0)).sum((2, 3), keepdims=True)
    return {
        "gradcam": (weights * a).sum(1).astype(np.float32),
        "gradcam++": (plus * a).sum(1).astype(np.float32),
        "hirescam": (g * a).sum(1).astype(np.float32),
    }


def spread(names, count=6):
    """Last, the one before, and evenly towards the picture."""
    if len(names) <= count:
        return list(names)
    last = len(names) - 1
    places = {last, last - 1} | {round(last * part) for part in np.linspace(0.05, 0.9, count - 2)}
    return [names[place] for place in sorted(places)]


def every_value(path, fed):
    """`{tensor: (operator, values)}` of all float values of a graph, one picture at a time."""
    model = onnx.load(path)
    graph = model.graph
    own = [output.name for output in graph.output]
    wanted = [(name, node.op_type) for node in graph.node for name in node.output if name and node.op_type != "Constant"]
    extended = onnx.ModelProto()
    extended.CopyFrom(model)
    known = set(own)
    extended.graph.output.extend(onnx.ValueInfoProto(name=name) for name, _ in wanted if name not in known)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 2
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(extended.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    runs = [session.run(None, {session.get_inputs()[0].name: picture[None]}) for picture in fed]
    operators = dict(wanted)
    found = {}
    for place, name in enumerate(names):
        parts = [run[place] for run in runs]
        if all(isinstance(part, np.ndarray) and part.dtype == np.float32 for part in parts):
            found[name] = (operators[name], parts)
    return found, own


def behind_windows(path):
    """Names of the values that a convolution or pool leads to: before the first one there is only the picture."""
    found = set()
    for node in onnx.load(path).graph.node:
        if node.op_type in ("Conv", "MaxPool", "AveragePool") or found.intersection(node.input):
            found.update(node.output)
    return found


def same(values, expected):
    """True where the parts `[1, …]` hold `expected[picture]` in one of the layouts of a map or of tokens."""
    for part, wanted in zip(values, expected):
        if part.size != wanted.size or part.shape[0] != 1:
            return False
        part = part[0]
        if part.ndim != wanted.ndim:
            return False
        layouts = [wanted] if wanted.ndim == 2 else [wanted, wanted.transpose(1, 2, 0)]
        scale = max(float(np.abs(wanted).max()), 1e-6)
        if not any(part.shape == one.shape and np.abs(part - one).max() <= 2e-3 * scale for one in layouts):
            return False
    return True


class Zoo:
    """Collects exports and writes the list after each."""

    def __init__(self, folder, framework, versions):
        self.folder, self.framework = Path(folder), framework
        self.folder.mkdir(parents=True, exist_ok=True)
        self.list = self.folder / f"{framework}.json"
        self.exports, self.failed = [], []
        self.versions = versions
        if self.list.exists():
            before = json.loads(self.list.read_text())
            self.exports, self.failed = before["exports"], before["failed"]

    def reference(self, family, shown, scores, logits, classes, layers, moved=()):
        """`layers`: `{layer: (activations, {(target, unit): gradients})}`, both `[n, C, h, w]` (tokens cut to a grid);
        the third of a layer's tuple, where there is one, is what to look for in the graph. `moved`: the same for
        pictures whose last bits differ; how far each map moves, relative to its largest value, is kept as `…|moved [n]`."""
        arrays = {"pictures": shown, "scores": scores.astype(np.float32), "logits": logits.astype(np.float32)}
        arrays["classes"] = np.asarray(classes, np.int64)
        for layer, (activations, gradients, *_) in layers.items():
            arrays[f"{layer}|fmap"] = activations.astype(np.float32)
            for (target, unit), gradient in gradients.items():
                others = [maps(other[layer][0], other[layer][1][target, unit]) for other in moved if layer in other]
                for method, values in maps(activations, gradient).items():
                    key = f"{layer}|{target}|{unit}|{method}"
                    arrays[key] = values
                    largest = np.maximum(np.abs(values).max((1, 2)), 1e-30)
                    steps = [np.abs(other[method] - values).max((1, 2)) / largest for other in others]
                    if steps:
                        arrays[f"{key}|moved"] = np.max(steps, 0).astype(np.float32)
        path = self.folder / f"{self.framework}_{family}.npz"
        np.savez(path, **arrays)
        return path.name

    def add(self, family, file, exporter, opset, reference, fed, layers, scores):
        """`fed`: pictures in the graph's own layout."""
        values, outputs = every_value(self.folder / file, fed)
        maps, found = behind_windows(self.folder / file), {}
        for layer, (activations, _, *wanted) in layers.items():
            expected = wanted[0] if wanted else activations
            fitting = [name for name, (op, parts) in values.items() if op not in COPIES and name in maps and same(parts, expected)]
            found[layer] = fitting[0] if fitting else None
        off = np.abs(np.concatenate(values[outputs[0]][1]).reshape(scores.shape) - scores).max()
        opset_written = max(one.version for one in onnx.load(self.folder / file).opset_import if one.domain == "")
        entry = dict(family=family, file=file, exporter=exporter, opset=opset_written, reference=reference, layers=found)
        self.exports = [one for one in self.exports if one["file"] != file] + [entry]
        self.write()
        missing = [layer for layer, tensor in found.items() if tensor is None]
        print(f"{file}: opset {opset_written}, off by {off:.1e}, no tensor for {missing}", flush=True)

    def fail(self, family, exporter, opset, error):
        text = str(error).strip().splitlines()
        line = f"{type(error).__name__}: {text[0][:200] if text else ''}"
        self.failed = [one for one in self.failed if (one["family"], one["exporter"], one["opset"]) != (family, exporter, opset)]
        self.failed.append(dict(family=family, exporter=exporter, opset=opset, error=line))
        self.write()
        print(f"{family} {exporter} {opset}: not exported: {line}", file=sys.stderr, flush=True)

    def write(self):
        content = dict(versions=self.versions, exports=self.exports, failed=self.failed)
        self.list.write_text(json.dumps(content, indent=1))
