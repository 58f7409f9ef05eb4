"""Writes assets/demo/expected.json: what ONNX Runtime says of each demo file, prepared by pydicom and Pillow.

    python expect.py
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime

from network import CLASSES, LOGITS
from pipeline import prepared

MODEL = Path(__file__).resolve().parent.parent
DEMO = MODEL.parent.parent / "assets" / "demo"


def main():
    session = onnxruntime.InferenceSession(MODEL / "model.onnx", providers=["CPUExecutionProvider"])
    kelvin = json.loads((MODEL / "metadata.json").read_text())["calibration"]["temperature"]
    cases = []
    for path in sorted(path for path in DEMO.rglob("*") if path.suffix in (".png", ".dcm")):
        logits = session.run([LOGITS], {"image": prepared(path)})[0][0]
        scores = np.exp((logits - logits.max()) / kelvin)
        scores /= scores.sum()
        cases.append({
            "path": path.relative_to(DEMO).as_posix(),
            "truth": path.parent.name,
            "predicted": CLASSES[int(scores.argmax())],
            "logits": [round(float(value), 6) for value in logits],
            "scores": [round(float(value), 6) for value in scores],
        })
        print(cases[-1]["path"], cases[-1]["predicted"], cases[-1]["scores"])
    origin = f"onnxruntime {onnxruntime.__version__}, scores after temperature {kelvin}"
    digest = hashlib.sha256((MODEL / "model.onnx").read_bytes()).hexdigest()
    text = json.dumps({"origin": origin, "model_sha256": digest, "cases": cases}, indent=1, ensure_ascii=False)
    (DEMO / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
