"""Prints the pinned numbers of tests/preprocess_numbers.rs, one JSON object a line: what Pillow, OpenCV, torch and
TensorFlow make of pictures that a formula draws. Run once under each Python that has one of the libraries:

    python preprocess.py pillow opencv > a; python preprocess.py torch torchvision > b; python preprocess.py tensorflow > c
    cat a b c > preprocess.jsonl
"""

import json
import sys

import numpy as np

SIZES = [((30, 20), (13, 17)), ((30, 20), (41, 50)), ((52, 44), (64, 64)), ((60, 40), (20, 10)), ((60, 40), (30, 20)),
         ((37, 53), (53, 37)), ((1, 7), (5, 3)), ((150, 129), (46, 128))]


def picture(rows, cols, channels, kind="u8"):
    """A gradient with noise in some blocks, noise alone in others. Mirrored in tests/preprocess_numbers.rs."""
    state, values = 1, []
    for row in range(rows):
        for col in range(cols):
            for channel in range(channels):
                state = (state * 1664525 + 1013904223) % 2**32
                noise = (state >> 24) % 64
                plain = (row // 7 + col // 5) % 3 == 0
                values.append(noise * 4 if plain else (row * 5 + col * 3 + channel * 40 + noise) % 256)
    values = np.array(values, np.uint8).reshape(rows, cols, channels)
    return values.astype(np.float32) * np.float32(16) - np.float32(500) if kind == "f32" else values


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def pin(library, source, kind, steps, result):
    result = np.asarray(result)
    if result.ndim == 2:
        result = result[..., None]
    flat = result.reshape(-1)
    stride = max(1, flat.size // 10)
    line = {"library": library, "picture": list(source), "kind": kind, "steps": steps, "shape": list(result.shape),
            "type": {"uint8": "u8", "float32": "f32"}[str(result.dtype)], "stride": stride}
    line["samples"] = [float(f"{v:.7g}") if line["type"] == "f32" else int(v) for v in flat[::stride]]
    if line["type"] == "u8":
        line["fnv1a"] = fnv1a(flat.tobytes())
    else:
        line["mean"] = float(np.mean(flat, dtype=np.float64))
    print(json.dumps(line, separators=(",", ":")))


def resize_step(size, name, library, **more):
    return {"step": "resize", "size": list(size), "filter": name, "as": library, **more}


def sources():
    for old, new in SIZES:
        for channels, kind in ((1, "u8"), (3, "u8"), (1, "f32")):
            if kind == "f32" and old not in ((30, 20), (150, 129)):
                continue
            yield (*old, channels), kind, new


def pillow():
    import PIL
    from PIL import Image, ImageOps
    name = f"Pillow {PIL.__version__}"
    filters = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}

    def image(values):
        return Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)

    for source, kind, new in sources():
        for key, number in filters.items():
            resized = image(picture(*source, kind)).resize(new[::-1], number)
            pin(name, source, kind, [resize_step(new, key, "pillow")], resized)
    colour, grey, values = (20, 15, 3), (20, 15, 1), picture(20, 15, 1, "f32")
    pin(name, colour, "u8", [{"step": "to_gray", "as": "pillow"}], image(picture(*colour)).convert("L"))
    pin(name, grey, "u8", [{"step": "to_rgb", "as": "pillow"}], image(picture(*grey)).convert("RGB"))
    pin(name, grey, "f32", [{"step": "to_rgb", "as": "pillow"}], image(values).convert("RGB"))
    pin(name, grey, "f32", [{"step": "to_gray", "as": "pillow"}], image(values).convert("L"))
    for source, new in (((52, 44, 3), (56, 56)), ((31, 48, 1), (25, 25)), ((31, 48, 3), (64, 33))):
        fitted = ImageOps.pad(image(picture(*source)), new[::-1], 3, color=7 if source[2] == 1 else (7, 7, 7))
        step = {"step": "letterbox", "size": list(new), "filter": "bicubic", "as": "pillow", "fill": 7}
        pin(name, source, "u8", [step], fitted)
        pin(name, source, "u8", [{"step": "invert"}], ImageOps.invert(image(picture(*source))))


