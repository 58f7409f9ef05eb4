"""The table of `docs/EXPORTS.md` from what `tests/explain_exports.rs` left in a folder of exports.

    python tests/zoo/table.py FOLDER
"""

import json
import sys
from collections import defaultdict
from pathlib import Path


def main(folder):
    folder = Path(folder)
    rows = [json.loads(line) for line in "".join(file.read_text() for file in sorted(folder.glob("results*.jsonl"))).splitlines()]
    versions = {}
    for file in sorted(folder.glob("*.json")):
        versions |= json.loads(file.read_text())["versions"]
    print(", ".join(f"{name} {version}" for name, version in versions.items()), "\n")
    families = defaultdict(list)
    for row in rows:
        families[row["file"].split("_")[0], row["family"]].append(row)
    print("| family | exports | layers | maps | ONNX Runtime | embedded | Grad-CAM++ where activations are negative | refused |")
    print("|---|---|---|---|---|---|---|---|")
    for (framework, family), own in sorted(families.items()):
        exports = sorted({(row["exporter"], row["opset"]) for row in own})
        by_exporter = defaultdict(list)
        for exporter, opset in exports:
            by_exporter[exporter].append(str(opset))
        words = "; ".join(f"{exporter} {', '.join(opsets)}" for exporter, opsets in by_exporter.items())
        compared = [row for row in own if "maps" in row]
        layers = len({row["layer"] for row in compared})

        def worst(engine):
            values = [float("inf") if row["difference"] is None else row["difference"] for row in compared if row["engine"] == engine]
            return f"{max(values):.0e}" if values else "-"

        poles = [row["methods"]["gradcam++"][0] or 0 for row in compared if row["negative"]]
        pole = f"{max(poles):.0e}" if poles else ""
        refused = sum("problem" in row for row in own)
        maps = sum(row["maps"] for row in compared)
        print(f"| {framework} {family} | {words} | {layers} | {maps} | {worst('OnnxRuntime')} | {worst('Embedded')} | {pole} | {refused or ''} |")
    compared = [row for row in rows if "maps" in row]
    files = {row["file"] for row in rows}
    places = {(row["file"], row["layer"], row["engine"]) for row in compared}
    print(f"\n{len(files)} exports, {len(places)} of export x layer x engine, {sum(row['maps'] for row in compared)} maps.\n")
    for row in rows:
        if "problem" in row or row["difference"] is None or row["difference"] > 1e-3:
            print(f"- {row['file']} {row['engine']} {row['layer']} {row.get('tensor', '')}: {row.get('difference')} {row.get('methods', '')} {row.get('problem', '')}")


if __name__ == "__main__":
    main(sys.argv[1])
