"""A network whose filters are given and whose weights are a ridge regression over places.

Input [N, 1, 48, 40], a slice with mean 0 and deviation 1. One convolution (23 filters: grey levels above five marks,
and differences of box means at three widths beyond three marks, both signs), ReLU, mean over 4 x 4. From each cell the
average brain's value is taken, and what is left is weighted: `features` [N, 23, 12, 10]. Their mean and one linear
layer give the logits, so every cell's share of the logit is known exactly. Filters and weights are mirror-symmetric:
a slice and its left-right mirror image score the same.
"""

import numpy as np
from PIL import Image

ROWS, COLS, POOL, KERNEL = 48, 40, 4, 17
LEVELS = (-0.5, 0.0, 0.5, 1.0, 1.5)
WIDTHS, MARKS = (1, 2, 4), (0.0, 0.2, 0.4)
STEPS = [
    {"step": "resize", "size": [ROWS, COLS], "filter": "bilinear", "as": "pillow"},
    {"step": "standardize"},
]


def standardized(values):
    """Mean 0, deviation 1 over the slice; float32."""
    x = values.astype(np.float64)
    deviation = np.float32(max(x.std(), 1 / np.sqrt(x.size)))
    return (values.astype(np.float32) - np.float32(x.mean())) / deviation


def prepared(picture):
    """uint8 or float32 [rows, cols] to the network's float32 [1, 48, 40]: the manifest's steps in Pillow and numpy."""
    image = Image.fromarray(picture)  # a float picture becomes mode F
    return standardized(np.asarray(image.resize((COLS, ROWS), Image.BILINEAR)))[None]


def filters():
    """Kernels [23, 17, 17] and biases [23]."""
    kernels, biases = [], []
    centre = KERNEL // 2

    def box(reach):
        kernel = np.zeros((KERNEL, KERNEL))
        kernel[centre - reach : centre + reach + 1, centre - reach : centre + reach + 1] = 1 / (2 * reach + 1) ** 2
        return kernel

    for level in LEVELS:
        kernels.append(box(0))
        biases.append(-level)
    for width in WIDTHS:
        for sign in (1, -1):
            for mark in MARKS:
                kernels.append(sign * (box(width // 2) - box(2 * width)))
                biases.append(-mark)
    return np.array(kernels, np.float32), np.array(biases, np.float32)


def to_onnx(mean, weights, bias, path):
    """`mean`, `weights` [channels, 12, 10] and `bias` of places.Places; the score is sum(weights * (cells - mean)) + bias, logits -+ half of it."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    kernels, biases = filters()
    channels, rows, cols = weights.shape
    head = np.array([[-0.5], [0.5]]) * np.ones((1, channels)) * rows * cols
    constants = {"kernels": kernels[:, None], "biases": biases, "average_brain": mean[None], "place_weights": weights[None],
                 "head_weights": head, "head_bias": np.array([-0.5, 0.5]) * bias}  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["image", "kernels", "biases"], ["filtered"], kernel_shape=[KERNEL, KERNEL], pads=[KERNEL // 2] * 4),
        helper.make_node("Relu", ["filtered"], ["responses"]),
        helper.make_node("AveragePool", ["responses"], ["cells"], kernel_shape=[POOL, POOL], strides=[POOL, POOL]),
        helper.make_node("Sub", ["cells", "average_brain"], ["deviation"]),
        helper.make_node("Mul", ["deviation", "place_weights"], ["features"]),
        helper.make_node("GlobalAveragePool", ["features"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "head_weights", "head_bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes, "brain-fdg-pet",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, ROWS, COLS])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])],
        [numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name) for name, value in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="overread recipe")
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())
