"""Exports classifiers of torchvision and timm, with what PyTorch says of them, for `tests/explain_exports.rs`.

    python tests/zoo/make_torch.py FOLDER [part of a family's name…]

Weights are random (seeded), layers four times narrower than the originals, batch statistics those of a few pictures: the
graphs are the families' own, the files small. TorchScript and dynamo exports at several operator sets.
"""

import logging
import sys
import warnings
from copy import deepcopy
from functools import partial

import numpy as np
import timm
import torch
import torchvision
from torch import nn
from torchvision import models as tv

from common import Zoo, jittered, pictures, spread

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
NARROW = 4
CLASSES = 4

# (exporter, operator set). Families that stand for others are written at each, the others in turn: one TorchScript, one
# dynamo.
ALL = [("torchscript", 11), ("torchscript", 13), ("torchscript", 17), ("torchscript", 20), ("dynamo", 18), ("dynamo", 20), ("dynamo", 21)]
FEW = None


def narrowed(model, by=NARROW):
    """The same layers with a fraction of the channels; the picture's and the classes' stay."""
    model = deepcopy(model)
    less = lambda count: max(1, count // by)
    last = [module for module in model.modules() if isinstance(module, (nn.Linear, nn.Conv2d))][-1]
    empty = lambda *shape: nn.Parameter(torch.empty(*shape))
    for parent in list(model.modules()):
        if isinstance(parent, nn.Conv2d):
            ins = parent.in_channels if parent.in_channels == 3 else less(parent.in_channels)
            outs = parent.out_channels if parent is last else less(parent.out_channels)
            depthwise = parent.groups == parent.in_channels > 1
            groups = ins if depthwise else max(1, parent.groups // by)
            parent.in_channels, parent.out_channels, parent.groups = ins, outs, groups
            parent.weight = empty(outs, ins // groups, *parent.kernel_size)
            if parent.bias is not None:
                parent.bias = empty(outs)
            if hasattr(parent, "gain"):
                parent.gain = nn.Parameter(torch.ones(outs, 1, 1, 1))
        elif isinstance(parent, nn.BatchNorm2d):
            parent.num_features = less(parent.num_features)
            parent.weight, parent.bias = empty(parent.num_features), empty(parent.num_features)
            parent.running_mean, parent.running_var = torch.zeros(parent.num_features), torch.ones(parent.num_features)
        elif isinstance(parent, nn.LayerNorm):
            width = less(parent.normalized_shape[0])
            parent.normalized_shape = (width,)
            if parent.weight is not None:
                parent.weight, parent.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        elif isinstance(parent, nn.Linear):
            outs = parent.out_features if parent is last else less(parent.out_features)
            parent.in_features, parent.out_features = less(parent.in_features), outs
            parent.weight = empty(outs, parent.in_features)
            if parent.bias is not None:
                parent.bias = empty(outs)
        for name, own in list(parent.named_parameters(recurse=False)):
            if name in ("layer_scale", "gamma") and own.ndim:
                shape = [less(own.shape[0]), *own.shape[1:]]
                setattr(parent, name, nn.Parameter(torch.full(shape, 0.5)))
    return model


def settled(model, shown, seed=0):
    """Random scales, statistics of the pictures themselves, logits of a few units."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = None
            module.reset_running_stats()
            if module.affine:
                nn.init.uniform_(module.weight, 0.7, 1.3)
                nn.init.uniform_(module.bias, -0.2, 0.3)
        elif isinstance(module, (nn.Conv2d, nn.Linear)) and module.weight is not None:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.uniform_(module.bias, -0.1, 0.1)
        for name in ("inplace",):
            if hasattr(module, name):
                setattr(module, name, False)
    drops = [m for m in model.modules() if "Drop" in type(m).__name__ or "StochasticDepth" in type(m).__name__]
    model.train()
    for drop in drops:
        drop.eval()
    with torch.no_grad():
        model(shown)
        model.eval()
        last = [module for module in model.modules() if isinstance(module, (nn.Linear, nn.Conv2d))][-1]
        logits = model(shown)
        scale = 1.5 / max(float(logits.std()), 1e-6)
        last.weight *= scale
        if last.bias is not None:
            last.bias *= scale
            last.bias -= model(shown).mean(0).flatten()[: last.bias.numel()]
    return model


def explained(model, shown, tokens=None):
    """`logits, {layer: (activations, gradients)}` of modules spread from picture to logits. `tokens`: `(rows, cols,
    extra)` of a transformer without a grid."""
    kept, hooks = {}, []

    def keep(name, module, inputs, output):
        if torch.is_tensor(output) and output.requires_grad and name:
            grid = output.ndim == 4 and min(output.shape[1:]) > 0
            if grid or (tokens and output.ndim == 3 and output.shape[1] == tokens[0] * tokens[1] + tokens[2]):
                kept[name] = output
                # What comes next may write into it.
                return output.clone()

    for name, module in model.named_modules():
        hooks.append(module.register_forward_hook(partial(keep, name)))
    logits = model(shown.clone().requires_grad_())
    for hook in hooks:
        hook.remove()
    chosen, seen = [], []
    for name, output in kept.items():
        layout_channels_last = output.ndim == 4 and output.shape[-1] > output.shape[1] and getattr(model, "channels_last", False)
        sides = output.shape[1:3] if layout_channels_last else output.shape[2:] if output.ndim == 4 else tokens[:2]
        channels = output.shape[-1] if output.ndim == 3 or layout_channels_last else output.shape[1]
        if sides[0] * sides[1] < 2 or channels < 2:
            continue
        if any(one.shape == output.shape and torch.equal(one, output) for one in seen):
            continue
        seen.append(output)
        chosen.append(name)
    layers = {}
    for name in spread(chosen, 5):
        output, gradients = kept[name], {}
        for unit in range(min(2, logits.shape[1])):
            alone = logits.shape[1] == 1
            probability = torch.sigmoid(logits) if alone else torch.softmax(logits, 1)
            for target, values in (("logit", logits), ("prob", probability)):
                gradient = torch.autograd.grad(values[:, unit].sum(), output, retain_graph=True, allow_unused=True)[0]
                gradients[target, unit] = None if gradient is None else gradient.numpy()
        if any(gradient is None for gradient in gradients.values()):
            continue
        activations = output.detach().numpy()

        def as_grid(values):
            if values.ndim == 4:
                return values.transpose(0, 3, 1, 2) if getattr(model, "channels_last", False) and values.shape[-1] > values.shape[1] else values
            rows, cols, extra = tokens
            return values[:, extra:].reshape(len(values), rows, cols, -1).transpose(0, 3, 1, 2)

        grads = {key: as_grid(value) for key, value in gradients.items()}
        layers[name] = (as_grid(activations), grads, activations) if activations.ndim == 3 else (as_grid(activations), grads)
    return logits.detach().numpy(), layers


class Plain(nn.Module):
    """Convolutions as people write them, with functions instead of modules in places, and one logit."""

    def __init__(self, classes=1, softmax=False):
        super().__init__()
        self.one = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.BatchNorm2d(12), nn.LeakyReLU(0.1), nn.MaxPool2d(2))
        self.two = nn.Sequential(nn.Conv2d(12, 16, 5, 2, 2), nn.PReLU(16), nn.AvgPool2d(3, 2, 1, ceil_mode=True))
        self.three = nn.Sequential(nn.Conv2d(16, 24, 3, padding="same", dilation=2), nn.GroupNorm(4, 24), nn.Mish())
        self.pool, self.drop = nn.AdaptiveAvgPool2d((2, 2)), nn.Dropout(0.5)
        self.dense, self.head = nn.Linear(96, 16), nn.Linear(16, classes)
        self.softmax = softmax

    def forward(self, x):
        x = (x - 0.5) / 0.25
        x = self.three(self.two(self.one(x)))
        x = x * torch.sigmoid(x.mean((2, 3), keepdim=True))
        x = self.pool(x).flatten(1)
        return self.head(self.drop(torch.nn.functional.silu(self.dense(x))))


class Odd(nn.Module):
    """Resampling, reflection, channel shuffles, normalised features, concatenated pools, attention over places."""

    def __init__(self, part):
        super().__init__()
        self.part = part
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU())
        self.side = nn.Conv2d(16, 16, 3, padding=1, padding_mode={"reflect": "reflect", "replicate": "replicate", "circular": "circular"}.get(part, "zeros"))
        self.up = nn.ConvTranspose2d(16, 16, 3, 2, 1, 1) if part == "transposed" else nn.Identity()
        width = {"twopools": 32, "attention": 16, "shuffle": 4, "unshuffle": 64}.get(part, 16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.last = nn.Conv2d(width if part in ("shuffle", "unshuffle") else 16, 16, 3, padding=1)
        self.head = nn.Linear(32 if part == "twopools" else 16, CLASSES)

    def forward(self, x):
        functional = nn.functional
        x = self.up(torch.relu(self.side(self.stem(x))))
        if self.part in ("nearest", "bilinear", "bicubic"):
            x = functional.interpolate(x, scale_factor=2, mode=self.part)
        elif self.part == "aligned":
            x = functional.interpolate(x, size=(30, 30), mode="bilinear", align_corners=True)
        elif self.part == "smaller":
            x = functional.interpolate(x, size=(17, 13), mode="bilinear", align_corners=False)
        elif self.part == "shuffle":
            x = functional.pixel_shuffle(x, 2)
        elif self.part == "unshuffle":
            x = functional.pixel_unshuffle(x, 2)
        elif self.part == "tile":
            x = x * x.mean(1, keepdim=True).repeat(1, 16, 1, 1)
        elif self.part == "roll":
            x = torch.roll(x, (1, -2), (2, 3)) + x
        elif self.part == "hardswish":
            x = functional.hardswish(x - 0.3) + functional.hardsigmoid(x)
        elif self.part == "norm":
            x = functional.normalize(x, dim=1)
        x = torch.relu(self.last(x))
        if self.part == "attention":
            flat = x.flatten(2).transpose(1, 2)
            x = (flat + self.attention(flat, flat, flat, need_weights=False)[0]).transpose(1, 2).reshape(x.shape)
        if self.part == "twopools":
            x = torch.cat([functional.adaptive_avg_pool2d(x, 1), functional.adaptive_max_pool2d(x, 1)], 1).flatten(1)
        elif self.part == "gem":
            x = functional.avg_pool2d(x.clamp(min=1e-3).pow(3), x.shape[2:]).pow(1 / 3).flatten(1)
        elif self.part == "einsum":
            x = torch.einsum("bchw,bchw->bc", x, torch.softmax(x.flatten(2), -1).reshape(x.shape))
        elif self.part == "lse":
            x = torch.logsumexp(x.flatten(2), 2)
        else:
            x = x.mean((2, 3))
        if self.part == "norm":
            x = functional.normalize(x, dim=1)
        return self.head(x)


def timm_model(name, **kwargs):
    return lambda: timm.create_model(name, pretrained=False, num_classes=CLASSES, **kwargs)


def tv_model(make, **kwargs):
    return lambda: make(weights=None, num_classes=CLASSES, **kwargs)


def narrow(make, by=NARROW):
    return lambda: narrowed(make(), by)


# family: (model, (rows, cols), exports, what else)
FAMILIES = {
    "vgg16": (narrow(tv_model(tv.vgg16)), (224, 224), FEW, {}),
    "vgg16_bn_208x176": (narrow(tv_model(tv.vgg16_bn)), (208, 176), FEW, {}),
    "vgg19": (narrow(tv_model(tv.vgg19)), (448, 224), FEW, {}),
    "alexnet": (narrow(tv_model(tv.alexnet)), (224, 224), FEW, {}),
    "resnet18_dynamic": (narrow(tv_model(tv.resnet18)), (96, 80), FEW, {"dynamic": True}),
    "resnet50": (narrow(tv_model(tv.resnet50)), (96, 80), ALL, {}),
    "resnet50_batch1": (narrow(tv_model(tv.resnet50)), (208, 176), FEW, {"batch": 1}),
    "resnext50": (narrow(tv_model(tv.resnext50_32x4d)), (96, 80), FEW, {}),
    "wide_resnet50": (narrow(tv_model(tv.wide_resnet50_2), 8), (64, 80), FEW, {}),
    "densenet121": (narrow(tv_model(tv.densenet121)), (96, 80), FEW, {}),
    "inception_v3": (narrow(tv_model(tv.inception_v3, aux_logits=False, transform_input=True)), (107, 91), FEW, {}),
    "googlenet": (narrow(tv_model(tv.googlenet, aux_logits=False)), (96, 80), FEW, {}),
    "mobilenet_v2": (narrow(tv_model(tv.mobilenet_v2)), (96, 80), FEW, {}),
    "mobilenet_v3_small": (narrow(tv_model(tv.mobilenet_v3_small)), (96, 80), ALL, {}),
    "mobilenet_v3_large": (narrow(tv_model(tv.mobilenet_v3_large)), (96, 80), FEW, {}),
    "mnasnet1_0": (narrow(tv_model(tv.mnasnet1_0)), (96, 80), FEW, {}),
    "efficientnet_b0": (narrow(tv_model(tv.efficientnet_b0)), (96, 80), ALL, {}),
    "efficientnet_b1_208x176": (narrow(tv_model(tv.efficientnet_b1)), (208, 176), FEW, {}),
    "efficientnet_b4": (narrow(tv_model(tv.efficientnet_b4)), (96, 80), FEW, {}),
    "efficientnet_b7": (narrow(tv_model(tv.efficientnet_b7), 8), (64, 80), FEW, {}),
    "efficientnet_v2_s": (narrow(tv_model(tv.efficientnet_v2_s)), (96, 80), FEW, {}),
    "shufflenet_v2": (narrow(tv_model(tv.shufflenet_v2_x1_0), 2), (96, 80), FEW, {}),
    "squeezenet": (narrow(tv_model(tv.squeezenet1_1)), (96, 80), FEW, {}),
    "regnet_y": (narrow(tv_model(tv.regnet_y_400mf), 2), (96, 80), FEW, {}),
    "convnext_tiny": (narrow(tv_model(tv.convnext_tiny)), (96, 80), FEW, {}),
    "vit_tiny": (lambda: tv.VisionTransformer(64, 16, 3, 4, 32, 64, num_classes=CLASSES), (64, 64), FEW, {"tokens": (4, 4, 1)}),
    "swin_tiny": (lambda: tv.SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4], num_classes=CLASSES), (64, 64), FEW, {"channels_last": True}),
    "plain_one_logit": (lambda: Plain(1), (208, 176), FEW, {}),
    "plain_dynamic": (lambda: Plain(CLASSES), (61, 47), FEW, {"dynamic": True}),
    "timm_vit": (timm_model("vit_tiny_patch16_224", img_size=(64, 48), depth=3, embed_dim=48, num_heads=3), (64, 48), FEW, {"tokens": (4, 3, 1)}),
    "timm_vit_gap": (timm_model("vit_tiny_patch16_224", img_size=64, depth=2, embed_dim=48, num_heads=3, global_pool="avg"), (64, 64), FEW, {"tokens": (4, 4, 1)}),
    "timm_deit_distilled": (timm_model("deit_tiny_distilled_patch16_224", img_size=64, depth=2, embed_dim=48, num_heads=3), (64, 64), FEW, {"tokens": (4, 4, 2)}),
    "timm_tf_efficientnet_b0": (narrow(timm_model("tf_efficientnet_b0")), (96, 80), FEW, {}),
    "timm_tf_efficientnetv2_b0": (narrow(timm_model("tf_efficientnetv2_b0")), (97, 83), FEW, {}),
    "timm_mobilenetv3": (narrow(timm_model("mobilenetv3_small_100")), (96, 80), FEW, {}),
    "timm_mnasnet": (narrow(timm_model("mnasnet_100")), (96, 80), FEW, {}),
    "timm_xception": (narrow(timm_model("legacy_xception")), (96, 80), FEW, {}),
    "timm_xception41": (narrow(timm_model("xception41")), (96, 80), FEW, {}),
    "timm_inception_resnet_v2": (narrow(timm_model("inception_resnet_v2"), 8), (96, 80), FEW, {}),
    "timm_inception_v4": (narrow(timm_model("inception_v4"), 8), (96, 80), FEW, {}),
    "timm_resnetv2_50": (narrow(timm_model("resnetv2_50")), (96, 80), FEW, {}),
    "timm_bit_resnetv2": (timm_model("resnetv2_50x1_bit", layers=(1, 1, 1, 1), channels=(64, 64, 128, 128), stem_chs=32), (64, 80), FEW, {}),
    "timm_seresnet": (narrow(timm_model("seresnet18")), (96, 80), FEW, {}),
    "timm_ecaresnet": (timm_model("ecaresnet26t", ), (64, 64), FEW, {}),
    "timm_convnext_atto": (timm_model("convnext_atto", depths=(1, 1, 2, 1), dims=(16, 24, 32, 48)), (96, 80), FEW, {}),
    "timm_convnextv2_atto": (timm_model("convnextv2_atto", depths=(1, 1, 2, 1), dims=(16, 24, 32, 48)), (96, 80), FEW, {}),
    "timm_swin": (timm_model("swin_tiny_patch4_window7_224", img_size=64, window_size=4, embed_dim=24, depths=(2, 2), num_heads=(2, 4)), (64, 64), FEW, {"channels_last": True}),
    "timm_ghostnet": (timm_model("ghostnet_100", width=0.3), (96, 80), FEW, {}),
    "timm_hrnet": (narrow(timm_model("hrnet_w18_small")), (96, 96), FEW, {}),
    "timm_repvgg": (narrow(timm_model("repvgg_a0")), (96, 80), FEW, {}),
    "timm_dpn": (narrow(timm_model("dpn48b")), (96, 80), FEW, {}),
    "timm_coatnet": (timm_model("coatnet_0_rw_224", img_size=(64, 64)), (64, 64), FEW, {}),
    "timm_mobilevit": (timm_model("mobilevit_xxs"), (64, 64), FEW, {}),
    "timm_nfnet": (timm_model("nf_resnet26"), (64, 64), FEW, {}),
    **{
        f"odd_{part}": (partial(Odd, part), (40, 56), FEW, {})
        for part in ("reflect", "replicate", "circular", "transposed", "nearest", "bilinear", "bicubic", "aligned", "smaller",
                     "shuffle", "unshuffle", "tile", "roll", "hardswish", "norm", "attention", "twopools", "gem", "einsum", "lse")
    },
}


def export(model, shown, path, exporter, opset, batch, dynamic):
    sample = shown[:1] if batch == 1 else shown
    options = dict(input_names=["image"], output_names=["scores"], opset_version=opset)
    if exporter == "torchscript":
        axes = {"image": {}, "scores": {}}
        if batch != 1:
            axes = {"image": {0: "batch"}, "scores": {0: "batch"}}
        if dynamic:
            axes["image"] |= {2: "rows", 3: "cols"}
        axes = {name: own for name, own in axes.items() if own}
        torch.onnx.export(model, (sample,), path, dynamo=False, dynamic_axes=axes or None, **options)
        return
    shapes = {}
    if batch != 1:
        shapes[0] = torch.export.Dim("batch", min=1, max=64)
    if dynamic:
        shapes |= {2: torch.export.Dim("rows", min=32, max=512), 3: torch.export.Dim("cols", min=32, max=512)}
    torch.onnx.export(model, (sample,), path, dynamo=True, dynamic_shapes=(shapes,) if shapes else None, external_data=False, verbose=False, **options)


def main(folder, parts):
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__}
    zoo = Zoo(folder, "torch", versions)
    torch.set_num_threads(2)
    for place, (family, (make, (rows, cols), exports, more)) in enumerate(FAMILIES.items()):
        exports = exports or [ALL[place % 4], ALL[4 + place % 3]]
        if parts and not any(part in family for part in parts):
            continue
        torch.manual_seed(7)
        shown = pictures(rows, cols)
        fed = torch.from_numpy(shown.transpose(0, 3, 1, 2).copy())
        try:
            model = settled(make(), torch.cat([fed, fed.flip(3), 1 - fed]))
            model.channels_last = more.get("channels_last", False)
            logits, layers = explained(model, fed, more.get("tokens"))
            others = [torch.from_numpy(one.transpose(0, 3, 1, 2).copy()) for one in jittered(shown)]
            moved = [explained(model, one, more.get("tokens"))[1] for one in others]
        except Exception as error:
            zoo.fail(family, "model", 0, error)
            continue
        # An export without softmax: the framework's probabilities are those of the logits.
        powers = np.exp(logits - logits.max(1, keepdims=True))
        scores = 1 / (1 + np.exp(-logits)) if logits.shape[1] == 1 else powers / powers.sum(1, keepdims=True)
        reference = zoo.reference(family, shown, scores, logits, range(min(2, logits.shape[1])), layers, moved)
        for exporter, opset in exports:
            file = f"torch_{family}_{exporter}{opset}.onnx"
            try:
                export(model, fed, zoo.folder / file, exporter, opset, more.get("batch"), more.get("dynamic"))
                zoo.add(family, file, exporter, opset, reference, fed.numpy(), layers, logits)
            except Exception as error:
                zoo.fail(family, exporter, opset, error)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
