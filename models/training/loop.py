"""One training run: AdamW, one-cycle rate, moving average of the weights, early stopping, a checkpoint each epoch."""

import copy
import json
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn


@dataclass
class Plan:
    seed: int = 1
    epochs: int = 8  # of the rate's schedule
    stop: int = 0  # after this many of them; 0: none is left out
    per_epoch: int = 2400  # pictures
    batch: int = 32
    rate: float = 6e-4
    weight_decay: float = 0.02
    ema: float = 0.99


@torch.no_grad()
def average_into(average, model, decay):
    for a, m in zip(average.state_dict().values(), model.state_dict().values()):
        if a.dtype.is_floating_point:
            a.lerp_(m, 1 - decay)
        else:
            a.copy_(m)


def optimiser(model, plan):
    """No weight decay for biases and batch norm."""
    wanted = [p for p in model.parameters() if p.requires_grad]
    groups = [{"params": [p for p in wanted if p.ndim > 1], "weight_decay": plan.weight_decay},
              {"params": [p for p in wanted if p.ndim <= 1], "weight_decay": 0.0}]  # fmt: skip
    return torch.optim.AdamW(groups, lr=plan.rate)


def class_queues(labels, shares, rng):
    """Endless picture numbers: class c is drawn with probability shares[c], each picture once before any comes again."""
    by_class = [np.flatnonzero(labels == c) for c in range(len(shares))]
    queues = [[] for _ in shares]
    while True:
        c = rng.choice(len(shares), p=shares)
        if not queues[c]:
            queues[c] = list(rng.permutation(by_class[c]))
        yield queues[c].pop()


def fit(model, plan, draw, batch_of, loss_of, validate, folder):
    """Trains, and returns the average of the weights at the best epoch, with a record of the run.

    `draw(rng)` yields picture numbers; `batch_of(numbers, generator)` gives (input, target); `validate(model)` gives a
    dict whose `loss` early stopping looks at. A run that was cut off goes on from `folder/last.pt`, with new draws.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    model = model.to(memory_format=torch.channels_last)
    average = copy.deepcopy(model)
    optim = optimiser(model, plan)
    steps = plan.per_epoch // plan.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optim, plan.rate, total_steps=steps * plan.epochs, pct_start=0.15, cycle_momentum=False
    )
    state = {"epoch": 0, "seconds": 0.0, "best": None, "log": []}
    last = folder / "last.pt"
    if last.exists():
        saved = torch.load(last)
        for part, name in ((model, "model"), (average, "average"), (optim, "optim"), (schedule, "schedule")):
            part.load_state_dict(saved[name])
        state = saved["state"]
    rng = np.random.default_rng([plan.seed, state["epoch"]])
    generator = torch.Generator().manual_seed(plan.seed * 1000 + state["epoch"])
    numbers = draw(rng)
    while state["epoch"] < (plan.stop or plan.epochs):
        started, losses = time.time(), []
        model.train()
        for step in range(steps):
            x, y = batch_of([next(numbers) for _ in range(plan.batch)], generator)
            loss = loss_of(model(x.contiguous(memory_format=torch.channels_last)), y)
            optim.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optim.step()
            schedule.step()
            done = state["epoch"] * steps + step + 1
            average_into(average, model, min(plan.ema, done / (done + 10)))
            losses.append(loss.item())
        average.eval()
        found = validate(average)
        state["epoch"] += 1
        state["seconds"] += time.time() - started
        line = {"epoch": state["epoch"], "training_loss": round(float(np.mean(losses)), 4),
                **{k: round(float(v), 4) for k, v in found.items()}, "seconds": round(state["seconds"])}  # fmt: skip
        print(json.dumps(line), flush=True)
        state["log"].append(line)
        if state["best"] is None or found["loss"] < state["best"][0]:
            state["best"] = (float(found["loss"]), state["epoch"])
            torch.save(average.state_dict(), folder / "best.pt")
        torch.save({"model": model.state_dict(), "average": average.state_dict(), "optim": optim.state_dict(),
                    "schedule": schedule.state_dict(), "state": state}, last)  # fmt: skip
    average.load_state_dict(torch.load(folder / "best.pt"))
    record = {"epoch_kept": state["best"][1], "epochs": plan.epochs, "minutes": round(state["seconds"] / 60, 1),
              "validation_loss": round(state["best"][0], 4), "seed": plan.seed}  # fmt: skip
    return average.eval(), record


@torch.no_grad()
def predict(model, inputs, batch=64):
    """Logits of prepared inputs, float [N, channels, rows, cols] or a function of a slice giving them."""
    model.eval()
    parts = [inputs[i : i + batch].contiguous(memory_format=torch.channels_last) for i in range(0, len(inputs), batch)]
    return torch.cat([model(part) for part in parts]).numpy()
