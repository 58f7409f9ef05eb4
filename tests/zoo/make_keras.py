"""Exports classifiers of keras.applications and plain ones, with what Keras says of them, for `tests/explain_exports.rs`.

    python tests/zoo/make_keras.py FOLDER [part of a family's name…]

Weights are random (seeded), layers four times narrower than the originals, batch statistics those of a few pictures: the
graphs are the families' own, the files small. Each is written by tf2onnx at several operator sets, and by
`model.export(format="onnx")`.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers as kl

from common import Zoo, jittered, pictures, spread

NARROW = 4
CLASSES = 4
apps = keras.applications

# (exporter, operator set). Families that stand for others are written at each, the others in turn.
ALL = [("tf2onnx", 11), ("tf2onnx", 13), ("tf2onnx", 15), ("tf2onnx", 17), ("tf2onnx", 18), ("export", None)]
FEW = None


def narrowed(model, by=NARROW):
    """The same layers with a fraction of the filters."""
    config = model.get_config()

    def visit(one):
        if isinstance(one, dict):
            for key, value in one.items():
                if key in ("filters", "projection_dim") and isinstance(value, int):
                    one[key] = max(1, value // by)
                elif key == "target_shape" and len(value) == 3 and value[0] == value[1] == 1:
                    one[key] = (1, 1, max(1, value[2] // by))
                else:
                    visit(value)
        elif isinstance(one, (list, tuple)):
            for value in one:
                visit(value)

    for layer in config["layers"]:
        visit(layer["config"])
        # What a layer was built for is found again.
        layer.pop("build_config", None)
    return type(model).from_config(config)


def body(make, shape, by=NARROW, **more):
    def build():
        return narrowed(make(weights=None, include_top=False, input_shape=shape, **more), by)

    return build


def with_head(build, head):
    def made():
        base = build()
        return keras.Model(base.input, head(base.output))

    return made


def gap(x, classes=CLASSES):
    return kl.Dense(classes, activation="softmax" if classes > 1 else "sigmoid")(kl.GlobalAveragePooling2D()(x))


def one_sigmoid(x):
    return gap(kl.Dropout(0.3)(x), 1)


def dense(x):
    x = kl.Flatten()(x)
    x = kl.Dropout(0.5)(kl.Dense(32, activation="relu")(x))
    return kl.Dense(CLASSES, activation="softmax")(x)


def dense_normalized(x):
    x = kl.GlobalMaxPooling2D()(x)
    x = kl.BatchNormalization()(kl.Dense(24)(x))
    x = kl.Dropout(0.2)(kl.Activation("relu")(x))
    return kl.Activation("softmax")(kl.Dense(CLASSES)(x))


def nested(build, shape):
    """As transfer learning has it: the base is one layer of the model."""

    def made():
        base = build()
        inputs = keras.Input(shape)
        return keras.Model(inputs, gap(base(inputs)))

    return made


def plain(kind, shape):
    def made():
        inputs = keras.Input(shape)
        x = inputs
        if kind == "rescaling":
            x = kl.Rescaling(2.0, offset=-1.0)(x)
        elif kind == "normalization":
            x = kl.Normalization(mean=[0.4, 0.5, 0.6], variance=[0.05, 0.06, 0.07])(x)
        elif kind == "resizing":
            x = kl.Resizing(48, 40)(x)
        elif kind == "grey":
            x = kl.Concatenate()([x, x, x])
        for width in (8, 16):
            x = kl.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = kl.BatchNormalization()(x)
            x = kl.MaxPooling2D()(x)
        other = x
        if kind == "leaky":
            x = kl.PReLU(shared_axes=[1, 2])(kl.LeakyReLU()(kl.Conv2D(16, 3)(x)))
        elif kind == "elu":
            x = kl.Activation("selu")(kl.Conv2D(16, 3)(kl.ELU()(kl.Conv2D(16, 3)(x))))
        elif kind == "gelu":
            x = kl.Activation("gelu")(kl.LayerNormalization()(kl.Conv2D(16, 3)(x)))
        elif kind == "mish":
            x = kl.Activation("mish")(kl.Conv2D(16, 3)(kl.Activation("softplus")(kl.Conv2D(16, 3)(x))))
        elif kind == "group":
            x = kl.Activation("relu")(kl.GroupNormalization(4)(kl.Conv2D(16, 3)(x)))
        elif kind == "separable":
            x = kl.SeparableConv2D(16, 3, strides=2, padding="same", activation="swish")(x)
            x = kl.DepthwiseConv2D(3, depth_multiplier=2, dilation_rate=2, activation="tanh")(x)
        elif kind == "upsampling":
            x = kl.Conv2D(16, 3, padding="same", activation="relu")(kl.UpSampling2D(interpolation="nearest")(x))
        elif kind == "bilinear":
            x = kl.Conv2D(16, 3, padding="same", activation="relu")(kl.UpSampling2D(interpolation="bilinear")(x))
        elif kind == "transposed":
            x = kl.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
        elif kind == "padding":
            x = kl.Cropping2D(((1, 0), (0, 2)))(kl.ZeroPadding2D(((1, 2), (0, 1)))(x))
            x = kl.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)
        elif kind == "cbam":
            mean, most = kl.GlobalAveragePooling2D(keepdims=True)(x), kl.GlobalMaxPooling2D(keepdims=True)(x)
            first, second = kl.Dense(4, activation="relu"), kl.Dense(16)
            x = kl.Multiply()([x, kl.Activation("sigmoid")(kl.Add()([second(first(mean)), second(first(most))]))])
            x = kl.Multiply()([x, kl.Conv2D(1, 7, padding="same", activation="sigmoid")(x)])
            x = kl.Conv2D(16, 3, activation="relu")(kl.Maximum()([x, other]))
        elif kind == "pools":
            x = kl.Conv2D(16, 3, activation="relu")(kl.AveragePooling2D(3, 2, "same")(x))
            x = kl.Concatenate()([kl.GlobalAveragePooling2D()(x), kl.GlobalMaxPooling2D()(x)])
            return keras.Model(inputs, kl.Dense(CLASSES, activation="softmax")(x))
        elif kind == "attention":
            x = kl.Reshape((-1, 16))(x)
            x = kl.Add()([x, kl.MultiHeadAttention(2, 8)(x, x)])
            x = kl.LayerNormalization()(x)
            x = kl.GlobalAveragePooling1D()(x)
            return keras.Model(inputs, kl.Dense(CLASSES, activation="softmax")(x))
        elif kind == "flatten":
            return keras.Model(inputs, dense(x))
        elif kind == "normalized_head":
            return keras.Model(inputs, dense_normalized(x))
        elif kind == "logits":
            return keras.Model(inputs, kl.Dense(CLASSES)(kl.GlobalAveragePooling2D()(x)))
        elif kind == "many_sigmoids":
            return keras.Model(inputs, kl.Dense(CLASSES, activation="sigmoid")(kl.GlobalAveragePooling2D()(x)))
        elif kind == "two_softmax":
            return keras.Model(inputs, kl.Softmax()(kl.Dense(2)(kl.GlobalAveragePooling2D()(x))))
        elif kind == "conv_head":
            x = kl.Conv2D(CLASSES, 1)(x)
            return keras.Model(inputs, kl.Softmax()(kl.GlobalAveragePooling2D()(x)))
        return keras.Model(inputs, gap(x, 1 if kind == "grey" else CLASSES))

    return made


def vision_transformer(shape):
    def made():
        inputs = keras.Input(shape)
        x = kl.Conv2D(32, 16, 16)(inputs)
        x = kl.Reshape((-1, 32))(x)
        for _ in range(2):
            y = kl.LayerNormalization(epsilon=1e-6)(x)
            x = kl.Add()([x, kl.MultiHeadAttention(4, 8)(y, y)])
            y = kl.LayerNormalization(epsilon=1e-6)(x)
            x = kl.Add()([x, kl.Dense(32)(kl.Dense(64, activation="gelu")(y))])
        x = kl.LayerNormalization(epsilon=1e-6)(x)
        return keras.Model(inputs, kl.Dense(CLASSES, activation="softmax")(kl.GlobalAveragePooling1D()(x)))

    return made


S, ODD = (96, 80, 3), (208, 176, 3)
KINDS = ["flatten", "rescaling", "normalization", "resizing", "leaky", "elu", "gelu", "mish", "group", "separable", "upsampling",
         "bilinear", "transposed", "padding", "cbam", "pools", "attention", "normalized_head", "logits", "many_sigmoids", "two_softmax", "conv_head"]
# family: (model, shape of the picture, exports)
FAMILIES = {
    "vgg16_gap": (with_head(body(apps.VGG16, S), gap), S, FEW),
    "vgg16_flat_208x176": (with_head(body(apps.VGG16, ODD), dense), ODD, FEW),
    "vgg19_sigmoid": (with_head(body(apps.VGG19, S), one_sigmoid), S, FEW),
    "vgg16_dynamic": (with_head(body(apps.VGG16, (None, None, 3)), gap), S, FEW),
    "vgg16_nested": (nested(body(apps.VGG16, S), S), S, FEW),
    "resnet50": (with_head(body(apps.ResNet50, S), gap), S, FEW),
    "resnet50_208x176": (with_head(body(apps.ResNet50, ODD), one_sigmoid), ODD, FEW),
    "resnet50v2": (with_head(body(apps.ResNet50V2, S), gap), S, ALL),
    "resnet101v2": (with_head(body(apps.ResNet101V2, S), dense_normalized), S, FEW),
    "inceptionv3": (with_head(body(apps.InceptionV3, S), gap), S, FEW),
    "inceptionresnetv2": (with_head(body(apps.InceptionResNetV2, S, 8), gap), S, FEW),
    "xception": (with_head(body(apps.Xception, S), gap), S, FEW),
    "densenet121": (with_head(body(apps.DenseNet121, S), gap), S, FEW),
    "densenet169": (with_head(body(apps.DenseNet169, S, 8), one_sigmoid), S, FEW),
    "mobilenet": (with_head(body(apps.MobileNet, S), gap), S, FEW),
    "mobilenetv2": (with_head(body(apps.MobileNetV2, S), gap), S, ALL),
    "mobilenetv2_dynamic": (with_head(body(apps.MobileNetV2, (None, None, 3)), gap), S, FEW),
    "mobilenetv3small": (with_head(body(apps.MobileNetV3Small, S), gap), S, FEW),
    "mobilenetv3large": (with_head(body(apps.MobileNetV3Large, S), gap), S, FEW),
    "efficientnetb0": (with_head(body(apps.EfficientNetB0, S), gap), S, ALL),
    "efficientnetb1_208x176": (with_head(body(apps.EfficientNetB1, ODD), one_sigmoid), ODD, FEW),
    "efficientnetb3": (with_head(body(apps.EfficientNetB3, S), gap), S, FEW),
    "efficientnetb7": (with_head(body(apps.EfficientNetB7, (64, 80, 3), 8), gap), (64, 80, 3), FEW),
    "efficientnetv2b0": (with_head(body(apps.EfficientNetV2B0, S), gap), S, FEW),
    "efficientnetv2s": (with_head(body(apps.EfficientNetV2S, S), gap), S, FEW),
    "convnexttiny": (with_head(body(apps.ConvNeXtTiny, S), gap), S, FEW),
    "nasnetmobile": (with_head(body(apps.NASNetMobile, S, 2), gap), S, FEW),
    "vit": (vision_transformer((64, 48, 3)), (64, 48, 3), FEW),
    "plain_sigmoid_grey": (plain("grey", (72, 56, 1)), (72, 56, 1), ALL),
    "plain_dynamic": (plain("rescaling", (None, None, 3)), (53, 61, 3), FEW),
    **{f"plain_{kind}": (plain(kind, (72, 56, 3)), (72, 56, 3), FEW) for kind in KINDS},
}


def settled(model, shown):
    """Random scales, statistics of the pictures themselves, logits of a few units."""
    random = np.random.default_rng(3)
    norms = [layer for layer in model._flatten_layers() if isinstance(layer, kl.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    drops = [layer for layer in model._flatten_layers() if isinstance(layer, (kl.Dropout, kl.SpatialDropout2D)) or "StochasticDepth" in type(layer).__name__]
    for layer in model._flatten_layers(include_self=False):
        if type(layer).__name__ == "LayerScale":
            layer.gamma.assign(np.full(layer.gamma.shape, 0.5))
    for layer in norms:
        layer.momentum = 0.0
        if layer.scale:
            layer.gamma.assign(random.uniform(0.7, 1.3, layer.gamma.shape))
        if layer.center:
            layer.beta.assign(random.uniform(-0.2, 0.3, layer.beta.shape))
    rates = [getattr(layer, "rate", None) for layer in drops]
    for layer in drops:
        if hasattr(layer, "rate"):
            layer.rate = 0.0
        if hasattr(layer, "drop_path_rate"):
            layer.drop_path_rate = 0.0
    model(shown, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
    for layer, rate in zip(drops, rates):
        if rate is not None:
            layer.rate = rate
    head = head_of(model)
    inputs = keras.Model(model.input, head.input)(shown).numpy()
    if isinstance(head, kl.Dense):
        kernel = head.kernel.numpy()
        logits = inputs @ kernel
        scale = 1.5 / max(logits.std(), 1e-6)
        head.kernel.assign(kernel * scale)
        head.bias.assign(random.uniform(-0.3, 0.3, kernel.shape[1]) - (logits * scale).mean(0))
    return model


def head_of(model):
    """The layer that makes the logits."""
    return [layer for layer in model.layers if layer.weights][-1]


def tops(model):
    """Layers in order; of a nested base only the end is reachable from outside."""
    return [layer for layer in model.layers if layer._inbound_nodes and not isinstance(layer, kl.InputLayer)]


def explained(model, shown):
    """`logits, scores, {layer: (activations, gradients[, what the graph holds])}`."""
    head = head_of(model)
    names, outputs = [], []
    tokens = None
    for layer in tops(model):
        if layer is head:
            break
        output = layer._inbound_nodes[-1].outputs[0]
        sample = output.shape
        if len(sample) == 4 and sample[-1] and sample[-1] > 1 and not (sample[1] == sample[2] == 1):
            names.append(layer.name)
            outputs.append(output)
        elif len(sample) == 3 and not isinstance(layer, kl.Reshape):
            names.append(layer.name)
            outputs.append(output)
    first = head.input if isinstance(head, kl.Dense) else None
    everything = keras.Model(model.input, [first if first is not None else model.output, *outputs])
    sizes = everything(shown[:1])
    for value in sizes[1:]:
        if len(value.shape) == 4:
            tokens = value.shape[1:3]
        elif tokens is None or tokens[0] * tokens[1] != value.shape[1]:
            raise ValueError(f"{value.shape[1]} tokens of {tokens}")
    chosen = spread([name for name, value in zip(names, sizes[1:]) if int(np.prod(value.shape[1:3])) > 1], 5)
    picked = [outputs[names.index(name)] for name in chosen]
    if isinstance(head, kl.Dense):
        run = keras.Model(model.input, [head.input, *picked])
    else:
        gap_layer = [layer for layer in model.layers if isinstance(layer, kl.GlobalAveragePooling2D)][-1]
        run = keras.Model(model.input, [gap_layer.output, *picked])
    final = model.layers[-1]
    kind = final.activation.__name__ if hasattr(final, "activation") else type(final).__name__.lower()
    with tf.GradientTape(persistent=True) as tape:
        values = tf.convert_to_tensor(shown)
        tape.watch(values)
        inner, *maps = run(values, training=False)
        logits = tf.matmul(inner, head.kernel) + head.bias if isinstance(head, kl.Dense) else inner
        alone = logits.shape[1] == 1
        probability = tf.sigmoid(logits) if alone or kind == "sigmoid" else tf.nn.softmax(logits)
        units = range(min(2, logits.shape[1]))
        sums = {("logit", unit): tf.reduce_sum(logits[:, unit]) for unit in units}
        sums |= {("prob", unit): tf.reduce_sum(probability[:, unit]) for unit in units}
    layers = {}
    for name, output in zip(chosen, maps):
        gradients = {key: tape.gradient(value, output) for key, value in sums.items()}
        if any(gradient is None for gradient in gradients.values()):
            continue

        def as_grid(values):
            values = values.numpy()
            if values.ndim == 3:
                values = values.reshape(len(values), *tokens, -1)
            return values.transpose(0, 3, 1, 2)

        grids = {key: as_grid(value) for key, value in gradients.items()}
        own = output.numpy()
        layers[name] = (as_grid(output), grids, own) if own.ndim == 3 else (as_grid(output), grids)
    scores = model(shown, training=False).numpy()
    return logits.numpy(), probability.numpy(), scores, layers


def export(model, path, exporter, opset, shape):
    if exporter == "export":
        model.export(path, format="onnx", verbose=False)
        return
    for layer in model._flatten_layers():
        if isinstance(layer, kl.Normalization):
            # As tensors they would become inputs of the graph.
            layer.mean, layer.variance = np.asarray(layer.mean), np.asarray(layer.variance)
    dims = [None, *[side for side in model.input.shape[1:]]]
    call = tf.function(lambda image: model(image, training=False), input_signature=[tf.TensorSpec(dims, tf.float32, name="image")])
    tf2onnx.convert.from_function(call, input_signature=call.input_signature, opset=opset, output_path=str(path))


def main(folder, parts):
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "tf2onnx": tf2onnx.__version__}
    zoo = Zoo(folder, "keras", versions)
    for place, (family, (make, shape, exports)) in enumerate(FAMILIES.items()):
        exports = exports or [ALL[place % len(ALL)]]
        if parts and not any(part in family for part in parts):
            continue
        keras.utils.clear_session()
        keras.utils.set_random_seed(7)
        rows, cols, channels = shape
        shown = pictures(rows, cols, channels=channels)
        try:
            model = make()
            if any(isinstance(layer, kl.Rescaling) and layer.scale < 0.1 for layer in model._flatten_layers()):
                # Such a model takes 0 to 255; fed with less it sees next to nothing but its own rounding.
                shown = 255 * shown
            model = settled(model, np.concatenate([shown, shown[:, :, ::-1], shown.max() - shown]))
            logits, probability, scores, layers = explained(model, shown)
            moved = [explained(model, one)[3] for one in jittered(shown)]
        except Exception as error:
            zoo.fail(family, "model", 0, error)
            continue
        units = range(min(2, logits.shape[1]))
        reference = zoo.reference(family, shown, probability, logits, units, layers, moved)
        for exporter, opset in exports:
            file = f"keras_{family}_{exporter}{opset or ''}.onnx"
            try:
                export(model, zoo.folder / file, exporter, opset, shape)
                zoo.add(family, file, exporter, opset, reference, shown, layers, scores)
            except Exception as error:
                zoo.fail(family, exporter, opset, error)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
