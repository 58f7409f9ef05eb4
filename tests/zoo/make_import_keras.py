"""Small exports of keras.applications, of own networks and of image chains, with what Keras says of two pictures.

    python tests/zoo/make_import_keras.py [part of a family's name…]

The topology and the names of the layers are keras.applications' own; layers are 16 to 64 times narrower (by their
configuration: VGG has no width of its own), weights random with a seed, batch statistics those of the pictures. Pictures
are resized by `image_dataset_from_directory` and scaled by the family's own `preprocess_input`; those of the chains by OpenCV.
"""

import sys
from functools import partial

import make_keras as zoo  # sets what TensorFlow reads when it starts

import cv2
import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers as kl
from keras.src.applications.densenet import DenseNet  # the public ones have their full depth

from import_zoo import COLOUR, GREY, MODELS, NAMES, PICTURES, List

apps = keras.applications


def loaded(rows, cols, mode="rgb"):
    """`[2, rows, cols, channels]` of 0..255: the colour picture, then the grey one."""
    data = keras.utils.image_dataset_from_directory(
        PICTURES, labels=None, image_size=(rows, cols), shuffle=False, color_mode=mode, batch_size=2, verbose=False)
    return next(iter(data)).numpy()


def own_network(shape, classes=len(NAMES), first=None):
    inputs = keras.Input(shape)
    x = first(inputs) if first is not None else inputs
    for width in (8, 12, 16):
        x = kl.MaxPooling2D()(kl.Conv2D(width, 3, padding="same", activation="relu")(x))
    x = kl.Conv2D(16, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, zoo.gap(x, classes))


def family(make, by, side=224, **more):
    return zoo.with_head(zoo.body(make, (side, side, 3), by, **more), zoo.gap)()


class Caffe(kl.Layer):
    """preprocess_input of VGG and ResNet as a layer."""

    def call(self, values):
        return apps.vgg16.preprocess_input(values)


def vgg_with_its_preprocessing():
    base = family(apps.VGG16, 32)
    inputs = keras.Input((224, 224, 3))
    return keras.Model(inputs, base(Caffe()(inputs)))


# family: (model, layer whose map is taken, what the scripts do to 0..255)
FAMILIES = {
    "VGG16": (lambda: family(apps.VGG16, 32), "block5_pool", apps.vgg16.preprocess_input),
    "VGG19": (lambda: family(apps.VGG19, 32), "block5_pool", apps.vgg19.preprocess_input),
    "ResNet50": (lambda: family(apps.ResNet50, 32), "conv5_block3_out", apps.resnet.preprocess_input),
    "ResNet50V2": (lambda: family(apps.ResNet50V2, 32), "post_relu", apps.resnet_v2.preprocess_input),
    "InceptionV3": (lambda: family(apps.InceptionV3, 32, 299), "mixed10", apps.inception_v3.preprocess_input),
    "MobileNetV2": (lambda: family(apps.MobileNetV2, 16), "out_relu", apps.mobilenet_v2.preprocess_input),
    "DenseNet": (lambda: family(partial(DenseNet, [2, 3, 3, 2]), 8), "relu", apps.densenet.preprocess_input),
    "EfficientNetB0": (lambda: family(apps.EfficientNetB0, 32), "top_activation", apps.efficientnet.preprocess_input),
}


def explained(model, shown, layer):
    """Probabilities, the winning class and Grad-CAM of its logit, for each picture."""
    head = zoo.head_of(model)
    run = keras.Model(model.input, [head.input, model.get_layer(layer).output])
    found = []
    for picture in shown:
        with tf.GradientTape() as tape:
            values = tf.convert_to_tensor(picture[None])
            tape.watch(values)
            inner, maps = run(values, training=False)
            logits = tf.matmul(inner, head.kernel) + head.bias
            scores = model(values, training=False)[0].numpy()
            scores = np.array([1 - scores[0], scores[0]]) if len(scores) == 1 else scores
            chosen = int(scores.argmax())
            # One sigmoid: the score of class 0 falls where that of class 1 rises.
            target = (logits[0, 0] if chosen else -logits[0, 0]) if logits.shape[1] == 1 else logits[0, chosen]
        weights = tape.gradient(target, maps).numpy().mean((1, 2), keepdims=True)
        found.append((scores, chosen, (weights * maps.numpy()).sum(3)[0]))
    return found


def constants(model):
    for layer in model._flatten_layers():
        if isinstance(layer, kl.Normalization):
            # As tensors they would become inputs of the graph.
            layer.mean, layer.variance = np.asarray(layer.mean), np.asarray(layer.variance)


def export(model, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    constants(model)
    signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="image")]
    call = tf.function(lambda image: model(image, training=False), input_signature=signature)
    tf2onnx.convert.from_function(call, input_signature=signature, opset=17, output_path=str(path))


