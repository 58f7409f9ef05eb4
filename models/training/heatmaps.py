"""What a model's heatmaps are worth on fixed test cases, by `overread explain --faithfulness`; added to results.json.

    OVERREAD=overread python heatmaps.py MODEL [--slices=N] FILE...
"""

import json
import sys
from pathlib import Path

import numpy as np
import overread


def main(model, files, *options):
    lines = overread.faithfulness(model, files, *options)
    assert len(lines) == len(files), f"{len(lines)} of {len(files)} explained"
    measured = [line for line in lines if line.get("faithfulness")]  # none without positive evidence for the class
    curves = [line["faithfulness"] for line in measured]
    mean = lambda kind, order: float(np.mean([c[kind][order] for c in curves]))
    found = {"cases": len(measured), "without_evidence": len(lines) - len(measured), "method": lines[0]["method"]}
    truth = [Path(line["path"]).parent.name for line in lines]
    if all(name in line["scores"] for name, line in zip(truth, lines)):  # folders named like the classes
        found["right"] = sum(name == line["predicted"] for name, line in zip(truth, lines))
    for kind, better in (("deletion_auc", -1), ("insertion_auc", 1)):
        found[kind] = {order: mean(kind, order) for order in ("map", "random", "edges")}
        found[kind]["map_beats_random"] = int(sum(better * (c[kind]["map"] - c[kind]["random"]) > 0 for c in curves))
    results = model / "recipe" / "results.json"
    whole = json.loads(results.read_text()) | {"heatmaps": found}
    results.write_text(json.dumps(whole, indent=2) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    options = [word for word in sys.argv[2:] if word.startswith("--")]
    main(Path(sys.argv[1]), [Path(word) for word in sys.argv[2:] if word not in options], *options)
