"""Trains phantom-brain-3grade and writes the model folder.

    python train.py DATA         trains, chooses and writes
    python train.py DATA SEED    trains with another seed and prints its validation numbers only

DATA holds train/, validation/ and test/, each drawn by `examples/draw_phantoms.rs` (README.md has the commands).
The first writes model.onnx, metadata.json, golden/ and results.json beside this folder; the checkpoint goes to DATA.
"""

import csv
import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch.nn.functional import cross_entropy

from metrics import summary
from network import CLASSES, FEATURES, LOGITS, Network, to_onnx
from pipeline import COLS, ROWS, STEPS, resized, scaled

MODEL = Path(__file__).resolve().parent.parent
EPOCHS, BATCH, RATE, SEED = 14, 32, 4e-3, 20260101
# Largest shift of the augmentation, in pixels of the model's input.
SHIFT = 4


def load(folder):
    """uint8 [N, 104, 88], grades [N], severities [N]."""
    with open(folder / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    pictures = np.stack([resized(picture) for picture in np.load(folder / "images.npy", mmap_mode="r")])
    return pictures, np.array([int(row["grade"]) for row in rows]), np.array([float(row["severity"]) for row in rows])


def augmented(pictures, random):
    """Mirrored, shifted, brighter or darker; float32 [N, 1, 104, 88]."""
    pictures = np.where(random.random((len(pictures), 1, 1)) < 0.5, pictures[:, :, ::-1], pictures)
    padded = np.pad(pictures, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    places = random.integers(0, 2 * SHIFT + 1, (len(pictures), 2))
    cut = [picture[y : y + ROWS, x : x + COLS] for picture, (y, x) in zip(padded, places)]
    gain = random.uniform(0.88, 1.12, (len(pictures), 1, 1)).astype(np.float32)
    return torch.from_numpy(np.minimum(scaled(np.stack(cut)) * gain, 1.0)[:, None])


def train(pictures, grades, validation, seed=SEED):
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = Network()
    steps = EPOCHS * (len(pictures) // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.2)
    for epoch in range(EPOCHS):
        started, losses = time.time(), []
        network.train()
        order = random.permutation(len(pictures))[: len(pictures) // BATCH * BATCH]
        for batch in order.reshape(-1, BATCH):
            loss = cross_entropy(network(augmented(pictures[batch], random)), torch.from_numpy(grades[batch]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        right = (predict(network, validation[0]).argmax(1) == validation[1]).mean()
        print(f"epoch {epoch + 1} loss {np.mean(losses):.3f} validation {right:.3f} {time.time() - started:.0f} s", flush=True)
    return network.eval()


def predict(network, pictures):
    network.eval()
    with torch.no_grad():
        parts = np.array_split(scaled(pictures)[:, None], max(1, len(pictures) // 64))
        return np.concatenate([network(torch.from_numpy(part)).numpy() for part in parts])


def temperature(logits, grades):
    """The divisor of the logits with the smallest negative log-likelihood (Guo 2017), to 0.01."""
    grid = np.arange(0.3, 4.0, 0.01)
    losses = [cross_entropy(torch.from_numpy(logits / t), torch.from_numpy(grades)).item() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 2)


def golden(session, pictures, grades):
    """One test phantom of each grade, prepared, with ONNX Runtime's logits."""
    (MODEL / "golden").mkdir(exist_ok=True)
    cases = []
    for grade in range(len(CLASSES)):
        prepared = scaled(pictures[np.flatnonzero(grades == grade)[0]])
        path = MODEL / "golden" / f"{grade}.npy"
        np.save(path, prepared[:, :, None])
        logits = session.run([LOGITS], {"image": prepared[None, None]})[0][0]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        cases.append({"file": f"golden/{grade}.npy", "sha256": digest, "logits": [float(v) for v in logits], "tolerance": 1e-4,
                      "class_names": CLASSES})
    return cases


def manifest(model_sha256, kelvin, cases):
    """metadata.json: the descriptive part from card.json, the rest from this run."""
    card = json.loads((MODEL / "recipe" / "card.json").read_text())
    return card | {
        "network_data_format": {
            "inputs": {"image": {"num_channels": 1, "spatial_shape": [ROWS, COLS], "dtype": "float32", "layout": "NCHW"}},
            "outputs": {LOGITS: {"kind": "logits", "ordinal": True, "channel_def": {str(i): name for i, name in enumerate(CLASSES)}}},
        },
        "preprocess": STEPS,
        "explain": {"layer": FEATURES, "logits": LOGITS},
        "calibration": {"temperature": kelvin, "model_sha256": model_sha256},
        "golden_cases": cases,
    }


def another(data, seed):
    """Trains with another seed and prints its validation numbers, uncalibrated; writes nothing and leaves the test part alone."""
    torch.set_num_threads(1)
    pictures, grades, _ = load(data / "train")
    validation = load(data / "validation")
    network = train(pictures, grades, validation, seed)
    print(json.dumps({"seed": seed, "validation": summary(predict(network, validation[0]), *validation[1:])}))


def main(data):
    torch.set_num_threads(1)
    pictures, grades, _ = load(data / "train")
    validation, test = load(data / "validation"), load(data / "test")
    network = train(pictures, grades, validation)
    torch.save(network.state_dict(), data / "checkpoint.pt")
    onnx.save(to_onnx(network), MODEL / "model.onnx")
    digest = hashlib.sha256((MODEL / "model.onnx").read_bytes()).hexdigest()
    session = onnxruntime.InferenceSession(MODEL / "model.onnx", providers=["CPUExecutionProvider"])

    def run(part):
        return session.run([LOGITS], {"image": scaled(part)[:, None]})[0]

    print("torch against onnxruntime", np.abs(run(test[0]) - predict(network, test[0])).max())
    kelvin = temperature(run(validation[0]), validation[1])
    text = json.dumps(manifest(digest, kelvin, golden(session, test[0], test[1])), indent=2, ensure_ascii=False)
    (MODEL / "metadata.json").write_text(text + "\n")
    results = {"model_sha256": digest, "validation": summary(run(validation[0]) / kelvin, *validation[1:]),
               "test": summary(run(test[0]) / kelvin, *test[1:])}
    (MODEL / "recipe" / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        another(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
