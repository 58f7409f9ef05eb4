"""Prints the pinned numbers of tests/doctor.rs, one JSON object a line: what the golden models say of 30 pictures that the
training libraries themselves prepared. Run once under each Python that has one of the libraries, over the shared folder:

    python doctor.py ../shared pillow opencv > a; python doctor.py ../shared torchvision > b
    python doctor.py ../shared keras > c; cat a b c > doctor.jsonl

The golden models' weights exist as ONNX files only; what Keras and PyTorch say of three pictures lies beside them, and ONNX
Runtime agrees with that to 1e-4. So the network runs in ONNX Runtime, on tensors that the library made.
"""

import glob
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

SHARED = sys.argv[1]
UNIT = {"step": "rescale", "factor": 1 / 255, "offset": 0.0}
SIGNED = {"step": "rescale", "factor": 1 / 127.5, "offset": -1.0}
TORCH = {"step": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
CAFFE = {"step": "normalize", "mean": [103.939, 116.779, 123.68], "std": [1.0]}
BGR = {"step": "channel_order", "order": "bgr"}


def pictures():
    """Ten MRI slices, ten X-rays, ten cut-outs of a colour photograph. Mirrored in tests/doctor.rs."""
    for folder in ("alzheimer_mri_4class", "chest_xray_pneumonia"):
        files = sorted(glob.glob(f"{SHARED}/data/{folder}/test/*/*"))
        for number in range(10):
            yield Image.open(files[number * (len(files) // 10)]), files[number * (len(files) // 10)]
    photograph = Image.open(f"{SHARED}/golden/inputs/astro.png")
    for i in range(10):
        width, height = 150 + i * 13 % 90, 110 + i * 29 % 120
        left, top = i * 7 % (256 - width), i * 11 % (256 - height)
        yield photograph.crop((left, top, left + width, top + height)), None


def resize(rows, cols, filter, library):
    return {"step": "resize", "size": [rows, cols], "filter": filter, "as": library}


def scaled(values, steps):
    """The usual arithmetic, in float32 as the libraries do it."""
    values = np.asarray(values, np.float32)
    for step in steps:
        if step["step"] == "rescale":
            values = values * np.float32(step["factor"]) + np.float32(step["offset"])
        elif step["step"] == "channel_order":
            values = values[..., ::-1]
        elif step["step"] == "normalize":
            values = (values - np.array(step["mean"], np.float32)) / np.array(step["std"], np.float32)
        elif step["step"] == "standardize":
            values = (values - values.mean()) / max(values.std(), 1 / np.sqrt(values.size))
    return values


def pillow(model, size, filter, values, invert=False, letterbox=False):
    resample = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4}[filter]
    steps = [{"step": "invert"}] * invert
    if letterbox:
        steps += [{"step": "letterbox", "size": [size, size], "filter": filter, "as": "pillow", "fill": 0.0}]
    else:
        steps += [resize(size, size, filter, "pillow")]

    def make(picture):
        picture = picture.convert("RGB")
        picture = ImageOps.invert(picture) if invert else picture
        if letterbox:
            return scaled(ImageOps.pad(picture, (size, size), resample), values)
        return scaled(picture.resize((size, size), resample), values)

    return model, steps + values, make, f"Pillow {Image.__version__}"


def opencv(model, size, filter, values):
    import cv2

    flag = {"bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "bicubic": cv2.INTER_CUBIC}[filter]

    def make(picture):
        return scaled(cv2.resize(np.array(picture.convert("RGB")), (size, size), interpolation=flag), values)

    return model, [resize(size, size, filter, "opencv")] + values, make, f"OpenCV {cv2.__version__}"


def keras(model, size, family, values):
    import keras
    import tensorflow as tf

    # Float pictures, as image_dataset_from_directory gives them: the layer cuts fractions off integer ones.
    layer = keras.layers.Resizing(size, size)
    scale = {
        "unit": keras.layers.Rescaling(1 / 255),
        "raw": lambda x: x,
        "caffe": keras.applications.vgg16.preprocess_input,
        "tf": keras.applications.mobilenet_v2.preprocess_input,
        "torch": keras.applications.densenet.preprocess_input,
    }[family]

    def make(picture):
        return np.asarray(scale(layer(np.array(picture.convert("RGB"), np.float32)[None]))[0])

    made = f"Keras {keras.__version__}, TensorFlow {tf.__version__}"
    return model, [resize(size, size, "bilinear", "keras")] + values, make, made


def torchvision(model, size, kind):
    import torchvision
    from torchvision.transforms import v2 as t

    normalize = t.Normalize(TORCH["mean"], TORCH["std"])
    to_float = [t.PILToTensor(), lambda x: x.float() / 255]
    if kind == "crop":
        shorter = int(size / 0.875)
        chain = t.Compose([t.Resize(shorter), t.CenterCrop(size), *to_float, normalize])
        steps = [{"step": "resize_shorter", "size": shorter, "filter": "bilinear", "as": "pillow"},
                 {"step": "center_crop", "size": [size, size], "as": "torch"}, UNIT, TORCH]
    elif kind == "timm":
        chain = t.Compose([t.Resize(int(size / 0.9), interpolation=t.InterpolationMode.BICUBIC), t.CenterCrop(size),
                           *to_float, t.Normalize([0.5] * 3, [0.5] * 3)])
        steps = [{"step": "resize_shorter", "size": int(size / 0.9), "filter": "bicubic", "as": "pillow"},
                 {"step": "center_crop", "size": [size, size], "as": "torch"}, SIGNED]
    else:
        chain = t.Compose([t.Resize((size, size)), *to_float, normalize])
        steps = [resize(size, size, "bilinear", "pillow"), UNIT, TORCH]

    def make(picture):
        return chain(picture.convert("RGB")).numpy().transpose(1, 2, 0)

    return model, steps, make, f"torchvision {torchvision.__version__}"


TRUTHS = {
    "pillow": lambda: [
        pillow("ks_vanilla", 256, "nearest", []),
        pillow("ks_vgg16_flat", 224, "nearest", [BGR, CAFFE]),
        pillow("ks_vgg16_gap_bin128", 128, "nearest", [UNIT]),
        pillow("ks_vgg16_gap_bin_dyn", 128, "bilinear", [UNIT]),
        pillow("ks_mobilenetv2_gap", 256, "nearest", [SIGNED]),
        pillow("ks_resnet50v2_gap", 256, "bicubic", [UNIT], invert=True),
        pillow("ts_vgg16", 224, "bilinear", [UNIT, TORCH], letterbox=True),
        pillow("ts_efficientnet_b0", 224, "lanczos", [UNIT, TORCH]),
        pillow("ts_resnet18_dynamo", 224, "bilinear", [{"step": "standardize"}]),
    ],
    "opencv": lambda: [
        opencv("ks_resnet50_gap", 224, "bilinear", [BGR, UNIT]),
        opencv("ks_incv3_gap", 256, "area", [UNIT]),
        opencv("ts_resnet18", 224, "bilinear", [UNIT, TORCH]),
    ],
    "keras": lambda: [
        keras("ks_vanilla", 256, "raw", []),
        keras("ks_vgg16_flat", 224, "unit", [UNIT]),
        keras("ks_vgg16_gap_bin128", 128, "unit", [UNIT]),
        keras("ks_vgg16_gap_bin128", 128, "caffe", [BGR, CAFFE]),
        keras("ks_vgg16_gap_bin_dyn", 128, "unit", [UNIT]),
        keras("ks_resnet50_gap", 224, "unit", [UNIT]),
        keras("ks_resnet50_gap", 224, "caffe", [BGR, CAFFE]),
        keras("ks_resnet50v2_gap", 256, "unit", [UNIT]),
        keras("ks_resnet50v2_gap", 256, "tf", [SIGNED]),
        keras("ks_incv3_gap", 256, "unit", [UNIT]),
        keras("ks_incv3_gap", 256, "tf", [SIGNED]),
        keras("ks_mobilenetv2_gap", 256, "unit", [UNIT]),
        keras("ks_mobilenetv2_gap", 256, "torch", [UNIT, TORCH]),
    ],
    "torchvision": lambda: [
        torchvision("ts_vgg16", 224, "squash"),
        torchvision("ts_vgg16", 224, "crop"),
        torchvision("ts_resnet18", 224, "squash"),
        torchvision("ts_resnet18_dynamo", 224, "crop"),
        torchvision("ts_resnet18_dynamo", 224, "squash"),
        torchvision("ts_efficientnet_b0", 224, "squash"),
        torchvision("ts_efficientnet_b0", 224, "timm"),
    ],
}


def main():
    options = onnxruntime.SessionOptions()
    for library in sys.argv[2:]:
        for model, steps, make, made in TRUTHS[library]():
            # Pad_Fusion is wrong for ResNet50V2: docs/ARCHITECTURE.md.
            session = onnxruntime.InferenceSession(
                f"{SHARED}/golden/models/{model}.onnx", options, disabled_optimizers=["Pad_Fusion"])
            entry, scores = session.get_inputs()[0], []
            for picture, _ in pictures():
                tensor = np.ascontiguousarray(make(picture), np.float32)[None]
                tensor = tensor.transpose(0, 3, 1, 2) if entry.shape[1] == 3 else tensor
                scores.append(session.run(None, {entry.name: tensor})[0][0])
            scores = [[float(f"{value:.7g}") for value in row] for row in np.array(scores, np.float64).tolist()]
            print(json.dumps({"model": model, "made": made, "steps": steps, "output": scores}), flush=True)


main()
