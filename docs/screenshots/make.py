#!/usr/bin/env python3
"""Takes the screenshots of this folder: the real window under Xvfb, over the bundled phantoms, in both languages.

    docs/screenshots/make.py BINARY [ONNXRUNTIME_LIBRARY]

Needs Xvfb, xdotool and ImageMagick. No person's scan is ever opened here: slices are the demo's, the volume is drawn below.
"""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO, MODEL = ROOT / "assets/demo", ROOT / "models/phantom-brain-3grade"
SIZE = (1280, 720)
LIMIT_S = 120

# What is opened (None is the drawn volume), then: name, keys pressed since the one before, seconds until everything has come.
SESSIONS = [
    (
        DEMO / "grade-2",
        [
            ("read", [], 2),
            ("heatmap", ["h"], 4),
            ("compare", ["c"], 6),
            ("account", ["c", "h", "F9"], 3),
            ("keys", ["Escape", "F1"], 2),
            ("set-up", ["Escape", "F8"], 6),
        ],
    ),
    (DEMO, [("review", ["F7"], 6)]),
    (None, [("planes", ["F6"], 6)]),
]


def draw_volume(path):
    """A head of ellipsoids, 96 x 112 x 64 voxels of 2 x 2 x 3 mm, as NIfTI-1."""
    cols, rows, slices = 96, 112, 64
    header = bytearray(352)
    put = lambda at, kind, *values: struct.pack_into("<" + kind, header, at, *values)
    put(0, "i", 348)
    put(40, "8h", 3, cols, rows, slices, 1, 1, 1, 1)
    put(70, "2h", 2, 8)  # DT_UINT8
    put(76, "8f", 1, 2, 2, 3, 0, 0, 0, 0)
    put(108, "3f", 352, 1, 0)
    put(123, "B", 2)  # mm
    put(252, "2h", 0, 1)  # sform: scanner
    put(280, "12f", 2, 0, 0, -cols, 0, 2, 0, -rows, 0, 0, 3, -1.5 * slices)
    put(344, "4s", b"n+1\0")
    parts = [  # centre, half axes (shares of the volume), value
        ((0.5, 0.5, 0.5), (0.44, 0.46, 0.46), 70),
        ((0.5, 0.5, 0.5), (0.40, 0.42, 0.42), 150),
        ((0.5, 0.5, 0.52), (0.36, 0.38, 0.38), 110),
        ((0.42, 0.52, 0.56), (0.05, 0.16, 0.10), 30),
        ((0.58, 0.52, 0.56), (0.05, 0.16, 0.10), 30),
        ((0.32, 0.66, 0.45), (0.06, 0.07, 0.08), 190),
        ((0.5, 0.28, 0.24), (0.16, 0.10, 0.10), 130),
    ]
    voxels = bytearray()
    for z in range(slices):
        for y in range(rows):
            for x in range(cols):
                at = (x / cols, y / rows, z / slices)
                value = 0
                for centre, half, own in parts:
                    if sum(((a - c) / h) ** 2 for a, c, h in zip(at, centre, half)) <= 1:
                        value = own
                voxels.append(value)
    path.write_bytes(bytes(header) + bytes(voxels))


def start_server():
    read, write = os.pipe()
    screen = f"{SIZE[0]}x{SIZE[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, pass_fds=[write], **quiet)
    os.close(write)
    with os.fdopen(read) as pipe:
        return server, ":" + pipe.readline().strip()


def take(binary, language, folder, model, scans, shots):
    server, display = start_server()
    status = folder / "status.jsonl"
    status.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WAYLAND")}
    environment |= {"DISPLAY": display, "OVERREAD_LANGUAGE": language, "OVERREAD_SMOKE_STATUS": str(status), "XDG_DATA_HOME": str(folder)}
    program = subprocess.Popen([binary, str(scans), "--model", str(model)], env=environment)
    tool = lambda *words: subprocess.run(["xdotool", *map(str, words)], env=environment, check=True, capture_output=True)
    try:
        end = time.monotonic() + LIMIT_S
        while not (status.exists() and '"prediction"' in status.read_text()):
            if time.monotonic() > end or program.poll() is not None:
                raise SystemExit("the window showed no prediction")
            time.sleep(0.1)
        window = tool("search", "--name", "^Overread$").stdout.decode().split()[-1]
        tool("windowsize", window, *SIZE)
        tool("windowmove", window, 0, 0)
        tool("windowfocus", window)
        # Clear of the picture, so that no cursor reading stands in its corner.
        tool("mousemove", 800, 4)
        for name, keys, seconds in shots:
            for key in keys:
                tool("key", key)
            time.sleep(seconds)
            picture = ROOT / f"docs/screenshots/{name}-{language}.png"
            subprocess.run(["import", "-display", display, "-window", "root", str(picture)], check=True)
            subprocess.run(["mogrify", "-strip", "-colors", "256", "-define", "png:compression-level=9", str(picture)], check=True)
            print(picture.relative_to(ROOT))
    finally:
        for process in (program, server):
            process.terminate()
            process.wait()


def main():
    if len(sys.argv) > 2:
        os.environ["ORT_DYLIB_PATH"] = sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        volume = Path(folder) / "head.nii"
        draw_volume(volume)
        # Where the set-up page says that it would save: no one's own folder.
        model = Path(tempfile.gettempdir()) / "models" / MODEL.name
        shutil.copytree(MODEL, model, dirs_exist_ok=True)
        for language in ("en", "ko"):
            for scans, shots in SESSIONS:
                take(sys.argv[1], language, Path(folder), model, scans or volume, shots)


if __name__ == "__main__":
    main()