def opencv():
    import cv2
    name = f"OpenCV {cv2.__version__}"
    filters = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA,
               "bicubic": cv2.INTER_CUBIC, "lanczos4": cv2.INTER_LANCZOS4}
    for source, kind, new in sources():
        for key, number in filters.items():
            resized = cv2.resize(picture(*source, kind), new[::-1], interpolation=number)
            pin(name, source, kind, [resize_step(new, key, "opencv")], resized)
    pin(name, (20, 15, 3), "u8", [{"step": "to_gray", "as": "opencv"}],
        cv2.cvtColor(picture(20, 15, 3), cv2.COLOR_RGB2GRAY))
    for source in ((30, 20, 1), (64, 50, 3), (5, 7, 1)):
        values = picture(*source)
        for k in (3, 5, 7, 11, 21):
            square = cv2.getStructuringElement(cv2.MORPH_RECT, (k, k))
            for kind, smoothed in (("average", cv2.blur(values, (k, k))), ("median", cv2.medianBlur(values, k)),
                                   ("gaussian", cv2.GaussianBlur(values, (k, k), 0))):
                pin(name, source, "u8", [{"step": "smooth", "kind": kind, "kernel": k}], smoothed)
            for rounds in (1, 3):
                pin(name, source, "u8", [{"step": "opening", "kernel": k, "iterations": rounds}],
                    cv2.morphologyEx(values, cv2.MORPH_OPEN, square, iterations=rounds))
        gauss = cv2.GaussianBlur(values, (11, 11), 0)
        wide = cv2.GaussianBlur(values, (0, 0), 4)
        pin(name, source, "u8", [{"step": "smooth", "kernel": 0, "sigma": 4}], wide)
        pin(name, source, "u8", [{"step": "overlap_merge"}], cv2.addWeighted(values, 4, gauss, -4, 128))
        pin(name, source, "u8", [{"step": "overlap_merge", "kernel": 0, "sigma": 4}],
            cv2.addWeighted(values, 4, wide, -4, 128))
        pin(name, source, "u8", [{"step": "overlap_merge", "image": 0.7, "smoothed": 0.3, "offset": 0.1}],
            cv2.addWeighted(values, 0.7, gauss, 0.3, 0.1))
        pin(name, source, "u8", [{"step": "multiply_merge", "scale": 1 / 255}],
            cv2.multiply(values, gauss, scale=1 / 255))
        pin(name, source, "u8", [{"step": "multiply_merge", "scale": 0.01, "kind": "median", "kernel": 5}],
            cv2.multiply(values, cv2.medianBlur(values, 5), scale=0.01))
    for source in ((30, 20, 1), (64, 64, 1), (50, 61, 1), (64, 61, 1)):
        values = picture(*source)
        pin(name, source, "u8", [{"step": "equalize"}], cv2.equalizeHist(values))
        for limit, (rows, cols) in ((40, (8, 8)), (2, (8, 8)), (3.5, (4, 6)), (0, (8, 8)), (0.5, (1, 1))):
            pin(name, source, "u8", [{"step": "clahe", "clip_limit": limit, "tiles": [rows, cols]}],
                cv2.createCLAHE(limit, (cols, rows)).apply(values))


def torch():
    import torch as t
    name = f"torch {t.__version__}"
    filters = {"nearest": "nearest", "nearest_exact": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic",
               "area": "area"}
    for source, kind, new in sources():
        tensor = t.tensor(picture(*source, kind).astype(np.float32)).permute(2, 0, 1)[None]
        for key, mode in filters.items():
            for antialias in (False, True):
                more = {"align_corners": False, "antialias": antialias} if key in ("bilinear", "bicubic") else {}
                if antialias and not more:
                    continue
                resized = t.nn.functional.interpolate(tensor, size=new, mode=mode, **more)[0].permute(1, 2, 0).numpy()
                pin(name, source, kind, [resize_step(new, key, "torch", antialias=antialias)], resized)
    source = (20, 15, 3)
    red, green, blue = t.tensor(picture(*source)).unbind(-1)
    grey = (0.2989 * red + 0.587 * green + 0.114 * blue).to(t.uint8)  # torchvision rgb_to_grayscale
    pin(name, source, "u8", [{"step": "to_gray", "as": "torch"}], grey.numpy())
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    scaled = (t.tensor(picture(*source)).float().div(255) - t.tensor(mean)) / t.tensor(std)
    pin(name, source, "u8", [{"step": "rescale", "factor": 1 / 255}, {"step": "normalize", "mean": mean, "std": std}],
        scaled.numpy())