def around(shown):
    """More pictures for the batch statistics."""
    return np.concatenate([shown, shown[:, :, ::-1], shown[:, ::-1], shown[::-1, :, ::-1]])


def applications(results, wanted):
    for name, (make, layer, preprocess_input) in FAMILIES.items():
        if not wanted(name):
            continue
        keras.utils.set_random_seed(11)
        model = make()
        shown = preprocess_input(loaded(*model.input_shape[1:3]))
        model = zoo.settled(model, around(shown))
        path = MODELS / f"keras_{name.lower()}.onnx"
        export(model, path)
        said = dict(zip((COLOUR, GREY), explained(model, shown, layer)))
        results.add(f"Keras {name}", path, f"image_dataset_from_directory, {preprocess_input.__module__.split('.')[-1]}.preprocess_input", said)


def inside(results, wanted):
    """What prepares the pictures is in the graph."""
    if wanted("VGG16 with preprocess_input inside"):
        keras.utils.set_random_seed(12)
        model = vgg_with_its_preprocessing()
        base = model.layers[-1]
        shown = loaded(224, 224)
        zoo.settled(base, around(apps.vgg16.preprocess_input(shown.copy())))
        path = MODELS / "keras_vgg16_inside.onnx"
        export(model, path)
        said = explained(base, apps.vgg16.preprocess_input(shown.copy()), "block5_pool")
        assert all(np.allclose(model(one[None], training=False)[0], row[0], atol=1e-6) for one, row in zip(shown, said))
        results.add("Keras VGG16 with preprocess_input inside", path, "image_dataset_from_directory", dict(zip((COLOUR, GREY), said)))
    for name, shape, classes, mode in [("colour", (96, 112, 3), 4, "rgb"), ("grey, one sigmoid", (96, 96, 1), 1, "grayscale")]:
        if not wanted(f"own network, {name}"):
            continue
        keras.utils.set_random_seed(13)
        model = own_network(shape, classes, kl.Rescaling(1 / 255))
        shown = loaded(*shape[:2], mode)
        model = zoo.settled(model, around(shown))
        path = MODELS / f"keras_own_{mode}.onnx"
        export(model, path)
        said = dict(zip((COLOUR, GREY), explained(model, shown, model.layers[-3].name)))
        if mode == "grayscale":
            # libpng makes grey levels of colours with fractions cut off, JPEG files are rounded: only grey pictures agree.
            said.pop(COLOUR)
        names = NAMES if classes > 1 else ["normal", "pneumonia"]
        results.add(f"Keras own network with Rescaling, {name}", path, "image_dataset_from_directory", said, names)


def opened(grey):
    return cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))


def to_size(picture):
    return cv2.resize(picture, (96, 96), interpolation=cv2.INTER_LINEAR)


def grey_of(picture):
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def chain_clahe(picture):
    levelled = cv2.createCLAHE(clipLimit=40.0, tileGridSize=(8, 8)).apply(opened(grey_of(picture)))
    return cv2.GaussianBlur(to_size(levelled), (11, 11), 0)


def chain_overlap(picture):
    small = to_size(picture)
    return cv2.addWeighted(small, 4, cv2.GaussianBlur(small, (11, 11), 0), -4, 128)


def chain_multiply(picture):
    small = to_size(picture)
    return cv2.multiply(small, cv2.blur(small, (11, 11)), scale=1 / 255)


CHAINS = {
    "deepphi-grey": lambda picture: to_size(grey_of(picture)),
    "deepphi-invert": lambda picture: to_size(opened(255 - grey_of(picture))),
    "deepphi-clahe": chain_clahe,
    "deepphi-overlap": chain_overlap,
    "deepphi-multiply": chain_multiply,
}


def chains(results, wanted):
    """One network; each chain before it is another model to a person."""
    if not wanted("chain"):
        return
    keras.utils.set_random_seed(14)
    model = own_network((96, 96, 3))

    def fed(chain, file):
        picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        made = chain(picture)
        return (made if made.ndim == 3 else np.repeat(made[..., None], 3, 2)).astype(np.float32) / np.float32(255)

    shown = {preset: np.stack([fed(chain, file) for file in (COLOUR, GREY)]) for preset, chain in CHAINS.items()}
    model = zoo.settled(model, np.concatenate(list(shown.values())))
    path = MODELS / "keras_chain.onnx"
    export(model, path)
    for preset, values in shown.items():
        said = dict(zip((COLOUR, GREY), explained(model, values, model.layers[-3].name)))
        results.add(f"chain {preset}", path, f"OpenCV {cv2.__version__}", said, preset=preset)


def main(parts):
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "tf2onnx": tf2onnx.__version__, "opencv": cv2.__version__}
    results = List("keras", versions)
    wanted = lambda name: not parts or any(part in name for part in parts)
    applications(results, wanted)
    inside(results, wanted)
    chains(results, wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
