"""Exports a Keras model (2 or 3; .keras, .h5, or in memory) as a model folder of Overread, with golden cases.

    python keras_to_overread.py MODEL.keras FOLDER NORMAL,PNEUMONIA picture.png…

needs tensorflow, tf2onnx and pillow. Pictures are resized by Pillow (bilinear) and scaled to 0..1 here: write your own
training script's `prepare` and its steps (docs/preprocessing-steps.md), or leave `preprocess` out and run `overread doctor`.
With `prepare`, the golden cases are pictures, and `overread golden verify` proves that Overread prepares them as you do. They are
copied into the folder: no patients' images in a folder that is given away. Without pictures one is drawn.
"""

import hashlib
import json
import pathlib
import shutil
import sys

import numpy as np


def constants(model):
    """Mean and variance of Normalization layers (every EfficientNet has one) must not stay inputs of the export."""
    for layer in getattr(model, "layers", []):
        if type(layer).__name__ == "Normalization":
            layer.mean, layer.variance = np.asarray(layer.mean), np.asarray(layer.variance)
        constants(layer)


def logits_model(model):
    """The same network without its last softmax or sigmoid: golden cases hold logits."""
    import tensorflow as tf

    last = model.layers[-1]
    activation = getattr(getattr(last, "activation", None), "__name__", "linear")
    if activation in ("softmax", "sigmoid"):
        last.activation = tf.keras.activations.linear
        without = tf.keras.models.clone_model(model)
        without.set_weights(model.get_weights())
        last.activation = getattr(tf.keras.activations, activation)
        return without
    return model


def draw(path, channels=3):
    """A picture that tells preprocessings apart: not square, fine and coarse, another one in each colour."""
    from PIL import Image

    y, x = np.mgrid[0:300, 0:240]
    disc = 200 * (np.hypot(x - 90, y - 180) < 70) + 40
    colours = [disc, (3 * x + y) % 256, 128 + 100 * np.sin(x * y / 900)]
    grey = 0.6 * disc + 0.4 * colours[2]
    picture = np.stack(colours, -1) if channels == 3 else grey
    Image.fromarray(picture.astype(np.uint8)).save(path)


def export(model, folder, classes, tensors=(), preprocess=None, opset=17, pictures=(), prepare=None):
    """`tensors`: what the network is fed, float32 `[rows, cols, channels]` each. `prepare`: makes such an array of the path of
    a picture; golden cases are then the `pictures` themselves, or a drawn one."""
    import tensorflow as tf
    import tf2onnx

    folder = pathlib.Path(folder)
    (folder / "golden").mkdir(parents=True, exist_ok=True)
    constants(model)
    signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="image")]
    network = tf.function(lambda image: model(image, training=False), input_signature=signature)
    tf2onnx.convert.from_function(network, signature, opset=opset, output_path=str(folder / "model.onnx"))
    before = logits_model(model)

    def saved(name, tensor):
        tensor = np.ascontiguousarray(tensor, np.float32)
        np.save(folder / "golden" / name, tensor)
        return stated(name), np.asarray(before(tensor[None], training=False))[0].tolist()

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
        shutil.copyfile(path, copy) if path else draw(copy, model.input_shape[-1])
        array, logits = saved(f"picture-{number}.prepared.npy", prepare(str(copy)))
        cases.append({"pictures": [stated(name)], "prepared": [array], "logits": logits, "tolerance": 1e-3, "class_names": classes})
    metadata = {
        "name": folder.name,
        "task": "classification",
        "network_data_format": {"outputs": {"pred": {"channel_def": {str(i): name for i, name in enumerate(classes)}}}},
        "golden_cases": cases,
    }
    if preprocess is not None:
        metadata["preprocess"] = preprocess
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2, ensure_ascii=False), encoding="utf-8")


def main(model, folder, classes, *pictures):
    import tensorflow as tf
    from PIL import Image

    network = tf.keras.models.load_model(model, compile=False)
    rows, cols, channels = network.input_shape[1:]
    steps = [
        {"step": "to_8bit"},
        {"step": "to_gray" if channels == 1 else "to_rgb", "as": "pillow"},
        {"step": "resize", "size": [rows, cols], "filter": "bilinear", "as": "pillow"},
        {"step": "rescale", "factor": 1 / 255},
    ]

    def prepare(path):
        picture = Image.open(path).convert("L" if channels == 1 else "RGB").resize((cols, rows), Image.BILINEAR)
        return np.asarray(picture, np.float32).reshape(rows, cols, channels) / np.float32(255)

    export(network, folder, classes.split(","), preprocess=steps, pictures=pictures, prepare=prepare)


if __name__ == "__main__":
    main(*sys.argv[1:])
