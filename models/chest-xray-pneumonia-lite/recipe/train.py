"""Trains chest-xray-pneumonia-lite: the first eight blocks of EfficientNet-Lite0 on small pictures, a tenth of the weights
of chest-xray-pneumonia, to compare with it.

    python train.py DATA WORK [SEED]      DATA: train/, test/ with NORMAL/ and PNEUMONIA/; WORK: checkpoints, kept outside
                                          the repository; SEED 5 is the shipped one
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "training"))
import chest
import loop
import metrics
from augment import Views, augmented
from network import Lite
from prepare import Prepared, imagenet, resized

CLASSES = chest.FOLDERS
SIZE = (112, 112)
BLOCKS, TOP = 8, 256
PLAN = loop.Plan(seed=5, epochs=5, per_epoch=1600, rate=1e-3, weight_decay=0.03)
SMOOTHING = 0.08
VIEWS = Views(degrees=12, shear=6, shift=0.05, zoom=(1.0, 1.15), crop=0.5, mirror=0.2, gamma=0.5, contrast=0.45,
              brightness=0.16, blur=0.4, sharpen=0.2, noise=0.4, margins=0.35, patch=0.25)  # fmt: skip


def network():
    return Lite(len(CLASSES), dropout=0.2, blocks=BLOCKS, top=TOP)


def main(data, work, seed=PLAN.seed):
    PLAN.seed = int(seed)
    torch.set_num_threads(1)
    train, held = chest.split(chest.load(data, "train"))
    pictures, y = torch.from_numpy(np.stack([p.pixels for p in train])), np.array([p.label for p in train])
    views, t = Prepared(np.stack([resized(p.pixels, SIZE) for p in held])), np.array([p.label for p in held])
    print(json.dumps({"train": np.bincount(y).tolist(), "validation": np.bincount(t).tolist()}), flush=True)

    def batch_of(numbers, generator):
        return imagenet(augmented(pictures[numbers], SIZE, VIEWS, generator)), torch.from_numpy(y[numbers])

    def validate(model):
        z = loop.predict(model, views)
        return {"loss": metrics.log_loss(z, t), "auc": metrics.auc(z[:, 1] - z[:, 0], t),
                "balanced_accuracy": metrics.balanced_accuracy(metrics.confusion(t, z.argmax(1), 2))}  # fmt: skip

    torch.manual_seed(PLAN.seed)
    model = network().load_imagenet().freeze(3)
    loss = lambda z, target: torch.nn.functional.cross_entropy(z, target, label_smoothing=SMOOTHING)
    model, record = loop.fit(model, PLAN, lambda rng: loop.class_queues(y, [0.5, 0.5], rng), batch_of, loss, validate, work)
    torch.save(model.state_dict(), work / "final.pt")
    (work / "record.json").write_text(json.dumps(record))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
