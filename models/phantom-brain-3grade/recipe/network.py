"""The network, and its graph written node by node with batch normalisation folded into the convolutions."""

import numpy as np
import torch
from onnx import TensorProto, checker, helper, numpy_helper
from torch import nn

from pipeline import COLS, ROWS

# (channels, stride) of each 3 x 3 convolution.
BLOCKS = [(12, 1), (24, 2), (32, 2), (48, 2), (64, 1)]
CLASSES = ["grade-0", "grade-1", "grade-2"]
FEATURES, LOGITS = "features", "logits"


class Network(nn.Module):
    """[N, 1, 104, 88] to logits [N, 3]: five convolutions, global average, one linear layer."""

    def __init__(self):
        super().__init__()
        layers, before = [], 1
        for channels, stride in BLOCKS:
            layers += [nn.Conv2d(before, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            before = channels
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(before, len(CLASSES))

    def forward(self, pictures):
        return self.head(self.body(pictures).mean((2, 3)))


def folded(conv, norm):
    """Weights and bias of a convolution with its batch normalisation in it, in double precision until the end."""
    gain = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    weights = conv.weight.double() * gain[:, None, None, None]
    bias = norm.bias.double() - norm.running_mean.double() * gain
    return weights.detach().float().numpy(), bias.detach().float().numpy()


def to_onnx(network):
    """The ONNX model, opset 13, any batch length."""
    nodes, weights, before = [], [], "image"
    for block, (_, stride) in enumerate(BLOCKS, start=1):
        kernel, bias = folded(network.body[3 * block - 3], network.body[3 * block - 2])
        after = FEATURES if block == len(BLOCKS) else f"block{block}"
        names = [f"block{block}_weight", f"block{block}_bias"]
        weights += [numpy_helper.from_array(kernel, names[0]), numpy_helper.from_array(bias, names[1])]
        nodes.append(
            helper.make_node(
                "Conv", [before, *names], [f"block{block}_conv"], f"conv{block}",
                kernel_shape=[3, 3], strides=[stride, stride], pads=[1, 1, 1, 1], dilations=[1, 1], group=1,
            )
        )
        nodes.append(helper.make_node("Relu", [f"block{block}_conv"], [after], f"relu{block}"))
        before = after
    head = [network.head.weight.detach().numpy(), network.head.bias.detach().numpy()]
    weights += [numpy_helper.from_array(np.ascontiguousarray(array), name) for array, name in zip(head, ["head_weight", "head_bias"])]
    nodes.append(helper.make_node("GlobalAveragePool", [FEATURES], ["pooled"], "pool"))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["pooled_flat"], "flatten", axis=1))
    nodes.append(helper.make_node("Gemm", ["pooled_flat", "head_weight", "head_bias"], [LOGITS], "head", transB=1))
    graph = helper.make_graph(
        nodes,
        "phantom-brain-3grade",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, ROWS, COLS])],
        [helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["batch", len(CLASSES)])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="overread-phantom-recipe")
    model.ir_version = 8
    checker.check_model(model, full_check=True)
    return model