def torchvision():
    import torch as t
    import torchvision as tv
    from torchvision.transforms.v2 import InterpolationMode, functional
    name = f"torchvision {tv.__version__.split("+")[0]}"
    filters = {"nearest": "nearest", "nearest_exact": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic",
               "lanczos": "lanczos"}
    for source, kind, new in sources():
        tensor = t.tensor(picture(*source, kind)).permute(2, 0, 1)
        for key, mode in filters.items():
            resized = functional.resize(tensor, list(new), InterpolationMode(mode), antialias=True)
            pin(name, source, kind, [resize_step(new, key, "torchvision")], resized.permute(1, 2, 0).contiguous().numpy())
    for source in ((30, 20, 3), (33, 21, 1)):
        tensor = t.tensor(picture(*source)).permute(2, 0, 1)
        for size in ((20, 10), (19, 11), (22, 13), (40, 25)):
            cropped = functional.center_crop(tensor, list(size)).permute(1, 2, 0).contiguous().numpy()
            pin(name, source, "u8", [{"step": "center_crop", "size": list(size), "as": "torchvision"}], cropped)
    colour = t.tensor(picture(20, 15, 3)).permute(2, 0, 1)
    grey = functional.rgb_to_grayscale(colour).permute(1, 2, 0).contiguous().numpy()
    pin(name, (20, 15, 3), "u8", [{"step": "to_gray", "as": "torchvision"}], grey)


def tensorflow():
    import keras
    import tensorflow as tf
    name = f"TensorFlow {tf.__version__}"
    for source, kind, new in sources():
        values = picture(*source, kind)
        for key in ("nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5"):
            for antialias in (False, True):
                if antialias and key in ("nearest", "area"):
                    continue
                resized = tf.image.resize(values, new, method=key, antialias=antialias).numpy()
                pin(name, source, kind, [resize_step(new, key, "tensorflow", antialias=antialias)], resized)
        if source[0] > 1:
            pin(name, source, kind, [{"step": "letterbox", "size": list(new), "as": "tensorflow"}],
                tf.image.resize_with_pad(values, *new).numpy())
        pin(name, source, kind, [{"step": "center_crop", "size": list(new), "as": "tensorflow"}],
            tf.image.resize_with_crop_or_pad(values, *new).numpy())
        pin(name, source, kind, [{"step": "standardize"}], tf.image.per_image_standardization(values).numpy())
    source = (20, 15, 3)
    values = picture(*source)
    pin(name, source, "u8", [{"step": "to_gray", "as": "tensorflow"}], tf.image.rgb_to_grayscale(values).numpy())
    name = f"Keras {keras.__version__}"
    floats = values.astype(np.float32)[None]
    for key in ("nearest", "bilinear", "bicubic"):
        pin(name, source, "u8", [resize_step((8, 9), key, "keras")],
            keras.layers.Resizing(8, 9, interpolation=key)(floats)[0].numpy())
    pin(name, source, "u8", [{"step": "center_crop", "size": [7, 8], "as": "keras"}, {"step": "rescale", "factor": 1}],
        keras.layers.CenterCrop(7, 8)(floats)[0].numpy())
    preprocess = keras.applications.imagenet_utils.preprocess_input
    rescale = {"step": "rescale", "factor": 1 / 127.5, "offset": -1}
    pin(name, source, "u8", [rescale], preprocess(floats.copy(), mode="tf")[0])
    caffe = [{"step": "channel_order", "order": "bgr"},
             {"step": "normalize", "mean": [103.939, 116.779, 123.68], "std": [1]}]
    pin(name, source, "u8", caffe, preprocess(floats.copy(), mode="caffe")[0])


for asked in sys.argv[1:]:
    globals()[asked]()
