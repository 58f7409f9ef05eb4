"""Writes and proves a model folder: ONNX file, golden cases, `metadata.json`."""

import hashlib
import io
import json

import numpy as np

FEATURES, LOGITS = "features", "logits"  # tensor names in every exported graph


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def session(path):
    """A function from a float32 batch to logits, in ONNX Runtime on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    made = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda x: made.run([LOGITS], {"image": np.ascontiguousarray(x, np.float32)})[0]


def logits_of(run, prepared, batch=32):
    """Logits of a sequence of prepared inputs (see prepare.Prepared)."""
    return np.concatenate([run(prepared[i : i + batch].numpy()) for i in range(0, len(prepared), batch)])


def fold_padding(graph):
    """Moves the zero padding in front of strided convolutions into their `pads` attribute.

    torch writes such padding as a Pad node fed by a dozen shape operators; how much it is follows from kernel and
    stride (network.conv_norm). `export_torch` compares the result with torch.
    """
    import onnx

    made_by = {name: node for node in graph.node for name in node.output}
    for conv in [n for n in graph.node if n.op_type == "Conv"]:
        pad = made_by.get(conv.input[0])
        if pad is None or pad.op_type != "Pad":
            continue
        given = {a.name: a for a in conv.attribute}
        assert list(given["pads"].ints) == [0, 0, 0, 0]
        spare = given["kernel_shape"].ints[0] - given["strides"].ints[0]
        before, after = spare // 2, spare - spare // 2
        conv.attribute.remove(given["pads"])
        conv.attribute.append(onnx.helper.make_attribute("pads", [before, before, after, after]))
        conv.input[0] = pad.input[0]
    kept, needed = [], {output.name for output in graph.output}
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.insert(0, node)
            needed |= set(node.input)
    tensors = [t for t in graph.initializer if t.name in needed]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(tensors)


def halve(graph):
    """Stores the larger convolution weights as float16, each with a Cast back: half the file, float32 arithmetic."""
    import onnx

    convolved = {node.input[1] for node in graph.node if node.op_type == "Conv"}
    casts = []
    for tensor in graph.initializer:
        if tensor.name in convolved and np.prod(tensor.dims) > 2000:
            wanted, stored = tensor.name, f"{tensor.name}_half"
            values = onnx.numpy_helper.to_array(tensor).astype(np.float16)
            assert np.isfinite(values).all()
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, stored))
            casts.append(onnx.helper.make_node("Cast", [stored], [wanted], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def export_torch(model, size, path, half=False):
    """Writes the ONNX file of a torch model and checks it: the same numbers as torch, alone or in a batch; `half`: then
    stores the weights as `halve` does and says what that changes."""
    import onnx
    import torch

    model = model.to(memory_format=torch.contiguous_format).eval()
    buffer = io.BytesIO()
    torch.onnx.export(
        model, torch.zeros(2, 3, *size), buffer, opset_version=17, input_names=["image"], output_names=[LOGITS],
        dynamic_axes={"image": {0: "batch"}, LOGITS: {0: "batch"}},
    )  # fmt: skip
    proto = onnx.load_from_string(buffer.getvalue())
    fold_padding(proto.graph)
    pools = [n for n in proto.graph.node if n.op_type in ("ReduceMean", "GlobalAveragePool")]
    assert len(pools) == 1
    last = pools[0].input[0]
    for node in proto.graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                if name == last:
                    names[i] = FEATURES
    del proto.graph.value_info[:]
    onnx.checker.check_model(proto, full_check=True)
    path.write_bytes(proto.SerializeToString())
    run = session(path)
    x = np.random.default_rng(1).standard_normal((8, 3, *size)).astype(np.float32)
    with torch.no_grad():
        wanted = model(torch.from_numpy(x)).numpy()
    together = run(x)
    alone = np.concatenate([run(x[i : i + 1]) for i in range(8)])
    gaps = {"torch": float(np.abs(together - wanted).max()), "batch": float(np.abs(together - alone).max())}
    assert max(gaps.values()) < 1e-4, gaps
    if half:
        halve(proto.graph)
        onnx.checker.check_model(proto, full_check=True)
        path.write_bytes(proto.SerializeToString())
        run = session(path)
        gaps["half"] = float(np.abs(run(x) - together).max())
        assert gaps["half"] < 0.05, gaps
    return run, gaps


def patterns(size):
    """Three synthetic pictures, grey 0..255, [rows, cols]: two dark fields, one darker than the other, a ripple."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]] / (np.array(size).reshape(2, 1, 1) - 1)
    field = lambda cx: np.exp(-(((x - cx) / 0.16) ** 2 + ((y - 0.5) / 0.3) ** 2))
    for grey in (200 - 150 * field(0.3) - 150 * field(0.7), 200 - 150 * field(0.3) - 60 * field(0.7),
                 128 + 100 * np.sin(6 * np.pi * x) * np.cos(4 * np.pi * y)):  # fmt: skip
        yield grey.round().clip(0, 255).astype(np.uint8)


def golden(folder, run, tensors, pictures=None):
    """Saves float32 inputs [rows, cols, channels] with the logits that `run` gives for them; or, where given, the 8-bit
    `pictures` [rows, cols] that they were prepared from, which are smaller and prove the preprocessing too."""
    (folder / "golden").mkdir(exist_ok=True)
    cases = []
    for i, tensor in enumerate(tensors):  # [channels, rows, cols]
        file = folder / "golden" / f"{i}.npy"
        np.save(file, pictures[i] if pictures else np.ascontiguousarray(tensor.transpose(1, 2, 0), np.float32))
        logits = [round(float(v), 6) for v in run(tensor[None])[0]]
        cases.append({"file": f"golden/{i}.npy", "sha256": digest(file), "logits": logits, "tolerance": 1e-4})
    return cases


def write_metadata(folder, card, shape, classes, steps, cases, temperature, thresholds=None, ordinal=False, positive=None):
    """`card` holds the descriptive fields and `input_selection`; `shape` is [channels, rows, cols]."""
    model = digest(folder / "model.onnx")
    output = {"kind": "logits", "channel_def": {str(i): name for i, name in enumerate(classes)}}
    output |= {"ordinal": True} if ordinal else {}
    output |= {"positive_class": positive} if positive else {}
    image = {"num_channels": shape[0], "spatial_shape": list(shape[1:]), "dtype": "float32", "layout": "NCHW"}
    metadata = card | {
        "model_sha256": model,
        "network_data_format": {"inputs": {"image": image}, "outputs": {LOGITS: output}},
        "preprocess": steps,
        "explain": {"layer": FEATURES, "logits": LOGITS},
        "calibration": {"temperature": temperature, "model_sha256": model},
        "golden_cases": [case | {"class_names": classes} for case in cases],
    }
    if thresholds:
        metadata["thresholds"] = thresholds | {"model_sha256": model}
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2, ensure_ascii=False) + "\n")
